/**
 * TensorFlow's stateless random numbers in TypeScript, for an engine that lacks them: the same key gives the same numbers,
 * to rounding of logarithm, sine and cosine.
 *
 * A key (seed, counter) is scrambled by one call of Philox 4x32-10 to the key and the counter of another, whose n-th call makes
 * the values 4 n to 4 n + 3. Normal values come from pairs of uniform ones (Box and Muller).
 *
 * @see Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011; tensorflow/core/lib/random/philox_random.h
 */

type Words = readonly [number, number, number, number];

const ROUNDS = 10;
const MULTIPLIERS = [0xd2511f53, 0xcd9e8d57] as const;
const WEYL = [0x9e3779b9, 0xbb67ae85] as const;
const SCRAMBLE = [0x3ec8f720, 0x02461e29] as const;

/** Compute the high word of the product of two 32-bit words. */
function mulHigh(a: number, b: number): number {
  const low = (a & 0xffff) * (b & 0xffff);
  const cross = (a >>> 16) * (b & 0xffff) + (low >>> 16);
  const other = (a & 0xffff) * (b >>> 16) + (cross & 0xffff);
  return ((a >>> 16) * (b >>> 16) + Math.floor(cross / 0x10000) + Math.floor(other / 0x10000)) >>> 0;
}

/** Compute Philox 4x32-10: four words from a counter of four and a key of two. */
export function philox(counter: Words, key: readonly [number, number]): Words {
  let [a, b, c, d] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < ROUNDS; round++) {
    const [high0, low0] = [mulHigh(MULTIPLIERS[0], a), Math.imul(MULTIPLIERS[0], a)];
    const [high1, low1] = [mulHigh(MULTIPLIERS[1], c), Math.imul(MULTIPLIERS[1], c)];
    [a, b, c, d] = [high1 ^ b ^ k0, low1, high0 ^ d ^ k1, low0];
    k0 = (k0 + WEYL[0]) | 0;
    k1 = (k1 + WEYL[1]) | 0;
  }
  return [a >>> 0, b >>> 0, c >>> 0, d >>> 0];
}

function words(key: ArrayLike<number>, count: number): Uint32Array {
  const extended = (value: number): [number, number] => [value, value < 0 ? -1 : 0]; // an int32 as 64 bits
  const mix = philox([...extended(key[0]), ...extended(key[1])], SCRAMBLE);
  const out = new Uint32Array(4 * Math.ceil(count / 4));
  for (let n = 0; 4 * n < count; n++) out.set(philox([n, 0, mix[2], mix[3]], [mix[0], mix[1]]), 4 * n);
  return out.subarray(0, count);
}

/** Map a word to [0, 1) by its 23 low bits. */
const unit = (word: number) => (word & 0x7fffff) / 0x800000;

/** Draw 32-bit integers. */
export function randomIntegers(key: ArrayLike<number>, count: number): Int32Array {
  return Int32Array.from(words(key, count), (word) => word | 0);
}

/** Draw uniformly from [0, 1). */
export function randomUniform(key: ArrayLike<number>, count: number): Float32Array {
  return Float32Array.from(words(key, count), unit);
}

/** Draw from $\mathcal{N}(0, 1)$. */
export function randomNormal(key: ArrayLike<number>, count: number): Float32Array {
  const pairs = words(key, 2 * Math.ceil(count / 2));
  const out = new Float32Array(pairs.length);
  for (let i = 0; i < pairs.length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(Math.max(unit(pairs[i]), 1e-7)));
    const angle = Math.fround(2 * Math.PI * unit(pairs[i + 1]));
    out[i] = radius * Math.sin(angle);
    out[i + 1] = radius * Math.cos(angle);
  }
  return out.subarray(0, count);
}
