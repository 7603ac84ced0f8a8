/**
 * A gas under its own gravity, and under whatever heats or cools it.
 *
 * A step is symmetric: half of the source and half of the pull, all of the flow, then the other halves with the potential
 * of the new density. The pull changes momenta and, by as much as they change it, the kinetic energy; the internal energy
 * stays as it is.
 */
import type {HydroSolver} from "./hydro";
import {advanceTo} from "./hydro";
import {CONSERVED, STATE} from "./kernels";
import type {PotentialSolver} from "./poisson";

/** Changes the pressure of each cell over a time. */
export type HeatSource = (gas: HydroSolver, dt: number) => void;

export interface GravityOptions {
  readonly poisson: PotentialSolver;
  /** Constant of gravity $G$, the same as the Poisson solver's. */
  readonly constant?: number;
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

/** Push the cells of a row, which begins at `index` in the gas and at `row` in the potential. */
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
  const pull = -dt / gas.spacing;
  for (let k = 0, c = index * CONSERVED, o = index * STATE; k < nz; k++, c += CONSERVED, o += STATE) {
    const at = row + k;
    const low = k > 0 ? at - 1 : periodic ? row + nz - 1 : at;
    const high = k < nz - 1 ? at + 1 : periodic ? row : at;
    const z = k > 0 && k < nz - 1 ? 0.5 : periodic ? 0.5 : 1;
    const gx = pull * x[2] * (potential[at + x[1]] - potential[at + x[0]]);
    const gy = pull * y[2] * (potential[at + y[1]] - potential[at + y[0]]);
    const gz = pull * z * (potential[high] - potential[low]);
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

/** Find the neighbours of cell `i` of `n`: central differences, one-sided ones at open ends. */
function neighbours(i: number, n: number, stride: number, periodic: boolean): Neighbours {
  const inside = i > 0 && i < n - 1;
  const below = i > 0 ? -stride : periodic ? (n - 1) * stride : 0;
  const above = i < n - 1 ? stride : periodic ? -(n - 1) * stride : 0;
  return [below, above, inside || periodic ? 0.5 : 1];
}

/** Least pressure over density squared with which the Jeans length $c \sqrt{\pi / G \rho}$ is four cells. */
function jeansLimit({spacing, gamma}: HydroSolver, constant: number): number {
  return (16 * constant * spacing ** 2) / (Math.PI * gamma);
}

/**
 * Make a source that lifts the pressure to where gravity is resolved, $16 G \rho^2 \Delta x^2 / \pi \gamma$. Clumps then
 * stop at a few cells instead of breaking up by errors of the grid.
 *
 * @param constant Constant of gravity $G$.
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

/** A gas and its potential, moved forward together. */
export class SelfGravitatingGas {
  /** Potential of the present density, row-major without ghosts. */
  readonly potential: Float64Array;
  /** Most cells in a step whose Jeans length was below four cells: there, gravity is not resolved (Truelove et al. 1997). */
  truelove = 0;

  private readonly density: Float64Array;
  private readonly constant: number;
  private readonly source: HeatSource | undefined;
  private readonly poisson: PotentialSolver;

  /** @param gas A gas that has been set. */
  constructor(
    readonly gas: HydroSolver,
    {poisson, constant = 1, source}: GravityOptions,
  ) {
    const [nx, ny, nz] = gas.cells;
    this.poisson = poisson;
    this.constant = constant;
    this.source = source;
    this.density = new Float64Array(nx * ny * nz);
    this.potential = new Float64Array(nx * ny * nz);
    this.renew();
  }

  get time(): number {
    return this.gas.time;
  }

  set time(time: number) {
    this.gas.time = time;
  }

  /** Find the next step's length: the flow's, and at most a quarter of $1 / \sqrt{4 \pi G \rho_\text{max}}$. */
  timeStep(): number {
    const {gas, density, constant} = this;
    let most = 0;
    for (let cell = 0; cell < density.length; cell++) if (density[cell] > most) most = density[cell];
    return Math.min(gas.timeStep(), 0.25 / Math.sqrt(4 * Math.PI * constant * most));
  }

  /**
   * Advance to a time, reached exactly by a shorter last step.
   *
   * @throws Error if the state stops being finite.
   */
  run(until: number): void {
    advanceTo(this, until);
  }

  step(dt: number): void {
    const {gas, source} = this;
    source?.(gas, dt / 2);
    this.kick(dt / 2);
    gas.step(dt);
    this.renew();
    this.kick(dt / 2);
    source?.(gas, dt / 2);
    this.truelove = Math.max(this.truelove, this.unresolved());
  }

  private renew(): void {
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
    let [all, internal, bound] = [0, 0, 0];
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
