/**
 * Reader of zip archives of stored entries, as PyTorch writes them: no compression, large sizes by the zip64 extension,
 * values aligned in the file.
 *
 * An archive is treated as hostile: every size and place is checked against the file before memory of that size is
 * allocated, and every entry against its checksum. Compressed entries are refused, so nothing expands beyond the file.
 *
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
import {closeSync, fstatSync, openSync, readSync} from "node:fs";
import {crc32} from "node:zlib";
import {CENTRAL, END, END64, LIMIT16, LIMIT32, LOCAL, LOCATOR, CHUNK} from "./zip-records";

/** An entry of an archive. */
export interface ZipEntry {
  readonly name: string;
  /** Number of bytes of the content. */
  readonly size: number;
}

interface EntryLocation extends ZipEntry {
  readonly crc: number;
  /** Position of the entry's header in the file. */
  readonly header: number;
}

/** Maximum size of a directory: that of an official model is below 100 kB. */
const MAX_DIRECTORY = 64 * 2 ** 20;

/** An open archive: its directory is in memory, contents stay on the disk until they are read. */
export class ZipArchive {
  private readonly locations: ReadonlyMap<string, EntryLocation>;
  private readonly checked = new Set<string>();

  private constructor(
    readonly path: string,
    private readonly fd: number,
    private readonly size: number,
  ) {
    this.locations = this.directory();
  }

  /** Open an archive. Close it after use. @throws Error naming the file if it is missing or no well-formed archive. */
  static open(path: string): ZipArchive {
    const fd = open(path);
    try {
      return new ZipArchive(path, fd, fstatSync(fd).size);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  /** All entries by name, in the order of the directory. */
  get entries(): ReadonlyMap<string, ZipEntry> {
    return this.locations;
  }

  close(): void {
    closeSync(this.fd);
  }

  /** Read a whole entry into `bytes`, which must have its size. @throws Error unless size and checksum match. */
  readInto(name: string, bytes: Uint8Array): void {
    const location = this.location(name);
    if (bytes.length !== location.size) this.fail(`${bytes.length} bytes in "${name}"`, `${location.size}`);
    const start = this.start(location);
    let crc = 0;
    for (let done = 0; done < bytes.length; done += CHUNK) {
      const chunk = bytes.subarray(done, done + CHUNK); // checked while it is in the cache
      this.readAt(start + done, chunk);
      crc = crc32(chunk, crc);
    }
    this.requireChecksum(location, crc);
  }

  /** Read a whole entry. @throws Error if it has more than `limit` bytes. */
  read(name: string, limit: number): Uint8Array {
    const {size} = this.location(name);
    if (size > limit) this.fail(`at most ${limit} bytes in "${name}"`, `${size}`);
    const bytes = new Uint8Array(size);
    this.readInto(name, bytes);
    return bytes;
  }

  /** Read a part of an entry from byte `from`; the whole entry is checked when its first part is read. */
  readPart(name: string, from: number, bytes: Uint8Array): void {
    const location = this.location(name);
    if (!(from >= 0 && from + bytes.length <= location.size)) {
      this.fail(`bytes ${from} to ${from + bytes.length} in "${name}"`, `${location.size}`);
    }
    const start = this.start(location);
    if (!this.checked.has(name)) {
      this.requireChecksum(location, this.checksum(start, location.size));
      this.checked.add(name);
    }
    this.readAt(start + from, bytes);
  }

  private location(name: string): EntryLocation {
    return this.locations.get(name) ?? this.fail(`an entry "${name}"`, "none");
  }

  private checksum(start: number, size: number): number {
    const chunk = new Uint8Array(Math.min(size, CHUNK));
    let crc = 0;
    for (let done = 0; done < size; done += CHUNK) {
      const part = chunk.subarray(0, Math.min(CHUNK, size - done));
      this.readAt(start + done, part);
      crc = crc32(part, crc);
    }
    return crc;
  }

  private requireChecksum({name, crc}: EntryLocation, found: number): void {
    if (found !== crc) this.fail(`"${name}" with the checksum ${hex(crc)}`, `${hex(found)}: the file is damaged`);
  }

  private fail(expected: string, found: string): never {
    throw new Error(`${this.path}: expected ${expected}, found ${found}.`);
  }

  private readAt(position: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) {
      const count = readSync(this.fd, bytes, done, bytes.length - done, position + done);
      if (count === 0) this.fail(`${bytes.length - done} more bytes`, "the end: the file is truncated");
      done += count;
    }
  }

  private bytesAt(position: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    this.readAt(position, bytes);
    return bytes;
  }

  /** Find the start of an entry's content: its own header must agree with the directory. */
  private start({name, size, header}: EntryLocation): number {
    const bytes = this.bytesAt(header, 30);
    const length = bytes.readUInt16LE(26);
    const start = header + 30 + length + bytes.readUInt16LE(28);
    const named = this.bytesAt(header + 30, length).toString("utf8");
    if (bytes.readUInt32LE(0) !== LOCAL || named !== name) {
      this.fail(`the header of "${name}" at byte ${header}`, "another: the file is damaged");
    }
    if (start + size > this.size) this.fail(`"${name}" to end by byte ${this.size}`, `${start + size}`);
    return start;
  }

  private directory(): Map<string, EntryLocation> {
    const {count, length, offset} = this.end();
    if (length > MAX_DIRECTORY || offset + length > this.size || count > length / 46) {
      this.fail(
        `a directory of ${count} entries within its ${this.size} bytes`,
        `bytes ${offset} to ${offset + length}`,
      );
    }
    const bytes = this.bytesAt(offset, length);
    const locations = new Map<string, EntryLocation>();
    let at = 0;
    for (let i = 0; i < count; i++) {
      if (at + 46 > length || bytes.readUInt32LE(at) !== CENTRAL)
        this.fail(`${count} entries in its directory`, `${i}`);
      const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => bytes.readUInt16LE(at + field));
      const next = at + 46 + nameLength + extraLength + commentLength;
      if (next > length) this.fail("a directory that is whole", `${next - length} bytes too few`);
      const location = this.entry(bytes.subarray(at, next), nameLength, extraLength);
      if (locations.has(location.name)) this.fail("entries of different names", `"${location.name}" twice`);
      locations.set(location.name, location);
      at = next;
    }
    return locations;
  }

  private entry(bytes: Buffer, nameLength: number, extraLength: number): EntryLocation {
    const name = bytes.toString("utf8", 46, 46 + nameLength);
    const flags = bytes.readUInt16LE(8);
    const method = bytes.readUInt16LE(10);
    if (method !== 0 || (flags & 1) !== 0) {
      this.fail(`"${name}" to be stored as it is`, flags & 1 ? "it encrypted" : `compression method ${method}`);
    }
    const extra = bytes.subarray(46 + nameLength, 46 + nameLength + extraLength);
    const large = zip64(extra);
    const wide = (field: number) => {
      const value = bytes.readUInt32LE(field);
      return value === LIMIT32 ? (large.shift() ?? this.fail(`large sizes of "${name}"`, "none")) : value;
    };
    const size = wide(24);
    const packed = wide(20);
    const header = wide(42); // in the order of the extension
    if (size !== packed) this.fail(`"${name}" to be stored as it is`, `${packed} bytes for ${size}`);
    if (!(header + 30 + size <= this.size)) {
      this.fail(`"${name}" within its ${this.size} bytes`, `${size} bytes at byte ${header}: the file is truncated`);
    }
    return {name, size, crc: bytes.readUInt32LE(16), header};
  }

  /** Read the record at the end of the file with the place of the directory. */
  private end(): {count: number; length: number; offset: number} {
    const tail = this.bytesAt(Math.max(0, this.size - LIMIT16 - 22), Math.min(this.size, LIMIT16 + 22));
    let at = tail.length - 22;
    while (at >= 0 && !(tail.readUInt32LE(at) === END && at + 22 + tail.readUInt16LE(at + 20) === tail.length)) at--;
    if (at < 0) this.fail("a zip archive", "no directory at the end: the file is truncated or no archive");
    const count = tail.readUInt16LE(at + 10);
    const length = tail.readUInt32LE(at + 12);
    const offset = tail.readUInt32LE(at + 16);
    const marked = count === LIMIT16 || length === LIMIT32 || offset === LIMIT32;
    if (at < 20 || tail.readUInt32LE(at - 20) !== LOCATOR) {
      return marked ? this.fail("a large directory's place", "none") : {count, length, offset};
    }
    const position = Number(tail.readBigUInt64LE(at - 20 + 8));
    if (position + 56 > this.size) this.fail(`a directory within its ${this.size} bytes`, `byte ${position}`);
    const large = this.bytesAt(position, 56);
    if (large.readUInt32LE(0) !== END64) this.fail("a large directory's record", "another");
    const [entries, bytes, start] = [32, 40, 48].map((field) => Number(large.readBigUInt64LE(field)));
    return {count: entries, length: bytes, offset: start};
  }
}

/** Read the 8-byte sizes of an entry's zip64 extension. */
function zip64(extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length;) {
    const kind = extra.readUInt16LE(at);
    const length = extra.readUInt16LE(at + 2);
    const end = Math.min(at + 4 + length, extra.length);
    if (kind === 1) {
      const sizes: number[] = [];
      for (let field = at + 4; field + 8 <= end; field += 8) sizes.push(Number(extra.readBigUInt64LE(field)));
      return sizes;
    }
    at = end;
  }
  return [];
}

const hex = (crc: number) => crc.toString(16).padStart(8, "0");

function open(path: string): number {
  try {
    return openSync(path, "r");
  } catch (error) {
    const {code, message} = error as NodeJS.ErrnoException;
    throw new Error(`${path}: ${code === "ENOENT" ? "there is no such file" : message}.`, {cause: error});
  }
}
