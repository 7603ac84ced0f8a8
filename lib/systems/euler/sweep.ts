/** The choice between the compiled time step of the Euler solver and the one in JavaScript: both yield the same bits. */
import {Lazy} from "../../core/lazy";
import {isFusedWanted} from "../../core/options/fused-wish";
import {loadSweep, nativeSweep} from "./native-sweep";
import {scriptSweep, type Sweep, type SweptCells} from "./script-sweep";

const compiled = new Lazy(() => ({native: loadSweep()}));

/**
 * Make the sweep of cells: compiled where set-up built it, unless LOLA_FUSED is "off".
 *
 * @param module holds the compiled function. Default: what set-up built.
 * @throws Error when LOLA_FUSED is "on" and there is none, or is neither "on" nor "off".
 */
export function sweepOf(cells: SweptCells, module = compiled): Sweep {
  const isThere = () => module.get().native !== undefined;
  return isFusedWanted(isThere, "with this build of the Euler solver")
    ? nativeSweep(module.get().native!, cells)
    : scriptSweep(cells);
}
