/**
 * Explicit random numbers outside of the tensor engine.
 *
 * A generator is seeded by the things that identify what is drawn, e.g. `Rng.from("train", "file.hdf5", 3)`, never
 * from a clock, a worker or an order of execution: so the same request yields the same numbers everywhere. Inside is
 * xoshiro128** in 32-bit integer arithmetic, which is the same in every JavaScript engine.
 *
 * @see Blackman & Vigna, "Scrambled Linear Pseudorandom Number Generators", 2021, arXiv:1805.01407
 */
import {requireInteger} from "./check";
import {valueInWords} from "./text";

const rotate = (x: number, k: number): number => (x << k) | (x >>> (32 - k));

/** Scatters the bits of a 32-bit integer: the output function of splitmix32 (constants of MurmurHash3's finaliser). */
function scatter(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** 32-bit FNV-1a hash of a text's UTF-16 code units, begun at `basis`. */
function fnv(text: string, basis: number): number {
  let hash = basis;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  return hash >>> 0;
}

/**
 * Deterministic pseudo-random number generator (xoshiro128**): uniform, normal, integer and Poisson draws, shuffles.
 *
 * @example
 * const rng = Rng.from("noise", 0); // the same parts give the same stream, on every machine
 * const [u, z] = [rng.uniform(), rng.normal()];
 */
export class Rng {
  private readonly state: Int32Array;
  private spare: number | undefined;

  /**
   * Start from a raw state of xoshiro128**; most callers want {@link Rng.from}.
   *
   * @throws RangeError unless the state is four numbers, not all zero.
   */
  constructor(state: readonly number[]) {
    this.state = Int32Array.from(Array.isArray(state) ? state : []);
    if (this.state.length !== 4 || !state.every(Number.isFinite) || this.state.every((word) => word === 0)) {
      throw new RangeError(`Rng: expected four state words, not all zero, found ${valueInWords(state)}.`);
    }
  }

  /**
   * Create the generator seeded by `parts`, numbers and texts that identify the draw.
   *
   * The parts are hashed to 128 bits; `("a", "b")` and `("ab")`, or `(1)` and `("1")`, give different streams.
   */
  static from(...parts: (string | number)[]): Rng {
    const text = JSON.stringify(parts.map((part) => (typeof part === "number" ? [String(part)] : part)));
    const state = [1, 2, 3, 4].map((lane) => {
      const golden = Math.imul(lane, 0x9e3779b9); // splitmix32's increment
      return scatter(fnv(text, scatter(golden)) + golden);
    });
    return new Rng(state.some((word) => word !== 0) ? state : [1, 2, 3, 4]);
  }

  /** Draw 32 random bits as an integer in $[0, 2^{32})$. */
  bits(): number {
    const s = this.state;
    const result = Math.imul(rotate(Math.imul(s[1], 5), 7), 9) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 11);
    return result;
  }

  /** Draw from $\mathcal{U}[\text{lo}, \text{hi})$ with 53 random bits. */
  uniform(lo = 0, hi = 1): number {
    const u = ((this.bits() >>> 5) * 2 ** 26 + (this.bits() >>> 6)) / 2 ** 53;
    return lo + u * (hi - lo);
  }

  /** Draw from $\mathcal{N}(0, 1)$ by the transform of Box and Muller, which makes two at a time. */
  normal(): number {
    if (this.spare !== undefined) {
      const value = this.spare;
      this.spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /**
   * Draw an integer from $\{0, \dots, n - 1\}$, all equally likely.
   *
   * @throws RangeError unless $n$ is an integer in $[1, 2^{32}]$.
   */
  integer(n: number): number {
    requireInteger("Rng.integer", "n", n, {max: 2 ** 32});
    const limit = 2 ** 32 - (2 ** 32 % n); // above it the remainders are not equally likely
    let bits = this.bits();
    while (bits >= limit) bits = this.bits();
    return bits % n;
  }

  /**
   * Draw from the Poisson distribution of mean $\lambda$ by Knuth's product of uniforms, at a cost of $O(\lambda)$.
   *
   * @throws RangeError unless $0 \le \lambda \le 500$ ($e^{-\lambda}$ must not vanish).
   */
  poisson(lambda: number): number {
    if (!(lambda >= 0 && lambda <= 500)) {
      throw new RangeError(`Rng.poisson: expected a mean from 0 to 500, found ${lambda}.`);
    }
    const limit = Math.exp(-lambda);
    let count = 0;
    for (let product = this.uniform(); product > limit; product *= this.uniform()) count++;
    return count;
  }

  /** Shuffle an array in place (Fisher and Yates), all orders equally likely, and return it. */
  shuffle<T>(array: T[]): T[] {
    for (let i = array.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [array[i], array[j]] = [array[j], array[i]];
    }
    return array;
  }
}
