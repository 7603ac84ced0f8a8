/**
 * The stored fields of Rayleigh-Bénard convection on The Well's grid: points along $x$ from 0 with the end left out, and
 * Chebyshev-Gauss nodes along the height, which do not include the walls,
 *
 * $$ y_j = \tfrac{1}{2} \big(1 - \cos \tfrac{\pi (2 j + 1)}{2 N_y}\big), \qquad j = 0 \dots N_y - 1. $$
 *
 * Fields are evaluated from their expansions; wavenumbers that an output grid cannot hold are left out.
 */
import {fft, LabError} from "@lola-ts/core";
import {applyHalves, differentiate, type Modes} from "./parity";
import type {ConvectionFlow} from "./flow";

/** Fields on an output grid, row-major with $x$ slowest, in single precision. */
export interface RayleighBenardFrame {
  readonly buoyancy: Float32Array;
  /** Without its mean over the layer; 0 in the initial state, as in The Well. */
  readonly pressure: Float32Array;
  /** Two components a point, $u$ and $w$. */
  readonly velocity: Float32Array;
}

/** Compute the coordinates of an output grid. */
export function rayleighBenardAxes(
  [nx, ny]: readonly [number, number],
  length = 4,
): {x: Float64Array; y: Float64Array} {
  return {
    x: Float64Array.from({length: nx}, (_, i) => (i * length) / nx),
    y: Float64Array.from({length: ny}, (_, j) => Math.sin((Math.PI * (2 * j + 1)) / (4 * ny)) ** 2),
  };
}

/**
 * Solve for the pressure of the present state from the divergence of the momentum equation,
 *
 * $$ \nabla^2 (p + \tfrac{1}{2} |u|^2) = \partial_x (w \omega) - \partial_z (u \omega) + \partial_z b, \qquad
 *    \partial_z p = \nu \partial_z^2 w + b \text{ at the walls}, $$
 *
 * as modes of $p$ with a mean of 0 over the layer.
 */
export function pressureModes(flow: ConvectionFlow): Modes {
  const {u, w, theta, options, geometry, transform} = flow;
  const {size} = geometry.basis;
  const planes = [0, 1, 2, 3].map(() => new Float64Array(options.grid[0] * size));
  const modes = (): Modes => ({re: new Float64Array(theta.re.length), im: new Float64Array(theta.re.length)});
  transform.toGrid(u, w, planes[0], planes[1]);
  transform.toGrid(bernoulli(flow), theta, planes[2], planes[3]);
  planes[2].forEach((head, i) => (planes[2][i] = head - 0.5 * (planes[0][i] ** 2 + planes[1][i] ** 2)));
  const pressure = modes();
  transform.fromGrid(planes[2], planes[3], pressure, modes());
  // The mean over the layer: only even parts of the first mode count.
  const {weights} = geometry.basis;
  const {half} = geometry.parity;
  let mean = 0;
  for (let j = 0; j <= half; j++) mean += (j === half ? 1 : 2) * weights[j] * pressure.re[j];
  for (let j = 0; j <= half; j++) pressure.re[j] -= mean;
  return pressure;
}

/** Solve for the modes of $p + \frac{1}{2} |u|^2$, up to a constant. */
function bernoulli(flow: ConvectionFlow): Modes {
  const {geometry, nu, omega} = flow;
  const {basis, parity, wavenumbers, neumann} = geometry;
  const {size, nodes} = basis;
  const odd = parity.sizes.even;
  // These forces leave out the conduction profile's buoyancy 1 - z, which only the mean over x (m = 0) contains.
  const {along, upward} = flow.forces();
  const divergence = {re: new Float64Array(upward.re.length), im: new Float64Array(upward.re.length)};
  differentiate(parity, upward, divergence);
  for (let m = 1; m < wavenumbers.length; m++) {
    const k = wavenumbers[m];
    const start = m * size;
    const end = start + size;
    for (let p = start; p < end; p++) {
      divergence.re[p] -= k * along.im[p];
      divergence.im[p] += k * along.re[p];
    }
    // nu w'' = i k nu omega at the walls: the derivative exchanges the parts
    for (const [row, from] of [
      [start, start + odd],
      [start + odd, start],
    ]) {
      divergence.re[row] = -k * nu * omega.im[from];
      divergence.im[row] = k * nu * omega.re[from];
    }
  }
  const head = {re: new Float64Array(upward.re.length), im: new Float64Array(upward.re.length)};
  applyHalves(neumann, parity, divergence, head);

  const force = new Float64Array(size);
  parity.unfold(upward.re, 0, force, 0);
  const primitive = basis.integration();
  const values = Float64Array.from({length: size}, (_, i) =>
    force.reduce((sum, f, j) => sum + primitive[i * size + j] * (f + 1 - nodes[j]), 0),
  );
  parity.fold(values, 0, head.re, 0);
  return head;
}

/** Evaluate two real functions at the points of an output grid. */
function sample(
  flow: ConvectionFlow,
  [a, b]: readonly [Modes, Modes],
  [nx, ny]: readonly [number, number],
): [Float64Array, Float64Array] {
  const {basis, parity, wavenumbers} = flow.geometry;
  const {size} = basis;
  const at = basis.evaluation(rayleighBenardAxes([nx, ny]).y);
  const column = new Float64Array(size);
  const values = [a.re, a.im, b.re, b.im].map(() => new Float64Array(ny));
  const re = new Float64Array(nx * ny);
  const im = new Float64Array(nx * ny);
  for (let m = 0; m < wavenumbers.length && 2 * m < nx; m++) {
    [a.re, a.im, b.re, b.im].forEach((parts, c) => {
      parity.unfold(parts, m * size, column, 0);
      for (let j = 0; j < ny; j++) {
        let sum = 0;
        for (let i = 0; i < size; i++) sum += at[j * size + i] * column[i];
        values[c][j] = sum;
      }
    });
    for (let j = 0; j < ny; j++) {
      const [aRe, aIm, bRe, bIm] = values.map((value) => value[j]);
      const plus = m * ny + j;
      const minus = ((nx - m) % nx) * ny + j;
      re[minus] = aRe + bIm;
      im[minus] = bRe - aIm;
      re[plus] = aRe - bIm;
      im[plus] = bRe + aIm;
    }
  }
  fft(nx)(im, re, ny); // exchanged parts make the inverse transform
  return [re, im];
}

/** Evaluate the stored fields of the present state on an output grid. */
export function frameOf(flow: ConvectionFlow, grid: readonly [number, number]): RayleighBenardFrame {
  const {y} = rayleighBenardAxes(grid);
  const ny = grid[1];
  const still = {re: new Float64Array(flow.theta.re.length), im: new Float64Array(flow.theta.re.length)};
  const initial = flow.steps === 0 && flow.resting;
  const [theta, pressure] = sample(flow, [flow.theta, initial ? still : pressureModes(flow)], grid);
  if (initial) pressure.fill(0); // not even the rounding of what it was transformed with
  const [u, w] = sample(flow, [flow.u, flow.w], grid);
  const velocity = new Float32Array(2 * u.length);
  for (let i = 0; i < u.length; i++) {
    theta[i] += 1 - y[i % ny];
    velocity[2 * i] = u[i];
    velocity[2 * i + 1] = w[i];
    if (!Number.isFinite(theta[i] + pressure[i] + u[i] + w[i])) {
      throw new LabError(
        "unresolved",
        `RayleighBenardSolver: expected finite fields, found others at time ${flow.time}.`,
      );
    }
  }
  return {buoyancy: Float32Array.from(theta), pressure: Float32Array.from(pressure), velocity};
}
