/** The choice between the compiled time step of the Euler solver and the one in JavaScript: both yield the same bits. */
import {CompiledModule} from "../../core/compiled-module";
import {agrees, nativeSweep, type NativeSweep} from "./native-sweep";
import {scriptSweep, type Sweep, type SweptCells} from "./script-sweep";

/** What environment/simulators/euler-sweep.cc exports. */
export interface EulerModule {
  readonly sweep: NativeSweep;
}

export const eulerModule = new CompiledModule<EulerModule>("euler-sweep", ({sweep}) => agrees(sweep));

/** Make the sweep of cells, compiled where it is {@link CompiledModule.wanted}. */
export function sweepOf(cells: SweptCells, module = eulerModule): Sweep {
  const compiled = module.wanted;
  return compiled ? nativeSweep(compiled.sweep, cells) : scriptSweep(cells);
}
