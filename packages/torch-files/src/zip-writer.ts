/**
 * Writer of zip archives of stored entries, as PyTorch writes them: aligned contents, large sizes by the zip64 extension.
 */
import {writeAll} from "@lola-ts/core";
import {CENTRAL, END, END64, LIMIT16, LIMIT32, LOCAL, LOCATOR, checksum} from "./zip-records";

/** Contents begin at multiples of this number of bytes. */
const ALIGNMENT = 64;
/** Version of the format with large sizes. */
const VERSION = 45;
/** Flag of entries whose names are UTF-8. */
const UTF8 = 0x800;

/** Write an archive entry by entry; call {@link end} after the last one. */
export class ZipWriter {
  private at = 0;
  private readonly records: Buffer[] = [];

  /** @param fd descriptor of an empty file. */
  constructor(private readonly fd: number) {}

  add(name: string, content: Uint8Array): void {
    const encoded = Buffer.from(name);
    const crc = checksum(content);
    const header = this.at;
    const size = Math.min(content.length, LIMIT32);
    const large = size === LIMIT32 ? sizes64(content.length, content.length) : Buffer.alloc(0);
    const padding = paddingTo(header + 30 + encoded.length + large.length);
    const extra = large.length + padding.length;
    const local = pack("42222244422", LOCAL, VERSION, UTF8, 0, 0, 0, crc, size, size, encoded.length, extra);
    for (const part of [local, encoded, large, padding, content]) this.write(part);
    this.records.push(centralRecord(encoded, crc, content.length, header));
  }

  end(): void {
    const start = this.at;
    const count = this.records.length;
    const directory = Buffer.concat(this.records);
    this.write(directory);
    const position = this.at;
    if (start >= LIMIT32 || count >= LIMIT16) {
      const places = [count, count, directory.length, start];
      this.write(pack("4822448888", END64, 44, VERSION, VERSION, 0, 0, ...places));
      this.write(pack("4484", LOCATOR, 0, position, 1));
    }
    const entries = Math.min(count, LIMIT16);
    this.write(pack("42222442", END, 0, 0, entries, entries, directory.length, Math.min(start, LIMIT32), 0));
  }

  private write(bytes: Uint8Array): void {
    writeAll(this.fd, bytes);
    this.at += bytes.length;
  }
}

function centralRecord(name: Buffer, crc: number, size: number, header: number): Buffer {
  const large = [size, size, header].filter((value) => value >= LIMIT32);
  const extra = large.length > 0 ? sizes64(...large) : Buffer.alloc(0);
  const [small, place] = [size, header].map((value) => Math.min(value, LIMIT32));
  const lengths = [small, small, name.length, extra.length, 0, 0, 0, 0];
  const record = pack("42222224442222244", CENTRAL, VERSION, VERSION, UTF8, 0, 0, 0, crc, ...lengths, place);
  return Buffer.concat([record, name, extra]);
}

function sizes64(...sizes: number[]): Buffer {
  return pack(`22${"8".repeat(sizes.length)}`, 1, 8 * sizes.length, ...sizes);
}

/** Write numbers one after another, each in as many bytes as the digit of its place says. */
function pack(widths: string, ...values: number[]): Buffer {
  const bytes = Buffer.alloc([...widths].reduce((sum, width) => sum + Number(width), 0));
  let at = 0;
  values.forEach((value, i) => {
    bytes.writeUIntLE(value, at, Math.min(Number(widths[i]), 6)); // a file has fewer than 2^48 bytes
    at += Number(widths[i]);
  });
  return bytes;
}

/** Make an extension without meaning that aligns the bytes after `at`. */
function paddingTo(at: number): Buffer {
  const fill = (ALIGNMENT - ((at + 4) % ALIGNMENT)) % ALIGNMENT;
  const extra = Buffer.alloc(4 + fill);
  extra.write("FB", 0, "latin1"); // PyTorch's mark of such an extension
  extra.writeUInt16LE(fill, 2);
  return extra;
}
