/**
 * Rayleigh-Bénard convection in two dimensions: a layer of fluid between a hot plate below and a cold one above, periodic
 * along $x$. In units of its height, of the plates' difference of buoyancy and of the time of free fall,
 *
 * $$ \partial_t b + u \cdot \nabla b = \kappa \nabla^2 b, \qquad
 *    \partial_t u + u \cdot \nabla u = -\nabla p + \nu \nabla^2 u + b \, e_z, \qquad \nabla \cdot u = 0, $$
 *
 * with $\kappa = (\mathrm{Ra} \, \mathrm{Pr})^{-1/2}$, $\nu = (\mathrm{Ra} / \mathrm{Pr})^{-1/2}$, $b = 1$, $u = 0$ at
 * $z = 0$ and $b = 0$, $u = 0$ at $z = 1$.
 *
 * The unknowns are the deviation $\theta = b - (1 - z)$ from conduction and the vorticity
 * $\omega = \partial_x w - \partial_z u = -\nabla^2 \psi$, $u = \partial_z \psi$, $w = -\partial_x \psi$: the
 * velocity cannot diverge. They are Fourier series along $x$ and Chebyshev polynomials along $z$,
 *
 * $$ \partial_t \theta - \kappa \nabla^2 \theta = w - \partial_x (u \theta) - \partial_z (w \theta), \qquad
 *    \partial_t \omega - \nu \nabla^2 \omega = \partial_x \theta - \partial_x (u \omega) - \partial_z (w \omega), $$
 *
 * and the mean flow follows $\partial_t U - \nu \partial_z^2 U = \langle w \omega \rangle_x$. Products are taken on the
 * grid and keep wavenumbers below a third of its points (no aliasing along $x$) and polynomials up to seven eighths of the
 * degree (little along $z$). In time, diffusion is implicit and the
 * right-hand sides are extrapolated, to second order (SBDF2),
 *
 * $$ \frac{3 q^{n+1} - 4 q^n + q^{n-1}}{2 \Delta t} - \mathcal{D} q^{n+1} = 2 N^n - N^{n-1}. $$
 *
 * @see Ascher, Ruuth & Wetton, "Implicit-explicit methods for time-dependent PDEs", SIAM J. Numer. Anal. 32, 1995
 */
import {checkOptions, count, LabError, list, number, optional, section, where} from "@lola-ts/core";
import {applyHalves, differentiate, truncate, type Modes, type Parity} from "./parity";
import {budgetOf, nusseltOf, tailOf, type Budget, type Nusselt, type Tail} from "./diagnostics";
import {frameOf, type RayleighBenardFrame} from "./frame";
import type {CombineLoop} from "./loops";
import {ModeTransform} from "./transforms";
import {geometryOf, stepOperators, type Geometry} from "./operators";

export interface RayleighBenardOptions {
  /** $\mathrm{Ra}$, positive. */
  readonly rayleigh: number;
  /** $\mathrm{Pr}$, positive. */
  readonly prandtl: number;
  /** Points along $x$ and (even) degree of the polynomials along $z$. */
  readonly grid: readonly [number, number];
  /** Length of the period along $x$, in heights. Default: 4. */
  readonly length?: number;
  /** Maximum step. Default: the step of a flow half as fast as free fall. */
  readonly step?: number;
  /** Maximum of $\Delta t \, (|u| / \Delta x + |w| / \Delta z)$. Default: 0.3. */
  readonly courant?: number;
}

const above0 = number({above: 0});
const optionRules = section<RayleighBenardOptions>({
  rayleigh: above0,
  prandtl: above0,
  grid: where(list(count, {length: 2}), "2 numbers of points, the first 4 or more", ([x]: number[]) => x >= 4),
  length: optional(above0),
  step: optional(above0),
  courant: optional(above0),
});

/** Compute the spacing at each node, the mean of both sides. */
function spacings(nodes: Float64Array): Float64Array {
  const last = nodes.length - 1;
  return nodes.map(
    (_, j) => (nodes[Math.min(j + 1, last)] - nodes[Math.max(j - 1, 0)]) / (j === 0 || j === last ? 1 : 2),
  );
}

/** Compute the maximum step of a flow of unit speed. */
export function freeFallStep({grid, length = 4, courant = 0.3}: RayleighBenardOptions): number {
  return courant * Math.min(length / grid[0], Math.PI / (2 * grid[1]));
}

/** Part of the maximum Courant number that a step is chosen for. */
const MARGIN = 0.9;

function firstMode({re, im}: Modes, {sizes}: Parity): Modes {
  const size = sizes.even + sizes.odd;
  return {re: re.subarray(0, size), im: im.subarray(0, size)};
}

/** Pseudo-spectral solver for a convecting layer. */
export class RayleighBenardSolver {
  /** Time of the present state. */
  time = 0;
  steps = 0;
  largestCourant = 0;
  shortestStep = Infinity;
  /** Whether the flow began at rest. */
  resting = true;

  readonly options: Required<RayleighBenardOptions>;
  readonly kappa: number;
  readonly nu: number;
  readonly geometry: Geometry;
  readonly transform: ModeTransform;
  readonly theta: Modes;
  readonly omega: Modes;
  /** $u$, whose first mode is the mean flow. */
  readonly u: Modes;
  readonly w: Modes;

  private readonly key: string;
  private readonly psi: Modes;
  private readonly meanFlow: Modes; // the part of u with k = 0
  private readonly fluxes: readonly [Modes, Modes, Modes, Modes];
  private readonly gradients: readonly [Modes, Modes];
  private readonly rhs: readonly [Modes, Modes];
  private readonly past: readonly [Modes, Modes];
  private readonly planes: readonly Float64Array[];
  private readonly inverseSpacing: Float64Array;
  private readonly rates: Float64Array; // the largest Courant number per unit of time at each height
  private step: number;
  private fastest = 0; // largest Courant number per unit of time in the last call of `run`
  private fresh = true; // without a past, the next step is of first order

  /** @throws RangeError unless all options make sense. */
  constructor(options: RayleighBenardOptions) {
    checkOptions("RayleighBenardSolver", optionRules, options);
    const {rayleigh, prandtl, grid, length = 4, courant = 0.3} = options;
    const {step = 2 * freeFallStep(options)} = options;
    this.options = {rayleigh, prandtl, grid, length, step, courant};
    this.step = step;
    this.kappa = 1 / Math.sqrt(rayleigh * prandtl);
    this.nu = Math.sqrt(prandtl / rayleigh);
    this.key = `${grid[0]} ${grid[1]} ${length}`;
    this.geometry = geometryOf(grid[0], grid[1], length);
    const {basis, wavenumbers} = this.geometry;
    this.transform = new ModeTransform(this.geometry, grid[0]);
    this.inverseSpacing = spacings(basis.nodes).map((spacing) => 1 / spacing);
    this.rates = new Float64Array(basis.size);

    const numbers = (): Float64Array => new Float64Array(wavenumbers.length * basis.size);
    const modes = (): Modes => ({re: numbers(), im: numbers()});
    this.theta = modes();
    this.omega = modes();
    this.u = modes();
    this.w = modes();
    this.psi = modes();
    this.meanFlow = firstMode(this.u, this.geometry.parity);
    this.fluxes = [modes(), modes(), modes(), modes()];
    this.gradients = [modes(), modes()];
    this.rhs = [modes(), modes()];
    this.past = [modes(), modes()];
    this.planes = [0, 1, 2, 3].map(() => new Float64Array(grid[0] * basis.size));
  }

  /**
   * Set a layer at rest from its buoyancy at the grid's points, and begin at time 0. The walls take their buoyancies in the
   * first step.
   *
   * @throws RangeError if a value is not finite.
   */
  set(buoyancy: (x: number, z: number) => number): void {
    const {grid, length} = this.options;
    const {nodes, size} = this.geometry.basis;
    const [plane, zero] = this.planes;
    for (let i = 0; i < grid[0]; i++) {
      for (let j = 0; j < size; j++) {
        const value = buoyancy((i * length) / grid[0], nodes[j]);
        if (!Number.isFinite(value)) {
          throw new RangeError(
            `RayleighBenardSolver.set: expected finite values, found ${value} at point (${i}, ${j}).`,
          );
        }
        plane[i * size + j] = value - (1 - nodes[j]);
      }
    }
    zero.fill(0);
    for (const {re, im} of [this.omega, this.psi, this.u, this.w]) {
      re.fill(0);
      im.fill(0);
    }
    this.transform.fromGrid(plane, zero, this.theta, this.fluxes[0]);
    this.begin(true);
  }

  /**
   * Set buoyancy and velocity from their values at the grid's points, `[x, z]`, and begin at time 0. The flow is the one without
   * divergence, and without flux through the walls, that has the given velocity's vorticity and mean.
   */
  setFlow(buoyancy: Float64Array, u: Float64Array, w: Float64Array): void {
    const {theta, omega, psi, geometry, transform, gradients, planes} = this;
    const {basis, parity, wavenumbers, poisson} = geometry;
    const {nodes, size} = basis;
    const plane = buoyancy.map((value, p) => value - (1 - nodes[p % size]));
    transform.fromGrid(plane, planes[1].fill(0), theta, this.fluxes[0]);
    transform.fromGrid(u, w, this.u, this.w);
    differentiate(parity, this.u, gradients[0]);
    omega.re.forEach((_, p) => {
      const k = wavenumbers[Math.floor(p / size)];
      omega.re[p] = -k * this.w.im[p] - gradients[0].re[p];
      omega.im[p] = k * this.w.re[p] - gradients[0].im[p];
    });
    applyHalves(poisson, parity, omega, psi);
    omega.re.set(this.meanFlow.re); // in the place of its mean, as after a step
    omega.im.fill(0, 0, size);
    for (const part of [psi.re, psi.im]) part.fill(0, 0, size);
    this.deriveVelocity();
    this.begin(false);
  }

  /** Begin at time 0, without a past. */
  private begin(resting: boolean): void {
    this.time = this.steps = this.largestCourant = this.fastest = 0;
    this.shortestStep = Infinity;
    this.step = this.options.step;
    this.fresh = true;
    this.resting = resting;
  }

  /** Length of the present step. */
  get timeStep(): number {
    return this.step;
  }

  /**
   * Advance to a time, by equal steps that suit the flow of the last call; one that becomes too fast for them halves them.
   *
   * @throws LabError `unresolved` if the state stops being finite or would need too short a step.
   */
  run(until: number): void {
    if (!(until > this.time)) return;
    const {courant: limit} = this.options;
    let left = this.stepsUntil(until);
    const step = (until - this.time) / left;
    if (Math.abs(step / this.step - 1) > 1e-9) this.changeStep(step);
    this.fastest = 0;
    for (; left > 0; left--) {
      const rate = this.evaluate();
      let courant = rate * this.step;
      for (; !(courant <= limit); courant /= 2, left *= 2) {
        if (!(courant < 1e3)) this.fail(courant);
        this.changeStep(this.step / 2);
      }
      this.fastest = Math.max(this.fastest, rate);
      this.largestCourant = Math.max(this.largestCourant, courant);
      this.shortestStep = Math.min(this.shortestStep, this.step);
      this.advance();
      this.steps++;
      this.time = until - (left - 1) * this.step;
    }
  }

  /**
   * Count the steps to a time: the maximum step divided by a power of $\sqrt{2}$, so that a run needs few sets of matrices,
   * and the flow may become a little faster than in the last call.
   */
  private stepsUntil(until: number): number {
    const {courant, step: max} = this.options;
    const fewest = Math.ceil((until - this.time) / max - 1e-6);
    const shorter = Math.max(0, Math.ceil(2 * Math.log2((this.fastest * max) / (MARGIN * courant))));
    return Math.ceil((shorter % 2 === 0 ? 1 : Math.SQRT2) * fewest) * 2 ** Math.floor(shorter / 2);
  }

  private fail(courant: number): never {
    const {rayleigh, prandtl, grid} = this.options;
    throw new LabError(
      "unresolved",
      `RayleighBenardSolver: expected a finite and resolved flow, found a Courant number of ${courant} at time ` +
        `${this.time} after ${this.steps} steps; Ra ${rayleigh}, Pr ${prandtl} may need a finer grid than ${grid.join(" x ")}.`,
    );
  }

  private changeStep(step: number): void {
    this.step = step;
    this.fresh = true;
  }

  /**
   * Compute the products $u \theta$, $w \theta$, $u \omega$, $w \omega$ of the present state.
   *
   * @returns The largest $|u| / \Delta x + |w| / \Delta z$.
   */
  private evaluate(): number {
    const {grid, length} = this.options;
    const [u, w, theta, omega] = this.planes;
    this.transform.toGrid(this.u, this.w, u, w);
    this.transform.toGrid(this.theta, this.omega, theta, omega);
    this.geometry.parity.loops.multiply(u, w, theta, omega, grid[0] / length, this.inverseSpacing, this.rates);
    const [uTheta, wTheta, uOmega, wOmega] = this.fluxes;
    this.transform.fromGrid(u, w, uTheta, wTheta);
    this.transform.fromGrid(theta, omega, uOmega, wOmega);
    return Math.max(...this.rates); // keeps NaN, which `run` then reports
  }

  /**
   * Compute the present forces without diffusion, up to the gradient of $\frac{1}{2} |u|^2 + \frac{1}{2} (1 - (1 - z)^2)$:
   * $w \omega$ along $x$ and $\theta - u \omega$ upwards. Valid until the next call or step.
   */
  forces(): {readonly along: Modes; readonly upward: Modes} {
    this.evaluate();
    const [, , upward, along] = this.fluxes;
    const {theta} = this;
    for (let p = 0; p < theta.re.length; p++) {
      upward.re[p] = theta.re[p] - upward.re[p];
      upward.im[p] = theta.im[p] - upward.im[p];
    }
    return {along, upward};
  }

  /** Evaluate the stored fields on an output grid of `[x, y]` points. */
  frame(grid: readonly [number, number]): RayleighBenardFrame {
    return frameOf(this, grid);
  }

  /** Estimate the Nusselt number in five ways. */
  nusselt(): Nusselt {
    return nusseltOf(this);
  }

  /** Evaluate the terms of the energy budgets. */
  budget(): Budget {
    return budgetOf(this);
  }

  /** Measure how much of the present state is in the last modes that the grid holds. */
  tail(): Tail {
    return tailOf(this);
  }

  /** Take a step from the products that `evaluate` computed. */
  private advance(): void {
    const {geometry, key, kappa, nu, step, fresh} = this;
    const {parity} = geometry;
    const rate = (fresh ? 1 : 1.5) / step;
    const {temperature, vorticity, streamfunction} = stepOperators(geometry, key, {rate, kappa, nu});
    const [uTheta, wTheta, uOmega, wOmega] = this.fluxes;
    truncate(parity, uTheta);
    truncate(parity, uOmega);
    truncate(parity, firstMode(wOmega, parity)); // drives the mean flow; of the others the derivative counts
    differentiate(parity, wTheta, this.gradients[0], parity.truncatedDerivative);
    differentiate(parity, wOmega, this.gradients[1], parity.truncatedDerivative);
    this.combine();
    applyHalves(temperature, parity, this.rhs[0], this.theta);
    applyHalves(vorticity, parity, this.rhs[1], this.omega);
    applyHalves(streamfunction, parity, this.rhs[1], this.psi);
    this.deriveVelocity();
    this.fresh = false;
  }

  /** Combine present and past into the right-hand sides of the next state's equations, and store the new past. */
  private combine(): void {
    const {geometry, theta, omega, w, step, fresh} = this;
    const {wavenumbers, parity} = geometry;
    const [uTheta, , uOmega] = this.fluxes;
    const weights = Float64Array.of((fresh ? 1 : 2) / step, fresh ? 1 : 2, fresh ? 0 : 1, -0.5 / step);
    const combine = (loop: CombineLoop, part: 0 | 1, q: Modes, source: Modes, flux: Modes): void => {
      const all = [q, source, flux, this.gradients[part], this.rhs[part], this.past[part]];
      loop(wavenumbers, weights, ...all.flatMap(({re, im}) => [re, im]));
    };
    combine(parity.loops.combineHeat, 0, theta, w, uTheta);
    combine(parity.loops.combineSpin, 1, omega, theta, uOmega);
    this.combineMeanFlow(weights);
  }

  /** The same for the mean flow, which takes the place of the vorticity for $k = 0$. */
  private combineMeanFlow(weights: Float64Array): void {
    const {meanFlow, fluxes, rhs, past} = this;
    const [r, p, force] = [rhs[1], past[1], fluxes[3].re]; // the force is real
    const combineOne = (part: "re" | "im", j: number, n: number) => {
      const q = meanFlow[part][j];
      r[part][j] = weights[0] * q + weights[1] * n + weights[2] * p[part][j];
      p[part][j] = weights[3] * q - n;
    };
    for (let j = 0; j < meanFlow.re.length; j++) {
      combineOne("re", j, force[j]);
      combineOne("im", j, 0);
    }
  }

  /** Derive the velocity from $\psi$, and the mean vorticity from the mean flow, which was solved for in its place. */
  private deriveVelocity(): void {
    const {geometry, psi, u, w, omega} = this;
    const {wavenumbers, basis, parity} = geometry;
    const {size} = basis;
    differentiate(parity, psi, u);
    for (let m = 0, p = 0; m < wavenumbers.length; m++) {
      const k = wavenumbers[m];
      for (const end = p + size; p < end; p++) {
        w.re[p] = k * psi.im[p];
        w.im[p] = -k * psi.re[p];
      }
    }
    for (let j = 0; j < size; j++) u.re[j] = omega.re[j];
    differentiate(parity, this.meanFlow, firstMode(this.gradients[0], parity));
    for (let j = 0; j < size; j++) omega.re[j] = -this.gradients[0].re[j];
  }
}
