/** The time step of {@link scriptSweep}, compiled by set-up. */
import {CompiledModule, haveSameBits} from "@lola-ts/core";
import {GHOSTS} from "../../gas/ghosts";
import {CONSERVED, STATE} from "../kernels";
import {scriptSweep, type Sweep, type SweptGas} from "./script-sweep";

/** What packages/simulators/native/cloud-sweep.cc exports. It leaves the ghosts of the conserved states alone. */
export interface SweepModule {
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

/** Make the sweep of a gas from the module's function. */
export function compiledSweep({sweep}: SweepModule, {cells, gamma, dual, u, w, counts}: SweptGas): Sweep {
  const [nx, ny, nz] = cells;
  return (a) => sweep(u, w, counts, nx, ny, nz, a, gamma, dual);
}

/** Collect the conserved states of cells that are no ghosts. */
export function innerStates({cells, u}: SweptGas): Float64Array {
  const [nx, ny, nz] = cells;
  const row = nz * CONSERVED;
  const inner = new Float64Array(nx * ny * row);
  for (let at = 0; at < nx * ny; at++) {
    const [i, j] = [Math.floor(at / ny) + GHOSTS, (at % ny) + GHOSTS];
    const from = ((i * (ny + 2 * GHOSTS) + j) * (nz + 2 * GHOSTS) + GHOSTS) * CONSERVED;
    inner.set(u.subarray(from, from + row), at * row);
  }
  return inner;
}

/** A small grid with jumps so strong that cells stay constant and need floors; rows longer than the processor's vectors. */
function roughGas(): SweptGas {
  const [cells, gamma] = [[3, 2, 18] as const, 5 / 3];
  const size = cells.reduce((product, n) => product * (n + 2 * GHOSTS), 1);
  const [u, w] = [new Float64Array(size * CONSERVED), new Float64Array(size * STATE)];
  for (let k = 0; k < size; k++) {
    const [r, p] = [0.02 + Math.sin(k) ** 2, 1e-4 + Math.cos(k) ** 8];
    const [x, y, z] = [Math.sin(2 * k), 9 * Math.cos(3 * k), Math.sin(k * k)];
    const heat = p / (gamma - 1);
    w.set([r, x, y, z, p], k * STATE);
    u.set([r, r * x, r * y, r * z, heat + 0.5 * r * (x * x + y * y + z * z), heat, 0], k * CONSERVED);
  }
  return {cells, gamma, dual: 1e-3, u, w, counts: new Int32Array(2)};
}

/** Tell whether a module yields the bits of the sweep in JavaScript. */
export function agrees(module: SweepModule): boolean {
  const [gas, expected] = [roughGas(), roughGas()];
  const [sweep, reference] = [compiledSweep(module, gas), scriptSweep(expected)];
  return [0.01, 0.1].every(
    (a) =>
      sweep(a) === reference(a) &&
      haveSameBits(innerStates(gas), innerStates(expected)) &&
      haveSameBits(gas.w, expected.w) &&
      haveSameBits(gas.counts, expected.counts),
  );
}

export const sweepModule = new CompiledModule<SweepModule>("cloud-sweep", agrees);

/** Make the sweep of a gas, compiled where it is {@link CompiledModule.wanted}. */
export function sweepOf(gas: SweptGas, module = sweepModule): Sweep {
  const compiled = module.wanted;
  return compiled ? compiledSweep(compiled, gas) : scriptSweep(gas);
}
