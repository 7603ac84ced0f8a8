/**
 * Two-dimensional incompressible flow in a periodic box, driven by a force that is a wave across it (Kolmogorov flow):
 *
 * $$ \partial_t \omega + u \cdot \nabla \omega = \tfrac{1}{\mathrm{Re}} \nabla^2 \omega - \mu \omega
 *    - F k_f \cos k_f y, \qquad u = (\partial_y \psi, -\partial_x \psi), \quad \nabla^2 \psi = -\omega, $$
 *
 * the curl of the equation of motion with the force $F \sin k_f y$ along $x$. The mean flow is 0.
 *
 * Space is pseudo-spectral, free of aliases by the 2/3 rule. Time advances by the classical Runge-Kutta scheme of fourth
 * order with viscosity and drag integrated exactly (integrating factor), at a step that the fastest flow limits.
 */
import {
  checkOptions,
  count,
  either,
  infinite,
  LabError,
  list,
  number,
  requireInteger,
  section,
  whole,
} from "@lola-ts/core";
import {Advection} from "./advection";
import {energyOf, enstrophyOf, type VorticityField} from "./diagnostics";
import {dealiased, modesOf, positions, zeros, type Coefficients, type Modes, GridTransform} from "./transforms";

export interface KolmogorovOptions {
  /** $\mathrm{Re}$: the inverse of the viscosity in units of the force and the box; Infinity for none. */
  readonly reynolds: number;
  /** Points along $x$ and $y$; up to a third as many waves are held. */
  readonly grid: readonly [number, number];
  /** Length of the box along $x$; along $y$ it is $2 \pi$. Default: $2 \pi$. */
  readonly length?: number;
  /** $k_f$. Default: 4. */
  readonly forcedWavenumber?: number;
  /** $F$. Default: 1. */
  readonly force?: number;
  /** Drag $\mu$. Default: 0.1. */
  readonly drag?: number;
  /** Longest step. Default: 0.1. */
  readonly step?: number;
  /** Largest angle by which the flow turns a mode in a step; the scheme is stable below 2.8. Default: 2. */
  readonly courant?: number;
}

/**
 * Default drag $\mu$, as in Kochkov et al. (PNAS 118, 2021). Energy gathers in the largest waves, which viscosity alone
 * holds only after a time of order $\mathrm{Re}$; with drag a flow of any Reynolds number is stationary after a few
 * $1 / \mu$.
 */
export const DRAG = 0.1;

/** Default wavenumber $k_f$ of the force. */
export const FORCED_WAVENUMBER = 4;

const DEFAULTS = {
  length: 2 * Math.PI,
  forcedWavenumber: FORCED_WAVENUMBER,
  force: 1,
  drag: DRAG,
  step: 0.1,
  courant: 2,
};

/** Energies per area that came and went since time 0. */
export interface EnergyAccount {
  /** Work of the force. */
  injected: number;
  /** Loss to viscosity. */
  viscous: number;
  /** Loss to drag. */
  drag: number;
}

const above0 = number({above: 0});
const optionRules = section<KolmogorovOptions>({
  reynolds: either(above0, infinite),
  grid: list(whole({min: 4}), {length: 2}),
  length: above0,
  forcedWavenumber: count,
  force: number(),
  drag: number({min: 0}),
  step: above0,
  courant: number({above: 0, below: 2.8}),
});

/** Pseudo-spectral solver for forced two-dimensional flow in a periodic box. */
export class KolmogorovSolver {
  readonly modes: Modes;
  /** $\hat\omega$ now. */
  readonly vorticity: Coefficients;
  readonly account: EnergyAccount = {injected: 0, viscous: 0, drag: 0};
  time = 0;
  steps = 0;
  private readonly options: Required<KolmogorovOptions>;
  private readonly advection: Advection;
  /** Index of the mode that the force drives. */
  private readonly forced: number;
  /** $|k|^2 / \mathrm{Re} + \mu$. */
  private readonly rates: Float64Array;
  /** Decay of each mode in half of a step, and the step. */
  private readonly decay: Float64Array;
  private decayStep = NaN;
  private readonly tendency: Coefficients;
  private readonly work: RungeKuttaStep;

  /** @throws RangeError if an option makes no sense. */
  constructor(options: KolmogorovOptions) {
    const all = {...DEFAULTS, ...options};
    checkOptions("KolmogorovSolver", optionRules, all);
    requireInteger("KolmogorovSolver", "forcedWavenumber", all.forcedWavenumber, {max: dealiased(all.grid[1])});
    this.options = all;
    const {reynolds, grid, length, forcedWavenumber, drag} = all;
    this.modes = modesOf([dealiased(grid[0]), dealiased(grid[1])], length);
    this.advection = new Advection(this.modes, grid);
    this.forced = this.modes.i.findIndex((i, m) => i === 0 && this.modes.j[m] === forcedWavenumber);
    this.rates = this.modes.square.map((square) => square / reynolds + drag);
    this.decay = new Float64Array(this.rates.length);
    this.vorticity = zeros(this.modes);
    this.tendency = zeros(this.modes);
    this.work = {
      state: this.vorticity,
      tendency: this.tendency,
      decay: this.decay,
      stage: zeros(this.modes),
      next: zeros(this.modes),
    };
  }

  /**
   * Set the vorticity to a function of $x$ and $y$, without its mean and the waves that the grid does not hold. Time and
   * account continue.
   */
  set(vorticity: (x: number, y: number) => number): void {
    const {grid, length} = this.options;
    const [nx, ny] = grid;
    const transform = new GridTransform(this.modes, grid);
    for (let j = 0, p = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++, p++) transform.grid.re[p] = vorticity((length * i) / nx, (2 * Math.PI * j) / ny);
    }
    transform.fromGrid();
    transform.plus.forEach((p, m) => {
      this.vorticity.re[m] = transform.spectrum.re[p] / (nx * ny);
      this.vorticity.im[m] = transform.spectrum.im[p] / (nx * ny);
    });
  }

  /** Set the vorticity to waves of other modes; those that the grid does not hold are left out. */
  start({modes, vorticity}: VorticityField): void {
    const {re, im} = this.vorticity;
    positions(this.modes, modes).forEach((from, m) => {
      re[m] = from < 0 ? 0 : vorticity.re[from];
      im[m] = from < 0 ? 0 : vorticity.im[from];
    });
  }

  /**
   * Advance to a time. Before each step the fastest flow is measured; the time that is left is divided into as many equal
   * steps as it allows, of which one is taken.
   *
   * @throws LabError `unresolved` if the state stops being finite.
   */
  run(until: number): void {
    const {courant, step} = this.options;
    while (this.time < until) {
      const fastest = this.evaluate(this.vorticity);
      if (!(fastest < 1e12)) {
        throw new LabError(
          "unresolved",
          `KolmogorovSolver: expected a finite state, found modes that turn at a rate of ${fastest} ` +
            `after ${this.steps} steps, at time ${this.time}.`,
        );
      }
      const left = until - this.time;
      const steps = Math.ceil(left / Math.min(step, courant / fastest) - 1e-9);
      this.advance(left / steps);
      this.time = steps === 1 ? until : this.time + left / steps;
    }
  }

  /** Evaluate the advection and the force; returns the fastest rate at which a mode turns. */
  private evaluate(vorticity: Coefficients): number {
    const fastest = this.advection.evaluate(vorticity, this.tendency);
    this.tendency.re[this.forced] -= (this.options.force * this.options.forcedWavenumber) / 2;
    return fastest;
  }

  private advance(dt: number): void {
    const {work} = this;
    this.setDecay(dt);
    this.book(dt / 2);
    firstStage(work, dt);
    this.evaluate(work.stage);
    secondStage(work, dt);
    this.evaluate(work.stage);
    thirdStage(work, dt);
    this.evaluate(work.stage);
    lastStage(work, dt);
    this.book(dt / 2);
    this.steps++;
  }

  private setDecay(dt: number): void {
    if (dt === this.decayStep) return;
    const {decay, rates} = this;
    for (let m = 0; m < rates.length; m++) decay[m] = Math.exp((-rates[m] * dt) / 2);
    this.decayStep = dt;
  }

  /** Add the present powers over a time to the account: half a step before and after make the trapezoidal rule. */
  private book(time: number): void {
    const {reynolds, drag, force, forcedWavenumber} = this.options;
    const {account, vorticity} = this;
    account.injected -= (time * force * vorticity.re[this.forced]) / forcedWavenumber;
    account.viscous += (time * 2 * enstrophyOf(this)) / reynolds;
    account.drag += time * 2 * drag * energyOf(this);
  }
}

/**
 * The stages of the classical Runge-Kutta scheme for $\partial_t \omega = N(\omega) - \lambda \omega$ with an integrating
 * factor: with $e = e^{-\lambda h / 2}$ for each mode,
 *
 * $$ k_1 = N(\omega), \quad k_2 = N(e (\omega + \tfrac{h}{2} k_1)), \quad k_3 = N(e \omega + \tfrac{h}{2} k_2), \quad
 *    k_4 = N(e^2 \omega + h e k_3), $$
 *
 * $$ \omega \leftarrow e^2 \omega + \tfrac{h}{6} (e^2 k_1 + 2 e (k_2 + k_3) + k_4). $$
 */
export interface RungeKuttaStep {
  /** $\omega$ at the beginning, and after the last stage at the end. */
  readonly state: Coefficients;
  /** $N$ of the state or of the last stage. */
  readonly tendency: Coefficients;
  /** $e$ of each mode. */
  readonly decay: Float64Array;
  /** Where $N$ is evaluated next. */
  readonly stage: Coefficients;
  /** The sum of the next state. */
  readonly next: Coefficients;
}

/** Take $k_1$ and prepare the evaluation of $k_2$. */
export function firstStage({state, tendency, decay, stage, next}: RungeKuttaStep, h: number): void {
  for (const part of ["re", "im"] as const) {
    const w = state[part];
    const k = tendency[part];
    const s = stage[part];
    const sum = next[part];
    for (let m = 0; m < w.length; m++) {
      const e = decay[m];
      s[m] = e * (w[m] + (h / 2) * k[m]);
      sum[m] = e * e * (w[m] + (h / 6) * k[m]);
    }
  }
}

/** Take $k_2$ and prepare the evaluation of $k_3$. */
export function secondStage({state, tendency, decay, stage, next}: RungeKuttaStep, h: number): void {
  for (const part of ["re", "im"] as const) {
    const w = state[part];
    const k = tendency[part];
    const s = stage[part];
    const sum = next[part];
    for (let m = 0; m < w.length; m++) {
      const e = decay[m];
      s[m] = e * w[m] + (h / 2) * k[m];
      sum[m] += (h / 3) * e * k[m];
    }
  }
}

/** Take $k_3$ and prepare the evaluation of $k_4$. */
export function thirdStage({state, tendency, decay, stage, next}: RungeKuttaStep, h: number): void {
  for (const part of ["re", "im"] as const) {
    const w = state[part];
    const k = tendency[part];
    const s = stage[part];
    const sum = next[part];
    for (let m = 0; m < w.length; m++) {
      const e = decay[m];
      s[m] = e * (e * w[m] + h * k[m]);
      sum[m] += (h / 3) * e * k[m];
    }
  }
}

/** Take $k_4$; the state is then that at the end of the step. */
export function lastStage({state, tendency, next}: RungeKuttaStep, h: number): void {
  for (const part of ["re", "im"] as const) {
    const w = state[part];
    const k = tendency[part];
    const sum = next[part];
    for (let m = 0; m < w.length; m++) w[m] = sum[m] + (h / 6) * k[m];
  }
}
