/**
 * The three-dimensional Euler equations of an ideal gas, by finite volumes: the two-dimensional scheme with one more axis.
 *
 * With $U = (\rho, \rho v, E)$ and $p = (\gamma - 1)(E - \frac{1}{2} \rho v^2)$,
 *
 * $$ \partial_t \rho + \nabla \cdot (\rho v) = 0, \quad
 *    \partial_t (\rho v) + \nabla \cdot (\rho v v) + \nabla p = 0, \quad
 *    \partial_t E + \nabla \cdot ((E + p) v) = 0. $$
 *
 * In cold gas that moves at many times its speed of sound, $E - \frac{1}{2} \rho v^2$ is a small difference of two large
 * numbers. So the internal energy has an equation of its own (dual energy), used where that difference is inaccurate:
 *
 * $$ \partial_t (\rho e) + \nabla \cdot (\rho e v) = -p \, \nabla \cdot v. $$
 *
 * @see Toro, "Riemann Solvers and Numerical Methods for Fluid Dynamics", 3rd ed., chapters 10, 14 and 16; Bryan et al.,
 * Comput. Phys. Commun. 89 (1995) 149 (dual energy)
 */
import {boundariesOf, GHOSTS, ghostSource, type Boundary, advanceTo} from "../gas";
import {checkOptions, count, LabError, list, loops, number, optional, section} from "@lola-ts/core";

// Bound once: where modules run in a context of their own (as in tests), looking up a global is slow.
const {abs, max, sqrt} = Math;

export type Triple<T> = readonly [T, T, T];

/** Numbers of a cell's primitive state $(\rho, u, v, w, p)$. */
export const STATE = 5;

/** Numbers of a cell's conserved state: $\rho, \rho u, \rho v, \rho w, E, \rho e$ and $\Delta t \, \nabla \cdot v$, the flow out of it. */
export const CONSERVED = 7;

/** The loop of packages/simulators/native/cloud-sweep.cc. It leaves the ghosts of the conserved states alone. */
export interface CloudLoops {
  /**
   * Take a step, and return the number of cells left constant.
   *
   * A cell's internal energy is $E - \frac{1}{2} \rho v^2$, or the carried one where that is at most `dual` times $E$; this one
   * receives the work of the mean of its old and its new pressure, $(\rho e)' = \rho e - \frac{1}{2} (p + p') \Delta t \, \nabla \cdot v$.
   *
   * @param u Conserved states: {@link CONSERVED} numbers a cell, with {@link GHOSTS} ghosts on every side, which mean nothing.
   * @param w Primitive states: {@link STATE} numbers a cell, laid out alike; their ghosts are filled before a sweep.
   * @param counts Numbers of floors and of choices of the carried energy, to which a sweep adds.
   * @param a $\Delta t / \Delta x$.
   */
  readonly cloudSweep: (
    u: Float64Array,
    w: Float64Array,
    counts: Int32Array,
    nx: number,
    ny: number,
    nz: number,
    a: number,
    gamma: number,
    dual: number,
  ) => number;
}

export interface HydroOptions {
  /** Cells along $x$, $y$ and $z$. */
  readonly cells: Triple<number>;
  /** Side of a cell, the same along each axis. */
  readonly spacing: number;
  /** Ratio of heat capacities $\gamma > 1$. */
  readonly gamma: number;
  readonly boundary: Boundary | Triple<Boundary>;
  /** Courant number $(\max |v_i| + c) \, \Delta t / \Delta x$; in 3D the scheme is stable to about 1/3. Default: 0.3. */
  readonly courant?: number;
  /** Fraction of the total energy below which the internal energy is taken from its own equation. Default: 1e-3. */
  readonly dual?: number;
}

/** Primitive state at a point: density, velocities and pressure. */
export type Primitive = readonly [density: number, u: number, v: number, w: number, pressure: number];

/** Domain integrals of the conserved quantities. */
export interface Totals {
  readonly mass: number;
  readonly momentum: Triple<number>;
  readonly energy: number;
}

const optionRules = section<HydroOptions>({
  cells: list(count, {length: 3}),
  spacing: number({above: 0}),
  gamma: number({above: 1}),
  boundary: boundariesOf(3),
  courant: optional(number({above: 0, max: 0.5})),
  dual: optional(number({min: 0})),
});

/** Finite-volume solver for an ideal gas on a Cartesian grid in three dimensions. */
export class HydroSolver {
  readonly cells: Triple<number>;
  readonly spacing: number;
  readonly gamma: number;
  readonly courant: number;
  time = 0;
  steps = 0;
  /** Number of times a cell was reconstructed as constant, to avoid a negative density or pressure. */
  fallbacks = 0;
  /** Primitive states with ghosts, `STATE` numbers a cell: for kernels that change them together with `u`. */
  readonly w: Float64Array;
  /** Conserved states, `CONSERVED` numbers a cell, with ghosts that mean nothing. */
  readonly u: Float64Array;

  /** Index of the first cell of each row along $z$, row-major. */
  readonly rows: readonly number[];
  private readonly boundaries: Triple<Boundary>;
  private readonly counts = new Int32Array(2);
  private readonly dual: number;
  private readonly sweep = loops<CloudLoops>().cloudSweep;

  /** @throws RangeError unless cells, spacing, gamma and Courant number make sense. */
  constructor(options: HydroOptions) {
    checkOptions("HydroSolver", optionRules, options);
    const {cells, spacing, gamma, boundary, courant = 0.3, dual = 1e-3} = options;
    this.cells = cells;
    this.spacing = spacing;
    this.gamma = gamma;
    this.courant = courant;
    this.dual = dual;
    this.boundaries = typeof boundary === "string" ? [boundary, boundary, boundary] : boundary;
    const [nx, ny] = cells;
    this.rows = Array.from({length: nx * ny}, (_, row) => this.index(Math.floor(row / ny), row % ny, 0));
    const [sx, sy, sz] = cells.map((n) => n + 2 * GHOSTS);
    this.w = new Float64Array(sx * sy * sz * STATE);
    this.u = new Float64Array(sx * sy * sz * CONSERVED);
  }

  /** Number of times a cell was lifted to the minimum density or pressure: 0 in a sound run. */
  get floors(): number {
    return this.counts[0];
  }

  /** Number of cells and steps in which the carried internal energy was taken. */
  get dualChoices(): number {
    return this.counts[1];
  }

  /** Find the index of a cell among all cells with ghosts: times `STATE` its offset in `w`, times `CONSERVED` in `u`. */
  index(i: number, j: number, k: number): number {
    const [, ny, nz] = this.cells;
    return ((i + GHOSTS) * (ny + 2 * GHOSTS) + j + GHOSTS) * (nz + 2 * GHOSTS) + k + GHOSTS;
  }

  /**
   * Set the state from its values at the cells' centres, counted from the domain's lower corner, and begin at time 0.
   * `cell` is the row-major index of the cell.
   *
   * @throws RangeError if a density or pressure is not positive or a velocity not finite.
   */
  set(state: (x: number, y: number, z: number, cell: number) => Primitive): void {
    this.time = this.steps = this.fallbacks = 0;
    this.counts.fill(0);
    const [nx, ny, nz] = this.cells;
    const at = (i: number): number => (i + 0.5) * this.spacing;
    for (let i = 0, cell = 0; i < nx; i++) {
      for (let j = 0; j < ny; j++) {
        for (let k = 0; k < nz; k++, cell++) {
          const [r, u, v, w, p] = state(at(i), at(j), at(k), cell);
          if (!(r > 0 && p > 0 && Number.isFinite(r + u + v + w + p))) {
            throw new RangeError(
              `HydroSolver.set: expected positive density and pressure and finite velocities in cell ` +
                `(${i}, ${j}, ${k}), found density ${r}, velocity (${u}, ${v}, ${w}) and pressure ${p}.`,
            );
          }
          const heat = p / (this.gamma - 1);
          const index = this.index(i, j, k);
          this.w.set([r, u, v, w, p], index * STATE);
          this.u.set([r, r * u, r * v, r * w, heat + 0.5 * r * (u * u + v * v + w * w), heat, 0], index * CONSERVED);
        }
      }
    }
  }

  /** Find the largest signal speed $\max(|u|, |v|, |w|) + c$. */
  signalSpeed(): number {
    const {w, gamma, rows, cells} = this;
    let fastest = 0;
    for (const row of rows) {
      for (let o = row * STATE, end = o + cells[2] * STATE; o < end; o += STATE) {
        const flow = max(abs(w[o + 1]), abs(w[o + 2]), abs(w[o + 3]));
        const speed = flow + sqrt((gamma * w[o + 4]) / w[o]);
        if (speed > fastest || speed !== speed) fastest = speed; // keeps NaN, which `timeStep` then reports
      }
    }
    return fastest;
  }

  /**
   * Compute the length of the next step, $C \, \Delta x / (\max |v_i| + c)$.
   *
   * @throws LabError `unresolved` if the state is not finite.
   */
  timeStep(): number {
    const fastest = this.signalSpeed();
    if (!(fastest > 0 && fastest < Infinity)) {
      throw new LabError(
        "unresolved",
        `HydroSolver: expected a finite state, found a largest signal speed of ${fastest} ` +
          `after ${this.steps} steps, at time ${this.time}.`,
      );
    }
    return (this.courant * this.spacing) / fastest;
  }

  /**
   * Advance to a time; the last step is shortened to reach it exactly.
   *
   * @throws LabError `unresolved` if the state stops being finite.
   */
  run(until: number): void {
    advanceTo(this, until);
  }

  step(dt: number): void {
    this.fillGhosts();
    const {u, w, counts, cells, gamma, dual} = this;
    this.fallbacks += this.sweep(u, w, counts, ...cells, dt / this.spacing, gamma, dual);
    this.steps++;
    this.time += dt;
  }

  /** Fill the ghosts along $x$, then along $y$ with the edges, then along $z$ with the corners. */
  private fillGhosts(): void {
    const {w} = this;
    const [nx, ny, nz] = this.cells;
    const source = (ghost: number, axis: number): number => ghostSource(ghost, this.cells[axis], this.boundaries[axis]);
    const row = (nz + 2 * GHOSTS) * STATE;
    const plane = (ny + 2 * GHOSTS) * row;
    const start = (i: number, j: number): number => this.index(i, j, -GHOSTS) * STATE;
    for (const i of [-2, -1, nx, nx + 1]) {
      const from = start(source(i, 0), -GHOSTS);
      w.copyWithin(start(i, -GHOSTS), from, from + plane);
    }
    for (const j of [-2, -1, ny, ny + 1]) {
      for (let i = -GHOSTS; i < nx + GHOSTS; i++) {
        const from = start(i, source(j, 1));
        w.copyWithin(start(i, j), from, from + row);
      }
    }
    for (const k of [-2, -1, nz, nz + 1]) {
      let to = (k + GHOSTS) * STATE;
      let from = (source(k, 2) + GHOSTS) * STATE;
      for (; to < w.length; to += row, from += row) for (let c = 0; c < STATE; c++) w[to + c] = w[from + c];
    }
  }

  cell(i: number, j: number, k: number): Primitive {
    const [r, u, v, w, p] = this.w.subarray(this.index(i, j, k) * STATE);
    return [r, u, v, w, p];
  }

  /** Copy the density to an array without ghosts, row-major. */
  density(target: Float64Array): void {
    let cell = 0;
    for (const row of this.rows) {
      for (let o = row * STATE, end = o + this.cells[2] * STATE; o < end; o += STATE) target[cell++] = this.w[o];
    }
  }

  /** Integrate the conserved quantities over the domain. */
  totals(): Totals {
    const sums = new Float64Array(STATE);
    const part = new Float64Array(STATE); // sums of sums round less
    for (const row of this.rows) {
      part.fill(0);
      for (let n = 0, o = row * CONSERVED; n < this.cells[2]; n++, o += CONSERVED) {
        for (let c = 0; c < STATE; c++) part[c] += this.u[o + c];
      }
      for (let c = 0; c < STATE; c++) sums[c] += part[c];
    }
    const [mass, mx, my, mz, energy] = sums.map((sum) => sum * this.spacing ** 3);
    return {mass, momentum: [mx, my, mz], energy};
  }
}
