/** Sorting of values by their bits, the costliest part of distances between distributions. */
import type {Values} from "./pointwise";

const digits = 3; // of 11 bits each, for 32
const radix = 2048;

/**
 * Sort values in ascending order into a new array.
 *
 * Values that are float32 numbers, as in stored fields, take a radix sort, several times as fast as comparing
 * them; others, NaN among them (it comes last), the engine's own sort of float64 numbers.
 */
export function sorted(values: Values): Float32Array | Float64Array {
  const single = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    single[i] = values[i];
    if (single[i] !== values[i]) return Float64Array.from(values).sort();
  }
  return radixSort(single);
}

/** Sort float32 numbers in place, digit by digit from the least significant. */
function radixSort(values: Float32Array): Float32Array {
  const n = values.length;
  let from: Int32Array = new Int32Array(values.buffer);
  let to: Int32Array = new Int32Array(n);
  const counts = new Int32Array(digits * radix);
  for (let i = 0; i < n; i++) {
    // bits in the order of numbers: negative ones reversed and below the positive ones
    const bits = from[i] < 0 ? ~from[i] : from[i] | 0x80000000;
    from[i] = bits;
    counts[bits & 2047]++;
    counts[radix + ((bits >>> 11) & 2047)]++;
    counts[2 * radix + (bits >>> 22)]++;
  }
  for (let digit = 0; digit < digits; digit++) {
    const base = digit * radix;
    for (let at = base, first = 0; at < base + radix; at++) {
      const count = counts[at];
      counts[at] = first;
      first += count;
    }
    const shift = 11 * digit;
    for (let i = 0; i < n; i++) to[counts[base + ((from[i] >>> shift) & 2047)]++] = from[i];
    [from, to] = [to, from];
  }
  for (let i = 0; i < n; i++) from[i] = from[i] < 0 ? from[i] & 0x7fffffff : ~from[i];
  return new Float32Array(from.buffer);
}
