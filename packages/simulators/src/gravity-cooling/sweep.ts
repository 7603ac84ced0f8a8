/**
 * A time step of the gas for all cells: compiled by set-up, and in JavaScript, which is the reference of the compiled one and
 * what runs without it.
 */
import {CompiledModule} from "@lola-ts/core";
import {GHOSTS} from "../gas";
import {CONSERVED, FACES, STATE, commit, exchange, extrapolate} from "./kernels";

/** The function that packages/simulators/native/cloud-sweep.cc exports. It leaves the ghosts of the conserved states alone. */
export interface SweepLoops {
  /**
   * Take a step, and return the number of cells left constant.
   *
   * @param u Conserved states: {@link CONSERVED} numbers a cell, with {@link GHOSTS} ghosts on every side, which mean nothing.
   * @param w Primitive states: {@link STATE} numbers a cell, laid out alike; their ghosts are filled before a sweep.
   * @param counts Numbers that {@link commit} counts.
   * @param a $\Delta t / \Delta x$.
   * @param dual Fraction of the total energy below which the internal energy is taken from its own equation.
   */
  readonly sweep: (
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

const sweep: SweepLoops["sweep"] = (u, w, counts, nx, ny, nz, a, gamma, dual) => {
  const row = nz + 2 * GHOSTS;
  const plane = (ny + 2 * GHOSTS) * row;
  const index = (i: number, j: number): number => (i + GHOSTS) * plane + (j + GHOSTS) * row + GHOSTS;
  const makeRow = () => new Float64Array((nz + 2) * FACES);
  const makePlane = () => new Float64Array((ny + 2) * (nz + 2) * STATE);
  let [before, faces] = [makeRow(), makeRow()];
  let [previous, present] = [makePlane(), makePlane()];

  /** Extrapolate a plane of cells and exchange fluxes with the plane below it and inside of it. */
  const sweepPlane = (i: number): number => {
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

  let fallbacks = 0;
  for (let i = -1; i <= nx; i++) fallbacks += sweepPlane(i);
  for (let i = 0; i < nx; i++) {
    for (let j = 0; j < ny; j++) {
      const at = index(i, j);
      commit(u, at * CONSERVED, w, at * STATE, nz, gamma, dual, counts);
    }
  }
  return fallbacks;
};

/** Steps on a small grid with jumps so strong that cells stay constant and need floors; rows longer than a vector. */
function trial({sweep}: SweepLoops): number[] {
  const [nx, ny, nz, gamma] = [3, 2, 18, 5 / 3];
  const [sx, sy, sz] = [nx, ny, nz].map((n) => n + 2 * GHOSTS);
  const size = sx * sy * sz;
  const [u, w, counts] = [new Float64Array(size * CONSERVED), new Float64Array(size * STATE), new Int32Array(2)];
  for (let k = 0; k < size; k++) {
    const [r, p] = [0.02 + Math.sin(k) ** 2, 1e-4 + Math.cos(k) ** 8];
    const [x, y, z] = [Math.sin(2 * k), 9 * Math.cos(3 * k), Math.sin(k * k)];
    const heat = p / (gamma - 1);
    w.set([r, x, y, z, p], k * STATE);
    u.set([r, r * x, r * y, r * z, heat + 0.5 * r * (x * x + y * y + z * z), heat, 0], k * CONSERVED);
  }
  const isInner = (cell: number): boolean => {
    const place = [Math.floor(cell / sy / sz), Math.floor(cell / sz) % sy, cell % sz];
    return place.every((at, axis) => at >= GHOSTS && at < [sx, sy, sz][axis] - GHOSTS);
  };
  return [0.01, 0.1].flatMap((a) => {
    const constant = sweep(u, w, counts, nx, ny, nz, a, gamma, 1e-3);
    return [constant, ...u.filter((_, i) => isInner(Math.floor(i / CONSERVED))), ...w, ...counts];
  });
}

export const scriptLoops: SweepLoops = {sweep};
export const sweepModule = new CompiledModule("cloud-sweep", scriptLoops, trial);
