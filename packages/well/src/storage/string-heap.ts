/** Heaps of the texts of variable length that attributes hold: the library loops for ever in a broken one. */
import {Cursor, type FileBytes} from "./file-bytes";
import {MESSAGE, type HeaderMessage} from "./object-header";

/** Class of datatypes of variable length. */
const VARIABLE = 9;

/** Largest heap that is looked through. */
const MAX_BYTES = 2 ** 26;

/** Most bytes of one text. */
const MAX_TEXT = 2 ** 20;

/** Checks each heap of a file once. */
export class StringHeaps {
  private readonly sound = new Set<number>();

  constructor(private readonly file: FileBytes) {}

  /** Check the heaps of an object's attributes. @throws Error naming the file if one contradicts itself. */
  check(messages: readonly HeaderMessage[]): void {
    for (const {type, body} of messages) {
      if (type !== MESSAGE.ATTRIBUTE) continue;
      for (const address of heapAddresses(this.file, body)) this.checkHeap(address);
    }
  }

  private checkHeap(address: number): void {
    if (this.sound.has(address)) return;
    const head = new Cursor(this.file, this.file.read(address, 8 + this.file.lengthSize));
    head.take(8);
    const size = head.length();
    if (size > MAX_BYTES) throw this.file.damaged(`a heap of ${size} bytes of texts`);
    const cursor = new Cursor(this.file, this.file.read(address, size));
    cursor.take(8 + this.file.lengthSize);
    const own = 8 + this.file.lengthSize;
    while (cursor.left >= own) {
      const index = cursor.number(2);
      cursor.take(6);
      const length = cursor.length();
      const rest = index === 0 ? length - own : 8 * Math.ceil(length / 8); // free space counts its own head
      if (!(rest >= 0 && rest <= cursor.left))
        throw this.file.damaged(`a heap of texts with one of ${Number.isFinite(length) ? length : "too many"} bytes`);
      cursor.take(rest);
    }
    this.sound.add(address);
  }
}

/** Addresses of the heaps to which the values of an attribute point. */
function heapAddresses(file: FileBytes, body: Buffer): Set<number> {
  const cursor = new Cursor(file, body);
  const version = cursor.number(1);
  cursor.take(1);
  const sizes = Array.from({length: 3}, () => cursor.number(2));
  if (version > 2) cursor.take(1);
  const [, datatype] = sizes.map((size) => cursor.take(version === 1 ? 8 * Math.ceil(size / 8) : size));
  const addresses = new Set<number>();
  if (datatype.length === 0 || (datatype[0] & 0x0f) !== VARIABLE) return addresses;
  while (cursor.left >= 8 + file.offsetSize) {
    const length = cursor.number(4);
    if (length > MAX_TEXT) throw file.damaged(`a text of ${length} bytes`);
    const address = cursor.address();
    if (address !== Infinity && address !== 0) addresses.add(address);
    cursor.take(4);
  }
  return addresses;
}
