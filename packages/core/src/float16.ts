/** Half-precision numbers (IEEE 754 binary16): a sign, 5 bits of exponent, 10 of fraction. */

/**
 * Round float32 numbers to the nearest half-precision ones, ties to even. What is too large becomes infinite.
 *
 * @returns their bits.
 */
export function toHalf(values: Float32Array): Uint16Array {
  const float = new Float32Array(1);
  const bits = new Uint32Array(float.buffer);
  return Uint16Array.from(values, (value) => {
    float[0] = value;
    const sign = (bits[0] >>> 16) & 0x8000;
    const size = Math.abs(float[0]);
    if (Number.isNaN(size)) return sign | 0x7e00;
    if (size >= 65520) return sign | 0x7c00; // half-way between the largest number and the next power of two
    // Distance of neighbours: 2^-24 below 2^-14, then 2^-10 of the leading power of two.
    const exponent = Math.max(-14, Math.floor(Math.log2(size)));
    const fraction = roundToEven(size * 2 ** (10 - exponent));
    return sign | (((exponent + 14) << 10) + fraction);
  });
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return below + (rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? 1 : 0);
}

/** The value of every half-precision number, by its bits; made when it is first needed. */
let values: Float32Array | undefined;

/** Convert half-precision numbers, given by their bits, to float32; every one of them is a float32 number. */
export function fromHalf(bits: Uint16Array): Float32Array {
  values ??= Float32Array.from({length: 2 ** 16}, (_, half) => valueOf(half));
  const floats = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) floats[i] = values[bits[i]];
  return floats;
}

function valueOf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}
