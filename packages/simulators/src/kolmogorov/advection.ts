/**
 * The advection of vorticity by its own flow, $-u \cdot \nabla \omega$, with two complex transforms: the flow
 * $w = u + i v$ to the grid, its square $w^2 = u^2 - v^2 + 2 i u v$ back, since
 *
 * $$ u \cdot \nabla \omega = (\partial_{xx} - \partial_{yy}) \, u v + \partial_{xy} (v^2 - u^2). $$
 *
 * @see Basdevant, J. Comput. Phys. 50 (1983) 209
 */
import {type Coefficients, type Modes, GridTransform} from "./transforms";

/**
 * Put the waves of the flow $u + i v$ into the spectrum of a transform: $\hat\omega_k (k_x + i k_y) / |k|^2$ at $k$, and
 * the same with $-k$ and $\hat\omega_{-k}$.
 */
export function placeFlow({modes, spectrum, plus, minus}: GridTransform, vorticity: Coefficients): void {
  const {kx, ky, square} = modes;
  const {re, im} = vorticity;
  const {re: toRe, im: toIm} = spectrum;
  for (let m = 0; m < square.length; m++) {
    const x = kx[m] / square[m];
    const y = ky[m] / square[m];
    const xRe = x * re[m];
    const xIm = x * im[m];
    const yRe = y * re[m];
    const yIm = y * im[m];
    toRe[plus[m]] = xRe - yIm;
    toIm[plus[m]] = xIm + yRe;
    toRe[minus[m]] = -xRe - yIm;
    toIm[minus[m]] = xIm - yRe;
  }
}

export class Advection {
  private readonly transform: GridTransform;

  /** @param points along $x$ and $y$; more than three times the waves of the modes keep products free of aliases. */
  constructor(
    private readonly modes: Modes,
    points: readonly [number, number],
  ) {
    this.transform = new GridTransform(modes, points);
  }

  /**
   * Evaluate $-u \cdot \nabla \omega$.
   *
   * @returns $\max (|u| \max k_x + |v| \max k_y)$, the fastest rate at which a mode of the grid turns.
   */
  evaluate(vorticity: Coefficients, result: Coefficients): number {
    const {transform, modes} = this;
    const {grid} = transform;
    placeFlow(transform, vorticity);
    transform.toGrid();
    const fastest = squared(grid.re, grid.im, modes.largest[0], modes.largest[1]);
    transform.fromGrid();
    collect(transform, modes, result);
    return fastest;
  }
}

/** Read the advection off the spectrum of $w^2$. */
function collect({spectrum, plus, minus, grid}: GridTransform, {kx, ky}: Modes, result: Coefficients): void {
  const {re, im} = spectrum;
  const {re: toRe, im: toIm} = result;
  const scale = 0.25 / grid.re.length; // halves of w^2 and of sums over k and -k
  for (let m = 0; m < kx.length; m++) {
    const p = plus[m];
    const q = minus[m];
    const x = kx[m];
    const y = ky[m];
    const across = 2 * x * y * scale; // of u^2 - v^2, the real part
    const along = (x * x - y * y) * scale; // of 2 u v, the imaginary part
    toRe[m] = along * (im[p] + im[q]) - across * (re[p] + re[q]);
    toIm[m] = along * (re[q] - re[p]) - across * (im[p] - im[q]);
  }
}

/** Square complex numbers in place; returns the largest $|u| k_x + |v| k_y$, or NaN if a number is not finite. */
function squared(u: Float64Array, v: Float64Array, kx: number, ky: number): number {
  let fastest = 0;
  for (let p = 0; p < u.length; p++) {
    const x = u[p];
    const y = v[p];
    const rate = (x < 0 ? -x : x) * kx + (y < 0 ? -y : y) * ky;
    if (!(rate <= fastest)) fastest = rate;
    u[p] = x * x - y * y;
    v[p] = 2 * x * y;
  }
  return fastest;
}
