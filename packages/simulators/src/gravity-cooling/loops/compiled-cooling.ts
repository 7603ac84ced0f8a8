/** The sub-steps of {@link scriptEvolve}, compiled by set-up: many cells side by side. */
import {CompiledModule, haveSameBits} from "@lola-ts/core";
import {scriptEvolve, type CoolingLaw, type Evolve} from "./script-cooling";

/** What packages/simulators/native/cooling.cc exports. */
export interface CoolingModule {
  readonly evolve: (
    temperatures: Float64Array,
    densities: Float64Array,
    count: number,
    seconds: number,
    gain: number,
    loss: number,
    floor: number,
    change: number,
  ) => number;
}

/** Make the function that evolves cells by a law from the module's. */
export function compiledEvolve({evolve}: CoolingModule, {gain, loss, floor, change}: CoolingLaw): Evolve {
  return (temperatures, densities, count, seconds) =>
    evolve(temperatures, densities, count, seconds, gain, loss, floor, change);
}

/** Tell whether a module yields the bits of the sub-steps in JavaScript, from the minimum temperature to hot gas. */
export function agrees(module: CoolingModule): boolean {
  const law: CoolingLaw = {gain: 2e-12, loss: 2e-11, floor: 5, change: 0.1};
  const count = 300; // more than the module takes side by side
  const densities = Float64Array.from({length: count}, (_, c) => 10 ** (3 * Math.sin(c * c)));
  const start = Float64Array.from({length: count}, (_, c) => 4 * 10 ** ((4 * c) / count));
  return [0, 1e9, 1e12].every((seconds) => {
    const [found, expected] = [compiledEvolve(module, law), scriptEvolve(law)].map((evolve) => {
      const temperatures = start.slice();
      return [evolve(temperatures, densities, count, seconds), ...temperatures];
    });
    return haveSameBits(found, expected);
  });
}

export const coolingModule = new CompiledModule<CoolingModule>("cooling", agrees);

/** Choose the function that evolves cells by a law: compiled where it is {@link CompiledModule.wanted}. */
export function evolveOf(law: CoolingLaw, module = coolingModule): Evolve {
  const compiled = module.wanted;
  return compiled ? compiledEvolve(compiled, law) : scriptEvolve(law);
}
