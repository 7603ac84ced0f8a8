/**
 * Transforms between Fourier modes along $x$ and values on the grid. Two real functions are the real and imaginary part of
 * one complex transform, which also joins and splits the even and odd parts in height.
 */
import {fourierPlan, type FourierPlan} from "@lola-ts/core";
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
    const {order, combine} = this.plan;
    const {loops, half} = this.geometry.parity;
    const {size} = this.geometry.basis;
    loops.spread(order, half, a.re, a.im, b.re, b.im, first, second);
    combine(second, first, size); // exchanged parts make the inverse transform
  }

  /** Expand two real functions on the grid, `[x, z]`, in the modes `a` and `b`. */
  fromGrid(first: Float64Array, second: Float64Array, a: Modes, b: Modes): void {
    const {points} = this;
    const {order, combine} = this.plan;
    const {loops, half} = this.geometry.parity;
    const {size} = this.geometry.basis;
    const [re, im] = this.rows;
    loops.arrange(order, first, second, re, im);
    combine(re, im, size);
    loops.collect(points, half, re, im, a.re, a.im, b.re, b.im);
  }
}
