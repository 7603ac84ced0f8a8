/** A time step of the gas for all cells, in JavaScript: the reference of the compiled one, and what runs without it. */
import {GHOSTS} from "../../gas/ghosts";
import {CONSERVED, FACES, STATE, commit, exchange, extrapolate} from "../kernels";

/** Cells that a sweep advances. */
export interface SweptGas {
  /** Cells along $x$, $y$ and $z$. */
  readonly cells: readonly [number, number, number];
  /** Ratio of heat capacities. */
  readonly gamma: number;
  /** Fraction of the total energy below which the internal energy is taken from its own equation. */
  readonly dual: number;
  /** Conserved states: {@link CONSERVED} numbers a cell, with {@link GHOSTS} ghosts on every side, which mean nothing. */
  readonly u: Float64Array;
  /** Primitive states: {@link STATE} numbers a cell, laid out alike; their ghosts are filled before a sweep. */
  readonly w: Float64Array;
  /** Numbers that {@link commit} counts. */
  readonly counts: Int32Array;
}

/** Take a step, given $\Delta t / \Delta x$, and return the number of cells left constant. */
export type Sweep = (a: number) => number;

/** Make the sweep of a gas. */
export function scriptSweep(gas: SweptGas): Sweep {
  const {u, w, gamma, dual, counts} = gas;
  const [nx, ny, nz] = gas.cells;
  const row = nz + 2 * GHOSTS;
  const plane = (ny + 2 * GHOSTS) * row;
  const index = (i: number, j: number): number => (i + GHOSTS) * plane + (j + GHOSTS) * row + GHOSTS;
  const makeRow = () => new Float64Array((nz + 2) * FACES);
  const makePlane = () => new Float64Array((ny + 2) * (nz + 2) * STATE);
  let [before, faces] = [makeRow(), makeRow()];
  let [previous, present] = [makePlane(), makePlane()];

  /** Extrapolate a plane of cells and exchange fluxes with the plane below it and inside of it. */
  const sweepPlane = (i: number, a: number): number => {
    const inside = i >= 0 && i < nx;
    let fallbacks = 0;
    // Planes of ghosts need only the rows beside cells.
    for (let j = inside ? -1 : 0; j < (inside ? ny + 1 : ny); j++) {
      const at = index(i, j);
      const k = at * CONSERVED;
      const b = (j + 1) * (nz + 2) * STATE;
      const sx = plane * STATE;
      const sy = row * STATE;
      fallbacks += extrapolate(faces, present, b, w, (at - 1) * STATE, nz + 2, sx, sy, a, gamma);
      if (j >= 0 && j < ny && i >= 0) {
        exchange(u, k - plane * CONSERVED, k, previous, b + STATE, STATE, faces, FACES, nz, 1, a, gamma);
      }
      if (inside && j >= 0) {
        const lower = FACES + 2 * STATE;
        const upper = FACES + STATE;
        exchange(u, k - row * CONSERVED, k, before, lower, FACES, faces, upper, nz, 2, a, gamma);
      }
      if (inside && j >= 0 && j < ny) {
        const lower = 4 * STATE;
        const upper = FACES + 3 * STATE;
        exchange(u, k - CONSERVED, k, faces, lower, FACES, faces, upper, nz + 1, 3, a, gamma);
      }
      [before, faces] = [faces, before];
    }
    [previous, present] = [present, previous];
    return fallbacks;
  };

  return (a) => {
    let fallbacks = 0;
    for (let i = -1; i <= nx; i++) fallbacks += sweepPlane(i, a);
    for (let i = 0; i < nx; i++) {
      for (let j = 0; j < ny; j++) {
        const at = index(i, j);
        commit(u, at * CONSERVED, w, at * STATE, nz, gamma, dual, counts);
      }
    }
    return fallbacks;
  };
}
