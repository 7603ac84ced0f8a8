/**
 * A time step of the Euler solver for all cells: compiled by set-up, and in JavaScript, which is the reference of the compiled
 * one and what runs without it.
 */
import {CompiledModule} from "@lola-ts/core";
import {GHOSTS} from "../gas";
import {FACES, STATE, advance, extrapolate, hllc} from "./kernels";

/** The function that packages/simulators/native/euler-sweep.cc exports. */
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
  readonly sweep: (
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

/** Rows are updated in place as soon as the next row's slopes no longer need them. */
const sweep: EulerLoops["sweep"] = (u, w, counts, nx, ny, ax, ay, gamma) => {
  const stride = (ny + 2 * GHOSTS) * STATE;
  const at = (i: number, j: number) => (i + GHOSTS) * stride + (j + GHOSTS) * STATE;
  let [previous, faces] = [new Float64Array((ny + 2) * FACES), new Float64Array((ny + 2) * FACES)];
  let [below, above] = [new Float64Array(ny * STATE), new Float64Array(ny * STATE)];
  const across = new Float64Array((ny + 1) * STATE);
  let fastest = 0;
  for (let i = -1; i <= nx; i++) {
    counts[1] += extrapolate(faces, w, at(i, -1), ny + 2, stride, ax / 2, ay / 2, gamma);
    if (i >= 0) {
      // Upper x faces of row i - 1 meet the lower ones of row i.
      hllc(above, previous, FACES + STATE, faces, FACES, ny, 1, gamma);
      if (i > 0) {
        const speed = advance(u, w, at(i - 1, 0), ny, below, above, across, ax, ay, gamma, counts);
        if (speed > fastest || Number.isNaN(speed)) fastest = speed;
      }
      [below, above] = [above, below];
    }
    if (i >= 0 && i < nx) hllc(across, faces, 3 * STATE, faces, FACES + 2 * STATE, ny + 1, 2, gamma);
    [previous, faces] = [faces, previous];
  }
  return fastest;
};

/** Steps on a small grid with jumps so strong that cells stay constant and need floors; rows longer than a vector. */
function trial({sweep}: EulerLoops): number[] {
  const [nx, ny, gamma] = [3, 18, 1.4];
  const size = (nx + 2 * GHOSTS) * (ny + 2 * GHOSTS) * STATE;
  const [u, w, counts] = [new Float64Array(size), new Float64Array(size), new Int32Array(2)];
  for (let k = 0; k < size; k += STATE) {
    const [r, vx, vy, p] = [1 + Math.sin(k) ** 2, Math.sin(2 * k), Math.cos(3 * k), 0.02 + Math.cos(k) ** 8];
    w.set([r, vx, vy, p], k);
    u.set([r, r * vx, r * vy, p / (gamma - 1) + 0.5 * r * (vx * vx + vy * vy)], k);
  }
  return [0.05, 0.3].flatMap((a) => [sweep(u, w, counts, nx, ny, a, 1.5 * a, gamma), ...u, ...w, ...counts]);
}

export const scriptLoops: EulerLoops = {sweep};
export const eulerModule = new CompiledModule("euler-sweep", scriptLoops, trial);
