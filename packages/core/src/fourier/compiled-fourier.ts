/** The loops of {@link scriptPlan}, compiled by set-up: one call for all of a transform. */
import {CompiledModule} from "../compiled-module";
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

/** The loops; in JavaScript, a plan holds them. */
export const fourierModule = new CompiledModule<FourierModule>(
  "fourier",
  {combine: (re, im, start, count, n) => scriptPlan(n).combine(re, im, start, count)},
  (module) =>
    [1, 8, 16, 9, 60].flatMap((n) => {
      const count = 9; // more than the processor's vectors hold, and not a multiple of them
      const [re, im] = [0, 1].map((phase) => Float64Array.from({length: n * count}, (_, i) => Math.sin(phase + i * i)));
      compiledCombine(module, n)(re, im, 0, count);
      return [...re, ...im];
    }),
);
