/** The choice between {@link scriptLoops} and those that set-up compiles: both yield the same bits. */
import {CompiledModule} from "../../../core/compiled-module";
import {scriptLoops, type ConvectionLoops} from "./script-loops";

/** A signal without a pattern, some numbers of it zero. */
const signal = (count: number, phase: number): Float64Array =>
  Float64Array.from({length: count}, (_, i) => (i % 11 === 7 ? 0 : Math.sin(phase + i * i)));

/** Run all loops at a degree of 2 `half` with `count` wavenumbers, and return all that they write. */
function runAll(loops: ConvectionLoops, half: number, count: number): number[] {
  const e = half + 1;
  const numbers = count * (e + half);
  const written: Float64Array[] = [];
  const output = (phase = 0) => {
    const array = signal(numbers, phase);
    written.push(array);
    return array;
  };
  const [re, im] = [signal(numbers, 1), signal(numbers, 2)];
  loops.applyHalves(signal(count * e * e, 3), signal(count * half * half, 4), half, re, im, output(), output());
  loops.differentiate(signal(e * half, 5), signal(e * half, 6), half, re, im, output(), output());
  const [even, odd] = [signal(2 * e, 7), signal(half, 8)];
  loops.truncate(even, signal(2 * e, 9), odd, signal(half, 10), half, output(11), output(12));
  return written.flatMap((array) => [...array]);
}

/** Tell whether a module yields the bits of the loops in JavaScript. */
export function agrees(module: ConvectionLoops): boolean {
  return [3, 12, 21].every((half) => {
    const [found, expected] = [module, scriptLoops].map((loops) => runAll(loops, half, 6));
    return found.every((x, i) => Object.is(x, expected[i]));
  });
}

export const convectionModule = new CompiledModule<ConvectionLoops>("convection", agrees);

/** Take the loops, compiled where they are {@link CompiledModule.wanted}. */
export function convectionLoops(module = convectionModule): ConvectionLoops {
  return module.wanted ?? scriptLoops;
}
