/** Messages of object headers: what an HDF5 file says about a dataset. */
import {Cursor, type FileBytes} from "./file-bytes";

/** Types of the messages that matter here. */
export const MESSAGE = {EXTERNAL_FILES: 0x07, LAYOUT: 0x08, ATTRIBUTE: 0x0c, CONTINUATION: 0x10} as const;

export interface HeaderMessage {
  readonly type: number;
  readonly body: Buffer;
}

/** Most blocks and bytes of one header: HDF5 itself writes a few blocks of at most 64 KiB. */
const MAX_BLOCKS = 1000;
const MAX_BYTES = 2 ** 26;

/** Read the messages of the object at an address, in the order of the file. */
export function readMessages(file: FileBytes, address: number): HeaderMessage[] {
  const first = file.read(address, Math.min(64, file.size - address));
  const modern = first.subarray(0, 4).toString("latin1") === "OHDR";
  const head = modern ? modernHead(file, first) : oldHead(file, first);
  const pending = [{address: address + head.start, length: head.length}];
  const messages: HeaderMessage[] = [];
  let bytes = 0;
  for (let block = 0; block < pending.length; block++) {
    const {address: at, length} = pending[block];
    bytes += length;
    if (block >= MAX_BLOCKS || bytes > MAX_BYTES) throw file.damaged("an object header without end");
    const cursor = new Cursor(file, file.read(at, length));
    for (const message of blockMessages(cursor, modern, head.ordered)) {
      if (message.type !== MESSAGE.CONTINUATION) messages.push(message);
      else pending.push(continuation(file, message.body, modern));
    }
  }
  return messages;
}

interface Head {
  /** Bytes before the first message, and of the messages. */
  readonly start: number;
  readonly length: number;
  /** `true`: messages carry the order of their creation. */
  readonly ordered: boolean;
}

function oldHead(file: FileBytes, bytes: Buffer): Head {
  const cursor = new Cursor(file, bytes);
  const version = cursor.number(1);
  if (version !== 1) throw file.damaged(`an object header of version ${version}`);
  cursor.take(7);
  return {start: 16, length: cursor.number(4), ordered: false};
}

function modernHead(file: FileBytes, bytes: Buffer): Head {
  const cursor = new Cursor(file, bytes);
  cursor.take(5);
  const flags = cursor.number(1);
  const extra = (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0); // times, and limits of attributes
  cursor.take(extra);
  const size = 1 << (flags & 3);
  return {start: 6 + extra + size, length: cursor.number(size), ordered: (flags & 0x04) !== 0};
}

function blockMessages(cursor: Cursor, modern: boolean, ordered: boolean): HeaderMessage[] {
  const messages: HeaderMessage[] = [];
  const head = modern ? (ordered ? 6 : 4) : 8;
  while (cursor.left >= head) {
    const type = cursor.number(modern ? 1 : 2);
    const size = cursor.number(2);
    cursor.take(head - (modern ? 3 : 4));
    messages.push({type, body: cursor.take(size)});
  }
  return messages;
}

function continuation(file: FileBytes, body: Buffer, modern: boolean): {address: number; length: number} {
  const cursor = new Cursor(file, body);
  const address = cursor.address();
  const length = cursor.length();
  return modern ? {address: address + 4, length: length - 8} : {address, length}; // signature before, checksum behind
}
