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
import {printable, openFile} from "@lola-ts/core";
import {readDirectory, ZipFile, type EntryLocation, type ZipEntry} from "./zip-directory";
import {CHUNK} from "./zip-records";

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
