/**
 * Checksums of safetensors files: the format itself has none, so that a changed weight would go unnoticed.
 *
 * The metadata hold the SHA-256 of the file in which the checksum's own digits are zeros. Files without one open as they are.
 */
import {createHash} from "node:crypto";
import {readSync} from "node:fs";
import {writeAll} from "./files";

export const CHECKSUM = "lola-sha256";

export const UNKNOWN = "0".repeat(64);

const BEFORE = `"${CHECKSUM}":"`;

const PART = 2 ** 22;

/** Find the digits in the header of a file as our writer makes it; undefined if they are not there. */
function placeOf(header: Buffer): number | undefined {
  const found = header.indexOf(BEFORE);
  return found < 0 ? undefined : found + BEFORE.length;
}

/** Writes a file piece by piece, and its checksum at the end. */
export class ChecksumWriter {
  private readonly hash = createHash("sha256");

  /** @param fd file that is empty so far. */
  constructor(private readonly fd: number) {}

  add(bytes: Uint8Array): void {
    writeAll(this.fd, bytes);
    this.hash.update(bytes);
  }

  /** Write the digits. @param header beginning of the file as it was added, with the digits unknown. */
  end(header: Buffer, position: number): void {
    writeAll(this.fd, Buffer.from(this.hash.digest("hex")), position + placeOf(header)!);
  }
}

/** Require the content of an open file of `size` bytes to have its checksum. @throws Error naming the file. */
export function requireChecksum(fd: number, path: string, size: number, expected: string): void {
  const hash = createHash("sha256");
  const bytes = Buffer.alloc(Math.min(size, PART));
  for (let done = 0; done < size;) {
    const count = readSync(fd, bytes, 0, Math.min(PART, size - done), done);
    if (count === 0) throw new Error(`${path}: expected ${size} bytes, found ${done}: the file is truncated.`);
    const part = bytes.subarray(0, count);
    const place = done === 0 ? placeOf(part) : undefined;
    if (place !== undefined) part.write(UNKNOWN, place, "latin1");
    hash.update(part);
    done += count;
  }
  if (hash.digest("hex") === expected) return;
  throw new Error(
    `${path}: the checksum differs: the file is damaged, or another program changed it and kept "${CHECKSUM}" in its metadata.`,
  );
}
