/** A time step of the Euler solver for all cells, compiled by set-up: does it yield the bits of the one in JavaScript? */
import {GHOSTS} from "../gas/ghosts";
import {STATE} from "./kernels";
import {scriptSweep, type Sweep, type SweptCells} from "./script-sweep";

/** The function of the module. */
export type NativeSweep = (
  u: Float64Array,
  w: Float64Array,
  counts: Int32Array,
  nx: number,
  ny: number,
  ax: number,
  ay: number,
  gamma: number,
) => number;

/** Make the sweep of cells from the module's function. */
export function nativeSweep(native: NativeSweep, {nx, ny, gamma, u, w, counts}: SweptCells): Sweep {
  return (ax, ay) => native(u, w, counts, nx, ny, ax, ay, gamma);
}

/** A small grid with jumps so strong that cells stay constant and need floors; rows longer than the processor's vectors. */
function roughCells(): SweptCells {
  const [nx, ny, gamma] = [3, 18, 1.4];
  const size = (nx + 2 * GHOSTS) * (ny + 2 * GHOSTS) * STATE;
  const [u, w] = [new Float64Array(size), new Float64Array(size)];
  for (let k = 0; k < size; k += STATE) {
    const [r, vx, vy, p] = [1 + Math.sin(k) ** 2, Math.sin(2 * k), Math.cos(3 * k), 0.02 + Math.cos(k) ** 8];
    w.set([r, vx, vy, p], k);
    u.set([r, r * vx, r * vy, p / (gamma - 1) + 0.5 * r * (vx * vx + vy * vy)], k);
  }
  return {nx, ny, gamma, u, w, counts: new Int32Array(2)};
}

/** Tell whether a function yields the bits of the sweep in JavaScript. */
export function agrees(native: NativeSweep): boolean {
  const [cells, expected] = [roughCells(), roughCells()];
  const [sweep, reference] = [nativeSweep(native, cells), scriptSweep(expected)];
  const same = (a: Float64Array | Int32Array, b: Float64Array | Int32Array) => a.every((x, i) => Object.is(x, b[i]));
  return [0.05, 0.3].every(
    (a) =>
      Object.is(sweep(a, 1.5 * a), reference(a, 1.5 * a)) &&
      same(cells.u, expected.u) &&
      same(cells.w, expected.w) &&
      same(cells.counts, expected.counts),
  );
}
