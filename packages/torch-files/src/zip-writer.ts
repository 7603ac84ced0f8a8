/**
 * Writer of zip archives of stored entries, as PyTorch writes them: aligned contents, large sizes by the zip64 extension.
 */
import {writeAll} from "@lola-ts/core";
import {CENTRAL, END, END64, LIMIT16, LIMIT32, LOCAL, LOCATOR, checksum} from "./zip-records";

/** Contents begin at multiples of this number of bytes. */
const ALIGNMENT = 64;

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
    const local = Buffer.alloc(30);
    const large = content.length >= LIMIT32 ? sizes64(content.length, content.length) : Buffer.alloc(0);
    const padding = paddingTo(header + 30 + encoded.length + large.length);
    local.writeUInt32LE(LOCAL, 0);
    local.writeUInt16LE(45, 4); // version with large sizes
    local.writeUInt16LE(0x800, 6); // names are UTF-8
    local.writeUInt32LE(crc, 14);
    local.writeUInt32LE(Math.min(content.length, LIMIT32), 18);
    local.writeUInt32LE(Math.min(content.length, LIMIT32), 22);
    local.writeUInt16LE(encoded.length, 26);
    local.writeUInt16LE(large.length + padding.length, 28);
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
      const large = Buffer.alloc(76); // the record and its locator
      large.writeUInt32LE(END64, 0);
      large.writeBigUInt64LE(44n, 4);
      large.writeUInt16LE(45, 12);
      large.writeUInt16LE(45, 14);
      [count, count, directory.length, start].forEach((n, i) => large.writeBigUInt64LE(BigInt(n), 24 + 8 * i));
      large.writeUInt32LE(LOCATOR, 56);
      large.writeBigUInt64LE(BigInt(position), 64);
      large.writeUInt32LE(1, 72);
      this.write(large);
    }
    const end = Buffer.alloc(22);
    end.writeUInt32LE(END, 0);
    end.writeUInt16LE(Math.min(count, LIMIT16), 8);
    end.writeUInt16LE(Math.min(count, LIMIT16), 10);
    end.writeUInt32LE(directory.length, 12);
    end.writeUInt32LE(Math.min(start, LIMIT32), 16);
    this.write(end);
  }

  private write(bytes: Uint8Array): void {
    writeAll(this.fd, bytes);
    this.at += bytes.length;
  }
}

function centralRecord(name: Buffer, crc: number, size: number, header: number): Buffer {
  const large = [size, size, header].filter((value) => value >= LIMIT32);
  const extra = large.length > 0 ? sizes64(...large) : Buffer.alloc(0);
  const record = Buffer.alloc(46);
  record.writeUInt32LE(CENTRAL, 0);
  record.writeUInt16LE(45, 4);
  record.writeUInt16LE(45, 6);
  record.writeUInt16LE(0x800, 8);
  record.writeUInt32LE(crc, 16);
  record.writeUInt32LE(Math.min(size, LIMIT32), 20);
  record.writeUInt32LE(Math.min(size, LIMIT32), 24);
  record.writeUInt16LE(name.length, 28);
  record.writeUInt16LE(extra.length, 30);
  record.writeUInt32LE(Math.min(header, LIMIT32), 42);
  return Buffer.concat([record, name, extra]);
}

function sizes64(...sizes: number[]): Buffer {
  const extra = Buffer.alloc(4 + 8 * sizes.length);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(8 * sizes.length, 2);
  sizes.forEach((size, i) => extra.writeBigUInt64LE(BigInt(size), 4 + 8 * i));
  return extra;
}

/** Make an extension without meaning that aligns the bytes after `at`. */
function paddingTo(at: number): Buffer {
  const fill = (ALIGNMENT - ((at + 4) % ALIGNMENT)) % ALIGNMENT;
  const extra = Buffer.alloc(4 + fill);
  extra.write("FB", 0, "latin1"); // PyTorch's mark of such an extension
  extra.writeUInt16LE(fill, 2);
  return extra;
}
