/** Cells for the tests of sweeps. */
import {Rng} from "@lola-ts/core";
import {STATE} from "../../src/euler/kernels";
import type {EulerLoops} from "../../src/euler/sweep";
import {GHOSTS} from "../../src/gas";

/** Cells that a sweep advances. */
export interface SweptCells {
  readonly nx: number;
  readonly ny: number;
  readonly gamma: number;
  readonly u: Float64Array;
  readonly w: Float64Array;
  readonly counts: Int32Array;
}

/** Make the sweep of cells. */
export const sweepOf =
  ({sweep}: EulerLoops, {nx, ny, gamma, u, w, counts}: SweptCells) =>
  (ax: number, ay: number): number =>
    sweep(u, w, counts, nx, ny, ax, ay, gamma);

/** Make cells whose primitive states are drawn one by one, ghosts too. */
export function makeCells(
  [nx, ny]: readonly [number, number],
  draw: (random: Rng) => readonly [density: number, u: number, v: number, pressure: number],
  {gamma = 1.4, seed = "cells"} = {},
): SweptCells {
  const size = (nx + 2 * GHOSTS) * (ny + 2 * GHOSTS) * STATE;
  const [u, w] = [new Float64Array(size), new Float64Array(size)];
  const random = Rng.from(seed, nx, ny);
  for (let k = 0; k < size; k += STATE) {
    const [r, vx, vy, p] = draw(random);
    w.set([r, vx, vy, p], k);
    u.set([r, r * vx, r * vy, p / (gamma - 1) + 0.5 * r * (vx * vx + vy * vy)], k);
  }
  return {nx, ny, gamma, u, w, counts: new Int32Array(2)};
}
