/**
 * Reader of zip archives of stored entries, as PyTorch writes them: no compression, large sizes by the zip64 extension,
 * values aligned in the file.
 *
 * An archive is treated as hostile: every size and place is checked against the file before memory of that size is
 * allocated, and every entry against its checksum. All that is written twice must agree, and no byte may belong to two entries.
 * Compressed entries are refused, so nothing expands beyond the file.
 *
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
import {closeSync, readSync} from "node:fs";
import {crc32} from "node:zlib";
import {printable, openFile, writeAll} from "@lola-ts/core";

export const LOCAL = 0x04034b50;
export const CENTRAL = 0x02014b50;
export const END = 0x06054b50;
export const END64 = 0x06064b50;
export const LOCATOR = 0x07064b50;

/** Value of a field of 4 bytes, and of 2 bytes, that refers to the zip64 extension. */
const LIMIT32 = 0xffffffff;
const LIMIT16 = 0xffff;

/** Number of bytes that are read, written or checked at a time. */
export const CHUNK = 2 ** 24;

/** Compute the CRC-32 of a content in chunks: one call is limited to 4 GiB. */
export function checksum(content: Uint8Array): number {
  let crc = 0;
  for (let done = 0; done < content.length; done += CHUNK) crc = crc32(content.subarray(done, done + CHUNK), crc);
  return crc;
}

interface ZipEntry {
  readonly name: string;
  /** Number of bytes of the content. */
  readonly size: number;
}

interface EntryLocation extends ZipEntry {
  readonly crc: number;
  /** Position of the content in the file. */
  readonly start: number;
}

/** Maximum size of a directory: an official model's is below 100 kB. */
const MAX_DIRECTORY = 64 * 2 ** 20;

/** Latest version of the format that a reader of it may be asked for, 6.3. */
const MAX_VERSION = 63;
const ENCRYPTED = 1;
/** Flag of entries whose sizes and checksum follow their content. */
const DESCRIBED_AFTER = 8;

/** An open file that is read by position. */
export class ZipFile {
  constructor(
    readonly path: string,
    private readonly fd: number,
    readonly size: number,
  ) {}

  fail(expected: string, found: string): never {
    throw new Error(`${this.path}: expected ${expected}, found ${found}.`);
  }

  readAt(position: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) {
      const count = readSync(this.fd, bytes, done, bytes.length - done, position + done);
      if (count === 0) this.fail(`${bytes.length - done} more bytes`, "the end: the file is truncated");
      done += count;
    }
  }

  bytesAt(position: number, length: number): Buffer {
    if (!(position + length <= this.size)) this.fail(`bytes ${position} to ${position + length}`, `${this.size} bytes`);
    const bytes = Buffer.alloc(length);
    this.readAt(position, bytes);
    return bytes;
  }
}

interface DirectoryPlace {
  readonly count: number;
  readonly offset: number;
  readonly length: number;
}

interface Record extends ZipEntry {
  readonly crc: number;
  readonly flags: number;
  /** Position of the entry's own header. */
  readonly header: number;
}

/** Read the directory, and the header of each entry. @returns entries by name, in the order of the directory. */
export function readDirectory(file: ZipFile): Map<string, EntryLocation> {
  const place = findDirectory(file);
  const {count, length, offset} = place;
  if (length > MAX_DIRECTORY || count > length / 46) {
    file.fail(`a directory of ${count} entries within its ${file.size} bytes`, `bytes ${offset} to ${offset + length}`);
  }
  const bytes = file.bytesAt(offset, length);
  const records = new Map<string, Record>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > length || bytes.readUInt32LE(at) !== CENTRAL) file.fail(`${count} entries in its directory`, `${i}`);
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => bytes.readUInt16LE(at + field));
    const next = at + 46 + nameLength + extraLength + commentLength;
    if (next > length) file.fail("a directory that is whole", `${next - length} bytes too few`);
    const record = readRecord(file, bytes.subarray(at, next), nameLength, extraLength);
    if (records.has(record.name)) file.fail("entries of different names", `"${printable(record.name)}" twice`);
    records.set(record.name, record);
    at = next;
  }
  if (at !== length) file.fail(`${count} entries in its directory`, `${length - at} more bytes after them`);
  return locate(file, records, offset);
}

/** Find the content of each entry by its own header. @throws Error if two entries share bytes. */
function locate(file: ZipFile, records: ReadonlyMap<string, Record>, end: number): Map<string, EntryLocation> {
  const locations = new Map([...records].map(([name, record]) => [name, readHeader(file, record)]));
  const inOrder = [...records.values()].sort((a, b) => a.header - b.header);
  inOrder.forEach(({name}, i) => {
    const limit = inOrder[i + 1]?.header ?? end;
    const {start, size} = locations.get(name)!;
    if (start + size > limit) file.fail(`"${printable(name)}" to end by byte ${limit}`, `${start + size}`);
  });
  return locations;
}

/** Read the header of an entry, which must agree with the directory. */
function readHeader(file: ZipFile, {name, size, crc, flags, header}: Record): EntryLocation {
  const bytes = file.bytesAt(header, 30);
  const length = bytes.readUInt16LE(26);
  const start = header + 30 + length + bytes.readUInt16LE(28);
  const rest = file.bytesAt(header + 30, start - header - 30);
  const large = zip64(rest.subarray(length));
  const sizes = [22, 18].map((field) => {
    const value = bytes.readUInt32LE(field);
    return value === LIMIT32 ? (large.shift() ?? value) : value;
  });
  const later = (flags & DESCRIBED_AFTER) !== 0;
  const agree = (found: number, expected: number) => found === expected || (later && found === 0);
  const agrees =
    bytes.readUInt32LE(0) === LOCAL &&
    rest.toString("utf8", 0, length) === name &&
    bytes.readUInt16LE(6) === flags &&
    bytes.readUInt16LE(8) === 0 &&
    agree(bytes.readUInt32LE(14), crc) &&
    sizes.every((found) => agree(found, size));
  if (!agrees) file.fail(`the header of "${printable(name)}" at byte ${header}`, "another: the file is damaged");
  return {name, size, crc, start};
}

/** Decode a name. @throws Error unless it is UTF-8 and stays within the archive's folder. */
function decodeName(file: ZipFile, bytes: Buffer): string {
  const name = bytes.toString("utf8");
  const parts = name.split(/[/\\]/);
  const isSafe = name !== "" && !/^[/\\]|^[A-Za-z]:|\0/.test(name) && !parts.includes("..");
  if (!isSafe || !Buffer.from(name).equals(bytes)) {
    file.fail("names of entries within the archive's folder", `"${printable(name, 60)}"`);
  }
  return name;
}

function readRecord(file: ZipFile, bytes: Buffer, nameLength: number, extraLength: number): Record {
  const name = decodeName(file, bytes.subarray(46, 46 + nameLength));
  const flags = bytes.readUInt16LE(8);
  const method = bytes.readUInt16LE(10);
  if (method !== 0 || (flags & ENCRYPTED) !== 0) {
    const found = flags & ENCRYPTED ? "it encrypted" : `compression method ${method}`;
    file.fail(`"${printable(name)}" to be stored as it is`, found);
  }
  const version = bytes.readUInt16LE(6);
  if (version > MAX_VERSION) file.fail(`"${printable(name)}" in a version up to ${MAX_VERSION}`, `${version}`);
  const large = zip64(bytes.subarray(46 + nameLength, 46 + nameLength + extraLength));
  const wide = (field: number) => {
    const value = bytes.readUInt32LE(field);
    return value === LIMIT32 ? (large.shift() ?? file.fail(`large sizes of "${printable(name)}"`, "none")) : value;
  };
  const size = wide(24);
  const packed = wide(20);
  const header = wide(42); // in the order of the extension
  if (size !== packed) file.fail(`"${printable(name)}" to be stored as it is`, `${packed} bytes for ${size}`);
  if (bytes.readUInt16LE(34) !== 0) file.fail(`"${printable(name)}" in this file`, "it in another part of the archive");
  if (!(header + 30 + size <= file.size)) {
    const found = `${size} bytes at byte ${header}: the file is truncated`;
    file.fail(`"${printable(name)}" within its ${file.size} bytes`, found);
  }
  return {name, size, crc: bytes.readUInt32LE(16), flags, header};
}

/** Find the directory by the record at the end of the file. @throws Error unless the directory ends where that begins. */
function findDirectory(file: ZipFile): DirectoryPlace {
  const length = Math.min(file.size, LIMIT16 + 22);
  const tail = file.bytesAt(file.size - length, length);
  let at = length - 22;
  while (at >= 0 && !(tail.readUInt32LE(at) === END && at + 22 + tail.readUInt16LE(at + 20) === length)) at--;
  if (at < 0) file.fail("a zip archive", "no directory at the end: the file is truncated or no archive");
  const record = tail.subarray(at, at + 22);
  const {end, ...place} = readEnd(file, record, tail.subarray(Math.max(0, at - 20), at), file.size - length + at);
  if (place.offset + place.length !== end) {
    const expected = `a directory of ${place.count} entries that ends at byte ${end}`;
    file.fail(expected, `one from byte ${place.offset} to ${place.offset + place.length}`);
  }
  return place;
}

/** Read the record at the end, or the large one before it if there is one: where they differ they contradict. */
function readEnd(file: ZipFile, record: Buffer, before: Buffer, position: number): DirectoryPlace & {end: number} {
  const [disk, first, here] = [4, 6, 8].map((field) => record.readUInt16LE(field));
  const small = [record.readUInt16LE(10), record.readUInt32LE(12), record.readUInt32LE(16)];
  const marks = [LIMIT16, LIMIT32, LIMIT32];
  if (disk !== 0 || first !== 0 || here !== small[0]) {
    file.fail("a zip archive of one file", `${here} of its ${small[0]} entries in this one`);
  }
  if (before.length < 20 || before.readUInt32LE(0) !== LOCATOR) {
    if (small.some((value, i) => value === marks[i])) file.fail("a large directory's place", "none");
    const [count, length, offset] = small;
    return {count, length, offset, end: position};
  }
  if (before.readUInt32LE(4) !== 0 || before.readUInt32LE(16) > 1) {
    file.fail("a zip archive of one file", `one of ${before.readUInt32LE(16)}`);
  }
  const end = Number(before.readBigUInt64LE(8));
  if (end + 56 !== position - 20) file.fail("a large directory's record before its place", `byte ${end}`);
  const large = file.bytesAt(end, 56);
  if (large.readUInt32LE(0) !== END64) file.fail("a large directory's record", "another");
  const [entries, count, length, offset] = [24, 32, 40, 48].map((field) => Number(large.readBigUInt64LE(field)));
  const agrees = [count, length, offset].every((value, i) => value === small[i] || small[i] === marks[i]);
  const disks = large.readUInt32LE(16) + large.readUInt32LE(20);
  if (!agrees || entries !== count || disks !== 0) {
    file.fail(`a directory of ${small[0]} entries`, `${entries} and ${count} in its large record`);
  }
  return {count, length, offset, end};
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

/** An open archive: its directory is in memory, contents stay on the disk until they are read. */
export class ZipArchive {
  private readonly locations: ReadonlyMap<string, EntryLocation>;
  private readonly checked = new Set<string>();

  private constructor(
    private readonly file: ZipFile,
    private readonly fd: number,
  ) {
    this.locations = readDirectory(file);
  }

  /** Open an archive. Close it after use. @throws Error naming the file if it is missing or no well-formed archive. */
  static open(path: string): ZipArchive {
    const {fd, size} = openFile(path);
    try {
      return new ZipArchive(new ZipFile(path, fd, size), fd);
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
    if (bytes.length !== location.size) {
      this.file.fail(`${bytes.length} bytes in "${printable(name)}"`, `${location.size}`);
    }
    let crc = 0;
    for (let done = 0; done < bytes.length; done += CHUNK) {
      const chunk = bytes.subarray(done, done + CHUNK); // checked while it is in the cache
      this.file.readAt(location.start + done, chunk);
      crc = crc32(chunk, crc);
    }
    this.requireChecksum(location, crc);
  }

  /** Read a whole entry. @throws Error if it has more than `limit` bytes. */
  read(name: string, limit: number): Uint8Array {
    const {size} = this.location(name);
    if (size > limit) this.file.fail(`at most ${limit} bytes in "${printable(name)}"`, `${size}`);
    const bytes = new Uint8Array(size);
    this.readInto(name, bytes);
    return bytes;
  }

  /** Read a part of an entry from byte `from`; the whole entry is checked when its first part is read. */
  readPart(name: string, from: number, bytes: Uint8Array): void {
    const location = this.location(name);
    if (!(from >= 0 && from + bytes.length <= location.size)) {
      this.file.fail(`bytes ${from} to ${from + bytes.length} in "${printable(name)}"`, `${location.size}`);
    }
    if (!this.checked.has(name)) {
      this.requireChecksum(location, this.checksum(location));
      this.checked.add(name);
    }
    this.file.readAt(location.start + from, bytes);
  }

  private location(name: string): EntryLocation {
    return this.locations.get(name) ?? this.file.fail(`an entry "${printable(name)}"`, "none");
  }

  private checksum({start, size}: EntryLocation): number {
    const chunk = new Uint8Array(Math.min(size, CHUNK));
    let crc = 0;
    for (let done = 0; done < size; done += CHUNK) {
      const part = chunk.subarray(0, Math.min(CHUNK, size - done));
      this.file.readAt(start + done, part);
      crc = crc32(part, crc);
    }
    return crc;
  }

  private requireChecksum({name, crc}: EntryLocation, found: number): void {
    if (found === crc) return;
    this.file.fail(`"${printable(name)}" with the checksum ${hex(crc)}`, `${hex(found)}: the file is damaged`);
  }
}

const hex = (crc: number) => crc.toString(16).padStart(8, "0");

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
