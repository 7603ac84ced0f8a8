/** Cells for the tests of sweeps. */
import {Rng} from "@lola-ts/core";
import {GHOSTS} from "../../../src/gas/ghosts";
import type {Primitive} from "../../../src/gravity-cooling/hydro";
import {CONSERVED, STATE} from "../../../src/gravity-cooling/kernels";
import type {SweptGas} from "../../../src/gravity-cooling/loops/script-sweep";

export type Draw = (random: Rng) => Primitive;

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
