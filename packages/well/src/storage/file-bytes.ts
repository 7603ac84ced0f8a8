/**
 * Bytes of an HDF5 file, read by address, never outside of the file.
 *
 * The library that reads HDF5 follows what a file says; to know beforehand where the data of a dataset lie, and whether they
 * are there, the few structures that say so are read here.
 *
 * @see The HDF Group, "HDF5 File Format Specification Version 3.0"
 */
import {closeSync, openSync, readSync, statSync} from "node:fs";

const SIGNATURE = Buffer.from("\x89HDF\r\n\x1a\n", "latin1");

/** Bytes that are fetched at once: headers and the nodes of indices lie close together. */
const PAGE = 4096;

/** An HDF5 file opened for reading by address. */
export class FileBytes {
  /** Largest number of bytes that addresses can span; addresses count from the superblock. */
  readonly size: number;
  /** Bytes of an address and of a length in this file. */
  readonly offsetSize: number;
  readonly lengthSize: number;
  private readonly fd: number;
  private readonly base: number;
  private page: Buffer = Buffer.alloc(0);
  private pageStart = 0;

  /** @throws Error if there is no HDF5 file of this name. */
  constructor(readonly path: string) {
    const stats = statSync(path, {throwIfNoEntry: false});
    if (!stats) throw new Error(`${path}: expected an HDF5 file, found no file of this name.`);
    if (!stats.isFile())
      throw new Error(`${path}: expected an HDF5 file, found ${stats.isDirectory() ? "a folder" : "a device"}.`);
    this.fd = openSync(path, "r");
    try {
      this.base = this.findSuperblock(stats.size);
      this.size = stats.size - this.base;
      const head = this.read(0, 16);
      const old = head[8] < 2;
      this.offsetSize = head[old ? 13 : 9];
      this.lengthSize = head[old ? 14 : 10];
      for (const bytes of [this.offsetSize, this.lengthSize]) {
        if (![2, 4, 8].includes(bytes)) throw this.damaged(`addresses of ${bytes} bytes`);
      }
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Read bytes at an address. @throws Error if they lie outside of the file. */
  read(address: number, length: number): Buffer {
    if (!(address >= 0 && length >= 0 && address + length <= this.size)) {
      throw this.damaged(`${length} bytes at ${address} of ${this.size}`);
    }
    if (length > PAGE) return this.fetch(address, length);
    const from = address - this.pageStart;
    if (!(from >= 0 && from + length <= this.page.length)) {
      this.page = this.fetch(address, Math.min(PAGE, this.size - address));
      this.pageStart = address;
      return this.page.subarray(0, length);
    }
    return this.page.subarray(from, from + length);
  }

  /** Make the error of a file whose structure contradicts itself. */
  damaged(found: string): Error {
    return new Error(`${this.path}: the file is damaged (found ${found}).`);
  }

  close(): void {
    closeSync(this.fd);
  }

  private fetch(address: number, length: number): Buffer {
    const buffer = Buffer.alloc(length);
    readSync(this.fd, buffer, 0, length, this.base + address);
    return buffer;
  }

  /** Find the signature: at 0 or, after a user block, at 512, 1024, 2048 ... */
  private findSuperblock(size: number): number {
    const head = Buffer.alloc(8);
    for (let at = 0; at + 16 <= size; at = at === 0 ? 512 : 2 * at) {
      readSync(this.fd, head, 0, 8, at);
      if (head.equals(SIGNATURE)) return at;
    }
    throw new Error(`${this.path}: expected an HDF5 file, found ${size} bytes without its signature.`);
  }
}

/** Reads a structure from its start to its end. */
export class Cursor {
  private at = 0;

  constructor(
    private readonly file: FileBytes,
    private readonly bytes: Buffer,
  ) {}

  get left(): number {
    return this.bytes.length - this.at;
  }

  /** Read a whole number of little-endian bytes; one above 2^53 comes as Infinity. */
  number(size: number): number {
    const start = this.skip(size);
    let value = 0;
    for (let i = start + size - 1; i >= start; i--) value = value * 256 + this.bytes[i];
    return value > Number.MAX_SAFE_INTEGER ? Infinity : value;
  }

  /** Read an address; one that is not defined comes as Infinity. */
  address(): number {
    const size = this.file.offsetSize;
    const value = this.number(size);
    return size < 8 && value === 256 ** size - 1 ? Infinity : value;
  }

  length(): number {
    return this.number(this.file.lengthSize);
  }

  /** Read bytes; they stay as they are when the file's next bytes are fetched. */
  take(size: number): Buffer {
    const start = this.skip(size);
    return this.bytes.subarray(start, this.at);
  }

  /** Move by a number of bytes; returns where they start. */
  private skip(size: number): number {
    if (!(size >= 0 && size <= this.left))
      throw this.file.damaged(`a structure that ends after ${this.bytes.length} bytes`);
    this.at += size;
    return this.at - size;
  }
}
