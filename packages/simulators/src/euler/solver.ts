/**
 * The two-dimensional Euler equations of an ideal gas, by finite volumes.
 *
 * With $U = (\rho, \rho u, \rho v, E)$ and $p = (\gamma - 1)(E - \frac{1}{2} \rho (u^2 + v^2))$,
 *
 * $$ \partial_t U + \partial_x F(U) + \partial_y G(U) = 0, \qquad
 *    F = (\rho u, \rho u^2 + p, \rho u v, u (E + p)), \quad G = (\rho v, \rho u v, \rho v^2 + p, v (E + p)). $$
 *
 * The unknowns are averages over cells. A step extrapolates them to the faces half a step ahead with limited slopes
 * (MUSCL-Hancock), takes the flux between the two values at each face from an approximate Riemann solver (HLLC), and
 * adds the differences of both directions at once (unsplit). What leaves one cell enters the next, so mass, momentum and
 * energy are conserved to round-off, shocks included.
 *
 * @see Toro, "Riemann Solvers and Numerical Methods for Fluid Dynamics", 3rd ed., chapters 10, 14 and 16
 */
import {checkOptions, count, LabError, list, loops, number, optional, section} from "@lola-ts/core";
import {boundariesOf, GHOSTS, ghostSource, type Boundary, advanceTo} from "../gas";

/** Numbers of a cell: primitive $(\rho, u, v, p)$ or conserved $(\rho, \rho u, \rho v, E)$. */
export const STATE = 4;

/** The loop of packages/simulators/native/euler-sweep.cc. */
export interface EulerLoops {
  /**
   * Take a step, and return the largest signal speed.
   *
   * @param u Conserved states: rows along $y$ of {@link STATE} numbers a cell, with {@link GHOSTS} ghosts on every side.
   * @param w Primitive states, laid out alike; their ghosts are filled before a sweep.
   * @param counts Numbers of cells that were lifted to the floors and that stayed constant, to which a sweep adds.
   * @param ax $\Delta t / \Delta x$.
   * @param ay $\Delta t / \Delta y$.
   */
  readonly eulerSweep: (
    u: Float64Array,
    w: Float64Array,
    counts: Int32Array,
    nx: number,
    ny: number,
    ax: number,
    ay: number,
    gamma: number,
  ) => number;
}

export interface EulerOptions {
  /** Cells along $x$ and $y$. */
  readonly cells: readonly [number, number];
  /** Lengths of the domain. Default: 1 x 1. */
  readonly size?: readonly [number, number];
  /** Ratio of heat capacities $\gamma > 1$. */
  readonly gamma: number;
  /** One for both axes, or one each. */
  readonly boundary: Boundary | readonly [Boundary, Boundary];
  /** Courant number $(\max(|u|, |v|) + c) \, \Delta t / \Delta x$; the scheme is stable to about 0.5. Default: 0.4. */
  readonly courant?: number;
}

/** Primitive state at a point: density, velocities and pressure. */
export type Primitive = readonly [density: number, u: number, v: number, pressure: number];

/** Domain integrals of the conserved quantities. */
export interface Totals {
  readonly mass: number;
  readonly momentum: readonly [number, number];
  readonly energy: number;
}

/** Fields on the output grid, row-major with $x$ slowest, in single precision. */
export interface EulerFrame {
  readonly energy: Float32Array;
  readonly density: Float32Array;
  readonly pressure: Float32Array;
  /** Two components a cell. */
  readonly momentum: Float32Array;
}

const optionRules = section<EulerOptions>({
  cells: list(count, {length: 2}),
  size: optional(list(number({above: 0}), {length: 2})),
  gamma: number({above: 1}),
  boundary: boundariesOf(2),
  courant: optional(number({above: 0, max: 0.5})),
});

/** Finite-volume solver for an ideal gas on a Cartesian grid in two dimensions. */
export class EulerSolver {
  time = 0;
  steps = 0;

  private readonly nx: number;
  private readonly ny: number;
  private readonly stride: number;
  private readonly gamma: number;
  private readonly courant: number;
  private readonly spacing: readonly [number, number];
  private readonly boundaries: readonly [Boundary, Boundary];
  private readonly u: Float64Array;
  private readonly w: Float64Array;
  private readonly counts = new Int32Array(2);
  private readonly sweep = loops<EulerLoops>().eulerSweep;
  private fastest = 0;

  /**
   * @throws RangeError unless cells, size, gamma and Courant number make sense.
   * @throws Error if LOLA_FUSED asks for what is not there.
   */
  constructor(options: EulerOptions) {
    checkOptions("EulerSolver", optionRules, options);
    const {cells, size = [1, 1], gamma, boundary, courant = 0.4} = options;
    [this.nx, this.ny] = cells;
    this.gamma = gamma;
    this.courant = courant;
    this.spacing = [size[0] / this.nx, size[1] / this.ny];
    this.boundaries = typeof boundary === "string" ? [boundary, boundary] : boundary;

    this.stride = (this.ny + 2 * GHOSTS) * STATE;
    this.u = new Float64Array((this.nx + 2 * GHOSTS) * this.stride);
    this.w = new Float64Array((this.nx + 2 * GHOSTS) * this.stride);
  }

  /** Number of times a cell was lifted to the minimum density or pressure: 0 in a sound run. */
  get floors(): number {
    return this.counts[0];
  }

  /** Number of times a cell was reconstructed as constant, to avoid a negative density or pressure. */
  get fallbacks(): number {
    return this.counts[1];
  }

  private at(i: number, j: number): number {
    return (i + GHOSTS) * this.stride + (j + GHOSTS) * STATE;
  }

  /**
   * Set the state from its values at the cells' centres and begin at time 0.
   *
   * @throws RangeError if a density or pressure is not positive or a velocity not finite.
   */
  set(state: (x: number, y: number) => Primitive): void {
    this.time = this.steps = this.fastest = 0;
    this.counts.fill(0);
    for (let i = 0; i < this.nx; i++) {
      for (let j = 0; j < this.ny; j++) {
        const [r, u, v, p] = state((i + 0.5) * this.spacing[0], (j + 0.5) * this.spacing[1]);
        if (!(r > 0 && p > 0 && Number.isFinite(r + u + v + p))) {
          throw new RangeError(
            `EulerSolver.set: expected positive density and pressure and finite velocities in cell (${i}, ${j}), ` +
              `found density ${r}, velocity (${u}, ${v}) and pressure ${p}.`,
          );
        }
        const k = this.at(i, j);
        this.w.set([r, u, v, p], k);
        this.u.set([r, r * u, r * v, p / (this.gamma - 1) + 0.5 * r * (u * u + v * v)], k);
        this.fastest = Math.max(this.fastest, Math.max(Math.abs(u), Math.abs(v)) + Math.sqrt((this.gamma * p) / r));
      }
    }
  }

  /**
   * Advance to a time; the last step is shortened to reach it exactly.
   *
   * @throws LabError `unresolved` if the state stops being finite.
   */
  run(until: number): void {
    advanceTo(this, until);
  }

  /**
   * Compute the length of the next step, $C \, \Delta x / (\max(|u|, |v|) + c)$.
   *
   * @throws LabError `unresolved` if the state is not finite.
   */
  timeStep(): number {
    if (!(this.fastest > 0 && this.fastest < Infinity)) {
      throw new LabError(
        "unresolved",
        `EulerSolver: expected a finite state, found a largest signal speed of ${this.fastest} ` +
          `after ${this.steps} steps, at time ${this.time}.`,
      );
    }
    return (this.courant * Math.min(...this.spacing)) / this.fastest;
  }

  step(dt: number): void {
    this.fillGhosts();
    const {u, w, counts, nx, ny, spacing, gamma} = this;
    this.fastest = this.sweep(u, w, counts, nx, ny, dt / spacing[0], dt / spacing[1], gamma);
    this.steps++;
    this.time += dt;
  }

  /** Fill the ghosts along $x$, then along $y$ with the corners. */
  private fillGhosts(): void {
    const {w, nx, ny, stride} = this;
    for (const i of [-2, -1, nx, nx + 1]) {
      const from = this.at(ghostSource(i, nx, this.boundaries[0]), 0);
      w.copyWithin(this.at(i, 0), from, from + ny * STATE);
    }
    for (const j of [-2, -1, ny, ny + 1]) {
      let to = this.at(-GHOSTS, j);
      let from = this.at(-GHOSTS, ghostSource(j, ny, this.boundaries[1]));
      for (let i = 0; i < nx + 2 * GHOSTS; i++, to += stride, from += stride) {
        for (let k = 0; k < STATE; k++) w[to + k] = w[from + k];
      }
    }
  }

  cell(i: number, j: number): Primitive {
    const k = this.at(i, j);
    return [this.w[k], this.w[k + 1], this.w[k + 2], this.w[k + 3]];
  }

  /** Integrate the conserved quantities over the domain. */
  totals(): Totals {
    const sums = [0, 0, 0, 0];
    for (let i = 0; i < this.nx; i++) {
      const row = [0, 0, 0, 0]; // sums of sums round less
      for (let j = 0; j < this.ny; j++) {
        for (let k = 0; k < STATE; k++) row[k] += this.u[this.at(i, j) + k];
      }
      for (let k = 0; k < STATE; k++) sums[k] += row[k];
    }
    const [mass, mx, my, energy] = sums.map((sum) => sum * this.spacing[0] * this.spacing[1]);
    return {mass, momentum: [mx, my], energy};
  }

  /**
   * Average blocks of `factor` x `factor` cells: conserved quantities first, the pressure from their averages.
   *
   * @throws RangeError unless `factor` divides both numbers of cells.
   * @throws LabError `unresolved` if a value is not finite or a pressure not positive.
   */
  frame(factor = 1): EulerFrame {
    const {nx, ny, u} = this;
    if (!(Number.isInteger(factor) && factor >= 1 && nx % factor === 0 && ny % factor === 0)) {
      throw new RangeError(`EulerSolver.frame: expected a factor that divides ${nx} x ${ny} cells, found ${factor}.`);
    }
    const size = (nx / factor) * (ny / factor);
    const energy = new Float32Array(size);
    const density = new Float32Array(size);
    const pressure = new Float32Array(size);
    const momentum = new Float32Array(2 * size);
    for (let c = 0; c < size; c++) {
      const i = Math.floor((c * factor) / ny) * factor;
      const j = (c * factor) % ny;
      let r = 0;
      let mx = 0;
      let my = 0;
      let e = 0;
      for (let b = 0; b < factor * factor; b++) {
        const k = this.at(i + Math.floor(b / factor), j + (b % factor));
        r += u[k];
        mx += u[k + 1];
        my += u[k + 2];
        e += u[k + 3];
      }
      const scale = 1 / (factor * factor);
      const p = (this.gamma - 1) * (e - (0.5 * (mx * mx + my * my)) / r) * scale;
      if (!(p > 0 && r > 0 && Number.isFinite(p + e))) {
        throw new LabError(
          "unresolved",
          `EulerSolver: expected positive density and pressure, found ${r * scale} and ${p} at time ${this.time}.`,
        );
      }
      energy[c] = e * scale;
      density[c] = r * scale;
      pressure[c] = p;
      momentum[2 * c] = mx * scale;
      momentum[2 * c + 1] = my * scale;
    }
    return {energy, density, pressure, momentum};
  }
}
