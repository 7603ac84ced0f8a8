/** The loops of {@link scriptPlan}, compiled by set-up: one call for all of a transform. */
import {CompiledModule, haveSameBits} from "../compiled-module";
import {anglesOf, factorOf, FIFTHS, scriptPlan, type FourierPlan} from "./radices";

/** What packages/simulators/native/fourier.cc exports. */
export interface FourierModule {
  readonly combine: (
    re: Float64Array,
    im: Float64Array,
    start: number,
    count: number,
    n: number,
    tables: Float64Array,
  ) => void;
}

/** Compute the angles of a length and of those that it splits into, one behind the other. */
export function tablesOf(n: number): Float64Array {
  const {cos, sin} = anglesOf(n);
  if ((n & (n - 1)) === 0) return Float64Array.of(...cos, ...sin);
  const factor = factorOf(n);
  return Float64Array.of(...cos, ...sin, ...(factor === 5 ? FIFTHS : []), ...tablesOf(n / factor));
}

/** Make the second step of a plan from the module's function. */
export function compiledCombine({combine}: FourierModule, n: number): FourierPlan["combine"] {
  const tables = tablesOf(n);
  return (re, im, start, count) => combine(re, im, start, count, n, tables);
}

/** Tell whether a module yields the bits of the loops in JavaScript. */
export function agrees(module: FourierModule): boolean {
  const count = 9; // more than the processor's vectors hold, and not a multiple of them
  return [1, 8, 16, 9, 60].every((n) => {
    const signal = (phase: number) => Float64Array.from({length: n * count}, (_, i) => Math.sin(phase + i * i));
    const [found, expected] = [compiledCombine(module, n), scriptPlan(n).combine].map((combine) => {
      const [re, im] = [signal(0), signal(1)];
      combine(re, im, 0, count);
      return [...re, ...im];
    });
    return haveSameBits(found, expected);
  });
}

export const fourierModule = new CompiledModule<FourierModule>("fourier", agrees);
