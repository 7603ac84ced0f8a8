/**
 * How numbers are packed: rounded, which moves no score by more than other noise does, and in planes of bytes, which compress
 * better.
 *
 * A float16 has 11 significant bits, a weight keeps 8 of them. Of the two bytes of a rounded one the upper (sign, exponent, first
 * bits) repeats itself a lot and the lower does not: apart from each other they compress to two thirds of the file.
 */
import {brotliCompressSync, brotliDecompressSync, constants} from "node:zlib";

/** Significant bits of a packed weight, the leading one included: as many as bfloat16 has. */
export const WEIGHT_BITS = 8;

/** Round to a number of significant bits, to the nearest, by Veltkamp's splitting of a double. */
export function roundBits(values: Float32Array, bits: number): Float32Array {
  const factor = 2 ** (53 - bits) + 1;
  return values.map((value) => {
    const scaled = factor * value;
    return scaled - (scaled - value);
  });
}

/** Pack numbers of `width` bytes each: the first bytes of all, then the second ones, and so on, compressed. */
export function packPlanes(bytes: Uint8Array, width: number): Buffer {
  const planes = new Uint8Array(bytes.length);
  let at = 0;
  for (let plane = 0; plane < width; plane++) {
    for (let i = plane; i < bytes.length; i += width) planes[at++] = bytes[i];
  }
  const {BROTLI_PARAM_LGWIN, BROTLI_PARAM_SIZE_HINT} = constants;
  return brotliCompressSync(planes, {params: {[BROTLI_PARAM_LGWIN]: 24, [BROTLI_PARAM_SIZE_HINT]: planes.length}});
}

/** Invert {@link packPlanes}. */
export function unpackPlanes(packed: Uint8Array, width: number): Uint8Array {
  const planes = brotliDecompressSync(packed);
  const bytes = new Uint8Array(planes.length);
  let at = 0;
  for (let plane = 0; plane < width; plane++) {
    for (let i = plane; i < bytes.length; i += width) bytes[i] = planes[at++];
  }
  return bytes;
}
