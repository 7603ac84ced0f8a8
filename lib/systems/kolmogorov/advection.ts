/**
 * The advection of vorticity by its own flow, $-u \cdot \nabla \omega$, with two complex transforms: the flow
 * $w = u + i v$ to the grid, its square $w^2 = u^2 - v^2 + 2 i u v$ back, since
 *
 * $$ u \cdot \nabla \omega = (\partial_{xx} - \partial_{yy}) \, u v + \partial_{xy} (v^2 - u^2). $$
 *
 * @see Basdevant, J. Comput. Phys. 50 (1983) 209
 */
import type {Coefficients, Modes} from "./modes";
import {GridTransform} from "./transforms";

/**
 * Put the waves of the flow $u + i v$ into the spectrum of a transform: at $k$
 * $\hat\omega_k (k_x + i k_y) / |k|^2$, for $k$ and $-k$.
 */
export function placeFlow({modes, spectrum, plus, minus}: GridTransform, vorticity: Coefficients): void {
  const {kx, ky, square} = modes;
  for (let m = 0; m < square.length; m++) {
    const x = kx[m] / square[m];
    const y = ky[m] / square[m];
    const a = vorticity.re[m];
    const b = vorticity.im[m];
    spectrum.re[plus[m]] = x * a - y * b;
    spectrum.im[plus[m]] = x * b + y * a;
    spectrum.re[minus[m]] = -x * a - y * b;
    spectrum.im[minus[m]] = x * b - y * a;
  }
}

/** Evaluates the advection for vorticity on the modes of one grid. */
export class Advection {
  private readonly transform: GridTransform;
  private readonly limit: readonly [number, number];

  /** @param points along $x$ and $y$; more than three times the waves of the modes keep products free of aliases. */
  constructor(
    private readonly modes: Modes,
    points: readonly [number, number],
  ) {
    this.transform = new GridTransform(modes, points);
    const [kx, ky] = [modes.kx, modes.ky].map((k) => k.reduce((max, value) => Math.max(max, value), 0));
    this.limit = [kx, ky];
  }

  /**
   * Evaluate $-u \cdot \nabla \omega$.
   *
   * @returns $\max (|u| \max k_x + |v| \max k_y)$, the fastest rate at which a mode of the grid turns.
   */
  evaluate(vorticity: Coefficients, result: Coefficients): number {
    const {transform, modes, limit} = this;
    const {spectrum, grid, plus, minus} = transform;
    placeFlow(transform, vorticity);
    transform.toGrid();
    const fastest = squared(grid.re, grid.im, limit[0], limit[1]);
    transform.fromGrid();
    const scale = 0.25 / grid.re.length; // halves of w^2 and of sums over k and -k
    const {kx, ky} = modes;
    for (let m = 0; m < kx.length; m++) {
      const [p, q] = [plus[m], minus[m]];
      const across = 2 * kx[m] * ky[m] * scale; // of u^2 - v^2
      const along = (kx[m] * kx[m] - ky[m] * ky[m]) * scale; // of 2 u v
      const realRe = spectrum.re[p] + spectrum.re[q];
      const realIm = spectrum.im[p] - spectrum.im[q];
      const imaginaryRe = spectrum.im[p] + spectrum.im[q];
      const imaginaryIm = spectrum.re[q] - spectrum.re[p];
      result.re[m] = along * imaginaryRe - across * realRe;
      result.im[m] = along * imaginaryIm - across * realIm;
    }
    return fastest;
  }
}

/** Square complex numbers in place; returns the largest $|u| k_x + |v| k_y$, or NaN if a number is not finite. */
function squared(u: Float64Array, v: Float64Array, kx: number, ky: number): number {
  let fastest = 0;
  for (let p = 0; p < u.length; p++) {
    const x = u[p];
    const y = v[p];
    const rate = Math.abs(x) * kx + Math.abs(y) * ky;
    if (!(rate <= fastest)) fastest = rate;
    u[p] = x * x - y * y;
    v[p] = 2 * x * y;
  }
  return fastest;
}
