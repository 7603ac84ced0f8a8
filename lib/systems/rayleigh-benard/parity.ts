/**
 * Functions of height as sums of an even and an odd part about the middle,
 *
 * $$ f = e + o, \qquad e(z) = \tfrac{1}{2}(f(z) + f(1 - z)), \quad o(z) = \tfrac{1}{2}(f(z) - f(1 - z)). $$
 *
 * The second derivative keeps the parts apart and the first exchanges them. So a matrix of $(N + 1)^2$ numbers becomes two
 * of a quarter of its size: half the work, and better conditioned inverses.
 *
 * The parts of $N + 1$ values are stored one after the other: $e_0 \dots e_{N/2}$, then $o_0 \dots o_{N/2 - 1}$.
 */
import type {Chebyshev} from "./chebyshev";
import {matrixProduct, multiplyComplex} from "./dense";

/** A matrix for each part. */
export interface Halves {
  readonly even: Float64Array;
  readonly odd: Float64Array;
}

/** Splitting into parts, and the derivatives of values in parts. */
export class Parity {
  /** $N/2$. */
  readonly half: number;
  /** Number of values of each part: $N/2 + 1$ and $N/2$. */
  readonly sizes: {readonly even: number; readonly odd: number};
  /** $D$ as a matrix from the even part to the odd one, and one from the odd part to the even one. */
  readonly derivative: Halves;
  /** $D^2$ of each part. */
  readonly second: Halves;

  constructor(basis: Chebyshev) {
    const {derivative, size, degree} = basis;
    const half = (this.half = degree / 2);
    const {even, odd} = (this.sizes = {even: half + 1, odd: half});
    const entry = (i: number, j: number, sign: number): number =>
      derivative[i * size + j] + (j === half ? 0 : sign * derivative[i * size + degree - j]);
    this.derivative = {
      even: Float64Array.from({length: odd * even}, (_, c) => entry(Math.floor(c / even), c % even, 1)),
      odd: Float64Array.from({length: even * odd}, (_, c) => entry(Math.floor(c / odd), c % odd, -1)),
    };
    this.second = {
      even: matrixProduct(this.derivative.odd, this.derivative.even, even, odd, even),
      odd: matrixProduct(this.derivative.even, this.derivative.odd, odd, even, odd),
    };
  }

  /** Split $N + 1$ values at `values[from]` into parts at `parts[to]`. */
  fold(values: Float64Array, from: number, parts: Float64Array, to: number): void {
    const {half} = this;
    for (let j = 0, a = from, b = from + 2 * half; j < half; j++, a++, b--) {
      parts[to + j] = 0.5 * (values[a] + values[b]);
      parts[to + half + 1 + j] = 0.5 * (values[a] - values[b]);
    }
    parts[to + half] = values[from + half];
  }

  /** Join parts at `parts[from]` to $N + 1$ values at `values[to]`. */
  unfold(parts: Float64Array, from: number, values: Float64Array, to: number): void {
    const {half} = this;
    for (let j = 0, a = to, b = to + 2 * half; j < half; j++, a++, b--) {
      values[a] = parts[from + j] + parts[from + half + 1 + j];
      values[b] = parts[from + j] - parts[from + half + 1 + j];
    }
    values[to + half] = parts[from + half];
  }
}

/** Complex functions of height, in parts, for each wavenumber: `[wavenumbers, N + 1]`. */
export interface Modes {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** Apply a matrix per wavenumber (`matrices` holds one pair after the other) that keeps the parts apart. */
export function applyHalves({even, odd}: Halves, {sizes}: Parity, x: Modes, y: Modes): void {
  const e = sizes.even;
  const o = sizes.odd;
  const count = x.re.length / (e + o);
  for (let m = 0, at = 0; m < count; m++, at += e + o) {
    multiplyComplex(even, m * e * e, e, e, x.re, x.im, at, y.re, y.im, at);
    multiplyComplex(odd, m * o * o, o, o, x.re, x.im, at + e, y.re, y.im, at + e);
  }
}

/** Differentiate with respect to height. */
export function differentiate({derivative, sizes}: Parity, x: Modes, y: Modes): void {
  const e = sizes.even;
  const o = sizes.odd;
  const count = x.re.length / (e + o);
  for (let m = 0, at = 0; m < count; m++, at += e + o) {
    multiplyComplex(derivative.even, 0, o, e, x.re, x.im, at, y.re, y.im, at + e);
    multiplyComplex(derivative.odd, 0, e, o, x.re, x.im, at + e, y.re, y.im, at);
  }
}
