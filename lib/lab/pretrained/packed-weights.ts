/**
 * How weights are packed: rounded to 8 significant bits, which moves no score by more than other noise does, and in two planes
 * of bytes, which compress better.
 *
 * A float16 has 11 significant bits. Of the two bytes of a rounded one the upper (sign, exponent, first bits) repeats itself a
 * lot and the lower does not: apart from each other they deflate to two thirds of the file.
 */

/** Significant bits of a packed weight, the leading one included: as many as bfloat16 has. */
const BITS = 8;

/** Round to {@link BITS} significant bits, to the nearest, by Veltkamp's splitting of a double. */
export function roundWeights(weights: Float32Array): Float32Array {
  const factor = 2 ** (53 - BITS) + 1;
  return weights.map((value) => {
    const scaled = factor * value;
    return scaled - (scaled - value);
  });
}

/** Put the bytes at even places first, then those at odd ones. */
export function toPlanes(bytes: Uint8Array): Uint8Array {
  const half = (bytes.length + 1) >> 1;
  const planes = new Uint8Array(bytes.length);
  bytes.forEach((byte, i) => (planes[(i >> 1) + (i & 1) * half] = byte));
  return planes;
}

/** Invert {@link toPlanes}. */
export function fromPlanes(planes: Uint8Array): Uint8Array {
  const half = (planes.length + 1) >> 1;
  return Uint8Array.from({length: planes.length}, (_, i) => planes[(i >> 1) + (i & 1) * half]);
}
