/**
 * Signatures of the records of zip archives, and limits of their fields.
 */
import {crc32} from "node:zlib";

export const LOCAL = 0x04034b50;
export const CENTRAL = 0x02014b50;
export const END = 0x06054b50;
export const END64 = 0x06064b50;
export const LOCATOR = 0x07064b50;

/** Value of a field of 4 bytes, and of 2 bytes, that refers to the zip64 extension. */
export const LIMIT32 = 0xffffffff;
export const LIMIT16 = 0xffff;

/** Number of bytes that are read, written or checked at a time. */
export const CHUNK = 2 ** 24;

/** Compute the CRC-32 of a content in chunks: one call is limited to 4 GiB. */
export function checksum(content: Uint8Array): number {
  let crc = 0;
  for (let done = 0; done < content.length; done += CHUNK) crc = crc32(content.subarray(done, done + CHUNK), crc);
  return crc;
}
