/**
 * A gas under its own gravity, with sources that heat or cool it.
 *
 * A step is symmetric: half of the source and half of the acceleration, all of the flow, then the other halves with the
 * potential of the new density. Gravity changes momenta and the kinetic energy with them, but not the internal energy.
 */
import {having, checkOptions, loops, number} from "@lola-ts/core";
import {CONSERVED, STATE, type HydroSolver} from "./hydro";
import {advanceTo} from "../gas";
import type {PotentialSolver} from "./poisson";

/** The second loop of packages/simulators/native/cloud-gravity.cc. */
export interface GravityLoops {
  /**
   * Accelerate all cells by their potential.
   *
   * @param u Conserved states with ghosts, {@link CONSERVED} numbers a cell.
   * @param w Primitive states, {@link STATE} numbers a cell, laid out alike.
   * @param potential Potential, row-major without ghosts.
   * @param factor $-\Delta t / \Delta x$.
   * @param periodic 1 if differences at an end use the values of the other, 0 if they are one-sided.
   */
  readonly kick: (
    u: Float64Array,
    w: Float64Array,
    potential: Float64Array,
    nx: number,
    ny: number,
    nz: number,
    factor: number,
    periodic: number,
  ) => void;
}

/** Source that changes the pressure of each cell over a time. */
export type HeatSource = (gas: HydroSolver, dt: number) => void;

export interface GravityOptions {
  readonly poisson: PotentialSolver;
  /** Constant of gravity $G$, the same as the Poisson solver's. Default: 1. */
  readonly constant?: number;
  /** Heating and cooling. Default: none. */
  readonly source?: HeatSource;
}

/** Domain integrals of the energies. The potential one is the gas's with itself, $\frac{1}{2} \int \rho \Phi$. */
export interface Energies {
  readonly kinetic: number;
  readonly internal: number;
  readonly potential: number;
  readonly total: number;
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
  private readonly loops = loops<GravityLoops>();

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
   * @throws LabError `unresolved` if the state stops being finite.
   */
  run(until: number): void {
    advanceTo(this, until);
  }

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
    const {u, w, cells, spacing} = this.gas;
    this.loops.kick(u, w, this.potential, ...cells, -dt / spacing, this.poisson.periodic ? 1 : 0);
  }

  /** Count the cells with $\lambda_J = c \sqrt{\pi / G \rho} < 4 \Delta x$. */
  unresolved(): number {
    const {gas, constant} = this;
    // The Jeans length is four cells at a pressure over density squared of 16 G dx^2 / (pi gamma).
    const limit = ((16 * constant * gas.spacing ** 2) / (Math.PI * gas.gamma)) * (1 - 1e-9);
    let count = 0;
    for (const row of gas.rows) {
      for (let o = row * STATE, end = o + gas.cells[2] * STATE; o < end; o += STATE) {
        if (gas.w[o + 4] < limit * gas.w[o] * gas.w[o]) count++;
      }
    }
    return count;
  }

  /** Integrate the energies over the domain. */
  energies(): Energies {
    const {gas, density, potential} = this;
    const volume = gas.spacing ** 3;
    let all = 0;
    let internal = 0;
    let bound = 0;
    let cell = 0;
    for (const row of gas.rows) {
      for (let n = 0, c = row * CONSERVED; n < gas.cells[2]; n++, c += CONSERVED, cell++) {
        all += gas.u[c + 4] * volume;
        internal += gas.u[c + 5] * volume;
        bound += 0.5 * density[cell] * potential[cell] * volume;
      }
    }
    return {kinetic: all - internal, internal, potential: bound, total: all + bound};
  }
}
