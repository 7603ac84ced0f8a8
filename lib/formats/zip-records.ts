/**
 * What the records of zip archives begin with, and the numbers that their short fields cannot hold.
 */
import {crc32} from "node:zlib";

export const LOCAL = 0x04034b50;
export const CENTRAL = 0x02014b50;
export const END = 0x06054b50;
export const END64 = 0x06064b50;
export const LOCATOR = 0x07064b50;

/** A field of 4 or 2 bytes with this value refers to the zip64 extension. */
export const LIMIT32 = 0xffffffff;
export const LIMIT16 = 0xffff;

/** Bytes that are read, written or checked at a time. */
export const PIECE = 2 ** 24;

/** Checksum of a content, piece by piece: sizes beyond 4 GiB are too much for one call. */
export function checksum(content: Uint8Array): number {
  let crc = 0;
  for (let done = 0; done < content.length; done += PIECE) crc = crc32(content.subarray(done, done + PIECE), crc);
  return crc;
}
