/**
 * Transforms between Fourier modes along $x$ and values on the grid. Two real functions are the real and imaginary part of
 * one complex transform, which also joins and splits the even and odd parts in height.
 */
import {fft, type FourierTransform} from "../../core/fft";
import type {Modes} from "./parity";
import type {Geometry} from "./operators";

/** Transforms between modes, `[wavenumbers, parts]`, and values on the grid, `[x, z]`. */
export class ModeTransform {
  private readonly transform: FourierTransform;

  constructor(
    private readonly geometry: Geometry,
    private readonly points: number,
  ) {
    this.transform = fft(points);
  }

  /** Evaluate two real functions, `a` and `b`, on the grid, `[x, z]`: as `first` and `second`. */
  toGrid(a: Modes, b: Modes, first: Float64Array, second: Float64Array): void {
    const {points} = this;
    const {parity, basis, wavenumbers} = this.geometry;
    const {half} = parity;
    const {size} = basis;
    first.fill(0, wavenumbers.length * size, (points - wavenumbers.length + 1) * size);
    second.fill(0, wavenumbers.length * size, (points - wavenumbers.length + 1) * size);
    for (let m = 0; m < wavenumbers.length; m++) {
      const plus = m * size;
      const minus = (m === 0 ? 0 : points - m) * size;
      for (let j = 0, e = plus, o = plus + half + 1; j < half; j++, e++, o++) {
        const q = size - 1 - j;
        // a + i b at k, conj(a) + i conj(b) at -k
        const evenDifference = a.re[e] - b.im[e];
        const evenSum = a.re[e] + b.im[e];
        const oddDifference = a.re[o] - b.im[o];
        const oddSum = a.re[o] + b.im[o];
        first[minus + j] = evenSum + oddSum;
        first[minus + q] = evenSum - oddSum;
        first[plus + j] = evenDifference + oddDifference;
        first[plus + q] = evenDifference - oddDifference;
        const evenCross = b.re[e] + a.im[e];
        const evenTurned = b.re[e] - a.im[e];
        const oddCross = b.re[o] + a.im[o];
        const oddTurned = b.re[o] - a.im[o];
        second[minus + j] = evenTurned + oddTurned;
        second[minus + q] = evenTurned - oddTurned;
        second[plus + j] = evenCross + oddCross;
        second[plus + q] = evenCross - oddCross;
      }
      const middle = plus + half; // where the odd part vanishes
      first[minus + half] = a.re[middle] + b.im[middle];
      first[plus + half] = a.re[middle] - b.im[middle];
      second[minus + half] = b.re[middle] - a.im[middle];
      second[plus + half] = b.re[middle] + a.im[middle];
    }
    this.transform(second, first, 0, size); // exchanged parts make the inverse transform
  }

  /** Expand two real functions on the grid, `[x, z]`, which are overwritten, in the modes `a` and `b`. */
  fromGrid(first: Float64Array, second: Float64Array, a: Modes, b: Modes): void {
    const {points} = this;
    const {parity, basis, wavenumbers} = this.geometry;
    const {half} = parity;
    const {size} = basis;
    this.transform(first, second, 0, size);
    const scale = 0.25 / points; // halves of sums over k and -k, halves of sums over z and 1 - z
    for (let m = 0; m < wavenumbers.length; m++) {
      const plus = m * size;
      const minus = (m === 0 ? 0 : points - m) * size;
      for (let lower = 0, e = plus, o = plus + half + 1; lower <= half; lower++, e++, o++) {
        const upper = size - 1 - lower;
        const aRe = first[plus + lower] + first[minus + lower];
        const aIm = second[plus + lower] - second[minus + lower];
        const bRe = second[plus + lower] + second[minus + lower];
        const bIm = first[minus + lower] - first[plus + lower];
        const aRe2 = first[plus + upper] + first[minus + upper];
        const aIm2 = second[plus + upper] - second[minus + upper];
        const bRe2 = second[plus + upper] + second[minus + upper];
        const bIm2 = first[minus + upper] - first[plus + upper];
        a.re[e] = (aRe + aRe2) * scale;
        a.im[e] = (aIm + aIm2) * scale;
        b.re[e] = (bRe + bRe2) * scale;
        b.im[e] = (bIm + bIm2) * scale;
        if (lower === half) break;
        a.re[o] = (aRe - aRe2) * scale;
        a.im[o] = (aIm - aIm2) * scale;
        b.re[o] = (bRe - bRe2) * scale;
        b.im[o] = (bIm - bIm2) * scale;
      }
    }
  }
}
