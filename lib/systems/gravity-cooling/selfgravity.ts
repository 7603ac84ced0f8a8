/**
 * A gas under its own gravity, with sources that heat or cool it.
 *
 * A step is symmetric: half of the source and half of the acceleration, all of the flow, then the other halves with the
 * potential of the new density. Gravity changes momenta and the kinetic energy with them, but not the internal energy.
 */
import {having} from "../../core/options/array-rules";
import {checkOptions} from "../../core/options/check-options";
import {number} from "../../core/options/rules";
import type {HydroSolver} from "./hydro";
import {advanceTo} from "../gas/advance-to";
import {CONSERVED, STATE} from "./kernels";
import type {PotentialSolver} from "./poisson";

/** Source that changes the pressure of each cell over a time. */
export type HeatSource = (gas: HydroSolver, dt: number) => void;

export interface GravityOptions {
  readonly poisson: PotentialSolver;
  /** Constant of gravity $G$, the same as the Poisson solver's. Default: 1. */
  readonly constant?: number;
  /** Heating and cooling. Default: none. */
  readonly source?: HeatSource;
}

/** Domain integrals of the energies. The potential one is that of the gas with itself, $\frac{1}{2} \int \rho \Phi$. */
export interface Energies {
  readonly kinetic: number;
  readonly internal: number;
  readonly potential: number;
  readonly total: number;
}

/** Neighbours of a cell along an axis: their distances in the potential's array, and the factor of their difference. */
type Neighbours = readonly [below: number, above: number, factor: number];

/** Accelerate the cells of a row, which begins at `index` in the gas and at `row` in the potential. */
function kickRow(
  gas: HydroSolver,
  index: number,
  potential: Float64Array,
  row: number,
  x: Neighbours,
  y: Neighbours,
  dt: number,
  periodic: boolean,
): void {
  const {u, w} = gas;
  const nz = gas.cells[2];
  const factor = -dt / gas.spacing;
  for (let k = 0, c = index * CONSERVED, o = index * STATE; k < nz; k++, c += CONSERVED, o += STATE) {
    const at = row + k;
    const low = k > 0 ? at - 1 : periodic ? row + nz - 1 : at;
    const high = k < nz - 1 ? at + 1 : periodic ? row : at;
    const z = k > 0 && k < nz - 1 ? 0.5 : periodic ? 0.5 : 1;
    const gx = factor * x[2] * (potential[at + x[1]] - potential[at + x[0]]);
    const gy = factor * y[2] * (potential[at + y[1]] - potential[at + y[0]]);
    const gz = factor * z * (potential[high] - potential[low]);
    const r = w[o];
    u[c + 1] += r * gx;
    u[c + 2] += r * gy;
    u[c + 3] += r * gz;
    u[c + 4] += r * (gx * (w[o + 1] + 0.5 * gx) + gy * (w[o + 2] + 0.5 * gy) + gz * (w[o + 3] + 0.5 * gz));
    w[o + 1] += gx;
    w[o + 2] += gy;
    w[o + 3] += gz;
  }
}

/** Find the neighbours of cell `i` of `n`, for central differences, or one-sided ones at open ends. */
function neighbours(i: number, n: number, stride: number, periodic: boolean): Neighbours {
  const inside = i > 0 && i < n - 1;
  const below = i > 0 ? -stride : periodic ? (n - 1) * stride : 0;
  const above = i < n - 1 ? stride : periodic ? -(n - 1) * stride : 0;
  return [below, above, inside || periodic ? 0.5 : 1];
}

/** Compute the pressure over density squared at which the Jeans length $c \sqrt{\pi / G \rho}$ is four cells. */
function jeansLimit({spacing, gamma}: HydroSolver, constant: number): number {
  return (16 * constant * spacing ** 2) / (Math.PI * gamma);
}

/**
 * Make a source that lifts the pressure to the minimum at which gravity is resolved, $16 G \rho^2 \Delta x^2 / \pi \gamma$.
 * Collapse then stops at a few cells, instead of fragmenting by errors of the grid.
 *
 * @param constant Constant of gravity $G$. Default: 1.
 */
export function jeansSupport(constant = 1): HeatSource {
  return (gas) => {
    const {u, w} = gas;
    const [nx, ny, nz] = gas.cells;
    const limit = jeansLimit(gas, constant);
    for (let row = 0; row < nx * ny; row++) {
      const index = gas.index(Math.floor(row / ny), row % ny, 0);
      for (let k = 0, o = index * STATE, c = index * CONSERVED; k < nz; k++, o += STATE, c += CONSERVED) {
        const lift = limit * w[o] * w[o] - w[o + 4];
        if (lift <= 0) continue;
        w[o + 4] += lift;
        u[c + 4] += lift / (gas.gamma - 1);
        u[c + 5] += lift / (gas.gamma - 1);
      }
    }
  };
}

/** Solver for a gas and its gravitational potential. */
export class SelfGravitatingGas {
  /** Potential of the present density, row-major without ghosts. */
  readonly potential: Float64Array;
  /** Maximum number of cells in a step with a Jeans length below four cells: unresolved (Truelove et al. 1997). */
  truelove = 0;

  private readonly density: Float64Array;
  private readonly constant: number;
  private readonly source: HeatSource | undefined;
  private readonly poisson: PotentialSolver;

  /**
   * @param gas Solver with its initial state set.
   * @throws RangeError unless both are solvers and the constant is 0 or more.
   */
  constructor(
    readonly gas: HydroSolver,
    {poisson, constant = 1, source}: GravityOptions,
  ) {
    checkOptions("SelfGravitatingGas", having("a HydroSolver", "cells", "spacing"), gas, "gas");
    checkOptions("SelfGravitatingGas", having("a solver for potentials", "solve"), poisson, "poisson");
    checkOptions("SelfGravitatingGas", number({min: 0}), constant, "constant");
    const [nx, ny, nz] = gas.cells;
    this.poisson = poisson;
    this.constant = constant;
    this.source = source;
    this.density = new Float64Array(nx * ny * nz);
    this.potential = new Float64Array(nx * ny * nz);
    this.updatePotential();
  }

  /** Time of the present state. */
  get time(): number {
    return this.gas.time;
  }

  set time(time: number) {
    this.gas.time = time;
  }

  /** Compute the length of the next step: the flow's, and at most a quarter of $1 / \sqrt{4 \pi G \rho_\text{max}}$. */
  timeStep(): number {
    const {gas, density, constant} = this;
    let max = 0;
    for (let cell = 0; cell < density.length; cell++) if (density[cell] > max) max = density[cell];
    return Math.min(gas.timeStep(), 0.25 / Math.sqrt(4 * Math.PI * constant * max));
  }

  /**
   * Advance to a time; the last step is shortened to reach it exactly.
   *
   * @throws Error if the state stops being finite.
   */
  run(until: number): void {
    advanceTo(this, until);
  }

  /** Take a step of a given length. */
  step(dt: number): void {
    const {gas, source} = this;
    source?.(gas, dt / 2);
    this.kick(dt / 2);
    gas.step(dt);
    this.updatePotential();
    this.kick(dt / 2);
    source?.(gas, dt / 2);
    this.truelove = Math.max(this.truelove, this.unresolved());
  }

  private updatePotential(): void {
    this.gas.density(this.density);
    this.poisson.solve(this.density, this.potential);
  }

  private kick(dt: number): void {
    const {gas, potential} = this;
    const {periodic} = this.poisson;
    const [nx, ny, nz] = gas.cells;
    for (let i = 0; i < nx; i++) {
      const x = neighbours(i, nx, ny * nz, periodic);
      for (let j = 0; j < ny; j++) {
        const y = neighbours(j, ny, nz, periodic);
        kickRow(gas, gas.index(i, j, 0), potential, (i * ny + j) * nz, x, y, dt, periodic);
      }
    }
  }

  /** Count the cells with $\lambda_J = c \sqrt{\pi / G \rho} < 4 \Delta x$. */
  unresolved(): number {
    const {gas, constant} = this;
    const [nx, ny, nz] = gas.cells;
    const limit = jeansLimit(gas, constant) * (1 - 1e-9);
    let count = 0;
    for (let i = 0; i < nx; i++) {
      for (let j = 0; j < ny; j++) {
        for (let o = gas.index(i, j, 0) * STATE, end = o + nz * STATE; o < end; o += STATE) {
          if (gas.w[o + 4] < limit * gas.w[o] * gas.w[o]) count++;
        }
      }
    }
    return count;
  }

  /** Integrate the energies over the domain. */
  energies(): Energies {
    const {gas, density, potential} = this;
    const [nx, ny, nz] = gas.cells;
    const volume = gas.spacing ** 3;
    let all = 0;
    let internal = 0;
    let bound = 0;
    for (let i = 0, cell = 0; i < nx; i++) {
      for (let j = 0; j < ny; j++) {
        for (let n = 0, c = gas.index(i, j, 0) * CONSERVED; n < nz; n++, c += CONSERVED, cell++) {
          all += gas.u[c + 4] * volume;
          internal += gas.u[c + 5] * volume;
          bound += 0.5 * density[cell] * potential[cell] * volume;
        }
      }
    }
    return {kinetic: all - internal, internal, potential: bound, total: all + bound};
  }
}
