/**
 * Transforms between Fourier modes along $x$ and values on the grid. Two real functions are the real and imaginary part of
 * one complex transform, which also joins and splits the even and odd parts in height.
 */
import {fourierPlan} from "../../core/fourier/fft";
import type {FourierPlan} from "../../core/fourier/radices";
import type {Modes} from "./parity";
import type {Geometry} from "./operators";

/** Transforms between modes, `[wavenumbers, parts]`, and values on the grid, `[x, z]`. */
export class ModeTransform {
  private readonly plan: FourierPlan;
  /** Rows in the plan's order, real and imaginary parts. */
  private readonly rows: readonly [Float64Array, Float64Array];

  constructor(
    private readonly geometry: Geometry,
    private readonly points: number,
  ) {
    this.plan = fourierPlan(points);
    const plane = (): Float64Array => new Float64Array(points * geometry.basis.size);
    this.rows = [plane(), plane()];
  }

  /** Evaluate two real functions, `a` and `b`, on the grid, `[x, z]`: as `first` and `second`. */
  toGrid(a: Modes, b: Modes, first: Float64Array, second: Float64Array): void {
    const {points} = this;
    const {order, combine} = this.plan;
    const {parity, basis, wavenumbers} = this.geometry;
    const {half} = parity;
    const {size} = basis;
    for (let m = wavenumbers.length; m <= points - wavenumbers.length; m++) {
      first.fill(0, order[m] * size, (order[m] + 1) * size);
      second.fill(0, order[m] * size, (order[m] + 1) * size);
    }
    for (let m = 0; m < wavenumbers.length; m++) {
      const plus = order[m] * size;
      const minus = order[m === 0 ? 0 : points - m] * size;
      for (let j = 0, e = m * size, o = e + half + 1; j < half; j++, e++, o++) {
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
      const middle = m * size + half; // where the odd part vanishes
      first[minus + half] = a.re[middle] + b.im[middle];
      first[plus + half] = a.re[middle] - b.im[middle];
      second[minus + half] = b.re[middle] - a.im[middle];
      second[plus + half] = b.re[middle] + a.im[middle];
    }
    combine(second, first, 0, size); // exchanged parts make the inverse transform
  }

  /** Expand two real functions on the grid, `[x, z]`, in the modes `a` and `b`. */
  fromGrid(first: Float64Array, second: Float64Array, a: Modes, b: Modes): void {
    const {points} = this;
    const {order, combine} = this.plan;
    const {parity, basis, wavenumbers} = this.geometry;
    const {half} = parity;
    const {size} = basis;
    const [re, im] = this.rows;
    for (let i = 0, from = 0; i < points; i++) {
      for (let p = order[i] * size, end = p + size; p < end; p++, from++) {
        re[p] = first[from];
        im[p] = second[from];
      }
    }
    combine(re, im, 0, size);
    const scale = 0.25 / points; // halves of sums over k and -k, halves of sums over z and 1 - z
    for (let m = 0; m < wavenumbers.length; m++) {
      const plus = m * size;
      const minus = (m === 0 ? 0 : points - m) * size;
      for (let lower = 0, e = plus, o = plus + half + 1; lower <= half; lower++, e++, o++) {
        const upper = size - 1 - lower;
        const aRe = re[plus + lower] + re[minus + lower];
        const aIm = im[plus + lower] - im[minus + lower];
        const bRe = im[plus + lower] + im[minus + lower];
        const bIm = re[minus + lower] - re[plus + lower];
        const aRe2 = re[plus + upper] + re[minus + upper];
        const aIm2 = im[plus + upper] - im[minus + upper];
        const bRe2 = im[plus + upper] + im[minus + upper];
        const bIm2 = re[minus + upper] - re[plus + upper];
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
