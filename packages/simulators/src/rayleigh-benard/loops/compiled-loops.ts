/** The choice between {@link scriptLoops} and those that set-up compiles: both yield the same bits. */
import {CompiledModule, haveSameBits} from "@lola-ts/core";
import {scriptLoops, type ConvectionLoops} from "./script-loops";

/** A signal without a pattern, some numbers of it zero. */
const signal = (count: number, phase: number): Float64Array =>
  Float64Array.from({length: count}, (_, i) => (i % 11 === 7 ? 0 : Math.sin(phase + i * i)));

/** Run all loops at a degree of 2 `half`, and return all that they write. */
function runAll(loops: ConvectionLoops, half: number): number[] {
  const count = 6; // wavenumbers
  const points = 12;
  const e = half + 1;
  const size = e + half;
  const written: Float64Array[] = [];
  const modes = (phase: number) => signal(count * size, phase);
  const output = (phase = 0, numbers = count * size) => {
    const array = signal(numbers, phase);
    written.push(array);
    return array;
  };
  const [re, im] = [modes(1), modes(2)];
  loops.applyHalves(signal(count * e * e, 3), signal(count * half * half, 4), half, re, im, output(), output());
  loops.differentiate(signal(e * half, 5), signal(e * half, 6), half, re, im, output(), output());
  const [even, odd] = [signal(2 * e, 7), signal(half, 8)];
  loops.truncate(even, signal(2 * e, 9), odd, signal(half, 10), half, output(11), output(12));

  const [a, b, c, d] = [13, 14, 15, 16].map(modes);
  for (const combine of [loops.combineHeat, loops.combineSpin]) {
    const [wavenumbers, weights] = [signal(count, 17), signal(4, 18)];
    combine(wavenumbers, weights, a, b, c, d, re, im, modes(19), modes(20), output(), output(), output(1), output(2));
  }
  const plane = (phase: number) => output(phase, points * size);
  loops.multiply(plane(21), plane(22), plane(23), plane(24), 0.7, signal(size, 25).map(Math.abs), output(0, size));
  const order = Int32Array.from({length: points}, (_, i) => (5 * i) % points);
  loops.spread(order, half, a, b, c, d, plane(0), plane(0));
  const [first, second] = [signal(points * size, 26), signal(points * size, 27)];
  loops.arrange(order, first, second, plane(0), plane(0));
  loops.collect(points, half, first, second, output(), output(), output(), output());
  return written.flatMap((array) => [...array]);
}

/** Tell whether a module yields the bits of the loops in JavaScript. */
export function agrees(module: ConvectionLoops): boolean {
  return [3, 12, 21].every((half) => {
    const [found, expected] = [module, scriptLoops].map((loops) => runAll(loops, half));
    return haveSameBits(found, expected);
  });
}

export const convectionModule = new CompiledModule<ConvectionLoops>("convection", agrees);

/** Take the loops, compiled where they are {@link CompiledModule.wanted}. */
export function convectionLoops(module = convectionModule): ConvectionLoops {
  return module.wanted ?? scriptLoops;
}
