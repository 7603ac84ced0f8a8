/**
 * Reader of zip archives of stored entries, as PyTorch writes them: no compression, large sizes by the zip64 extension,
 * values aligned in the file.
 *
 * An archive is treated as hostile: every size and place is checked against the file before memory of that size is
 * allocated, and every entry against its checksum. Compressed entries are refused, so nothing expands beyond the file.
 *
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
import {closeSync} from "node:fs";
import {crc32} from "node:zlib";
import {printable, openFile, writeAll} from "@lola-ts/core";
import {
  CHUNK,
  readDirectory,
  ZipFile,
  type EntryLocation,
  type ZipEntry,
  CENTRAL,
  END,
  END64,
  LIMIT16,
  LIMIT32,
  LOCAL,
  LOCATOR,
  checksum,
} from "./zip-directory";

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
