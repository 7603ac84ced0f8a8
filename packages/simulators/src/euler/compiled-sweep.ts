/** The time step of {@link scriptSweep}, compiled by set-up. */
import {CompiledModule, haveSameBits} from "@lola-ts/core";
import {GHOSTS} from "../gas/ghosts";
import {STATE} from "./kernels";
import {scriptSweep, type Sweep, type SweptCells} from "./script-sweep";

/** What packages/simulators/native/euler-sweep.cc exports. */
export interface EulerModule {
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

/** Make the sweep of cells from the module's function. */
export function compiledSweep({sweep}: EulerModule, {nx, ny, gamma, u, w, counts}: SweptCells): Sweep {
  return (ax, ay) => sweep(u, w, counts, nx, ny, ax, ay, gamma);
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

/** Tell whether a module yields the bits of the sweep in JavaScript. */
export function agrees(module: EulerModule): boolean {
  const [cells, expected] = [roughCells(), roughCells()];
  const [sweep, reference] = [compiledSweep(module, cells), scriptSweep(expected)];
  return [0.05, 0.3].every(
    (a) =>
      Object.is(sweep(a, 1.5 * a), reference(a, 1.5 * a)) &&
      haveSameBits(cells.u, expected.u) &&
      haveSameBits(cells.w, expected.w) &&
      haveSameBits(cells.counts, expected.counts),
  );
}

export const eulerModule = new CompiledModule<EulerModule>("euler-sweep", agrees);

/** Make the sweep of cells, compiled where it is {@link CompiledModule.wanted}. */
export function sweepOf(cells: SweptCells, module = eulerModule): Sweep {
  const compiled = module.wanted;
  return compiled ? compiledSweep(compiled, cells) : scriptSweep(cells);
}
