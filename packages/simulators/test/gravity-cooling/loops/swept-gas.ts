/** Cells for the tests of sweeps. */
import {Rng} from "@lola-ts/core";
import {GHOSTS} from "../../../src/gas";
import type {Primitive} from "../../../src/gravity-cooling/hydro";
import {CONSERVED, STATE} from "../../../src/gravity-cooling/kernels";

export type Draw = (random: Rng) => Primitive;

/** Cells that a sweep advances, and that gravity accelerates. */
export interface SweptGas {
  readonly cells: readonly [number, number, number];
  readonly gamma: number;
  readonly dual: number;
  readonly u: Float64Array;
  readonly w: Float64Array;
  readonly counts: Int32Array;
}

/** Collect the conserved states of cells that are no ghosts. */
export function innerStates({cells: [nx, ny, nz], u}: SweptGas): Float64Array {
  const row = nz * CONSERVED;
  const inner = new Float64Array(nx * ny * row);
  for (let at = 0; at < nx * ny; at++) {
    const [i, j] = [Math.floor(at / ny) + GHOSTS, (at % ny) + GHOSTS];
    const from = ((i * (ny + 2 * GHOSTS) + j) * (nz + 2 * GHOSTS) + GHOSTS) * CONSERVED;
    inner.set(u.subarray(from, from + row), at * row);
  }
  return inner;
}

/** Make a gas whose primitive states are drawn one by one, ghosts too. */
export function makeGas(
  cells: readonly [number, number, number],
  draw: Draw,
  {gamma = 5 / 3, dual = 1e-3, seed = "gas"} = {},
): SweptGas {
  const size = cells.reduce((product, n) => product * (n + 2 * GHOSTS), 1);
  const [u, w] = [new Float64Array(size * CONSERVED), new Float64Array(size * STATE)];
  const random = Rng.from(seed, ...cells);
  for (let k = 0; k < size; k++) {
    const [r, x, y, z, p] = draw(random);
    const heat = p / (gamma - 1);
    w.set([r, x, y, z, p], k * STATE);
    u.set([r, r * x, r * y, r * z, heat + 0.5 * r * (x * x + y * y + z * z), heat, 0], k * CONSERVED);
  }
  return {cells, gamma, dual, u, w, counts: new Int32Array(2)};
}
