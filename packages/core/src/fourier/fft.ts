/**
 * Discrete Fourier transforms in float64, of any length and over any number of axes:
 *
 * $$ X_k = \sum_{j=0}^{n-1} x_j \, e^{-2 \pi i j k / n}. $$
 *
 * A length that is a power of two takes the algorithm of Cooley and Tukey, two of its halvings at a time (radix 4);
 * factors of 3 and 5 are split off likewise. Any other length becomes a convolution of a length that is a power of
 * two: with $jk = (j^2 + k^2 - (k - j)^2) / 2$ the sum is a chirp convolved with a chirped signal (Bluestein).
 *
 * An axis that is not the last one is transformed for all its neighbours at once: rows are combined instead of numbers,
 * so that memory is read in order and nothing is copied.
 */
import {requireInteger} from "../check";
import {sizeOf} from "../array";
import {scriptPlan, type FourierPlan, anglesOf, factorOf, FIFTHS} from "./radices";
import {CompiledModule} from "../compiled-module";

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
function compiledCombine({combine}: FourierModule, n: number): FourierPlan["combine"] {
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

/**
 * Transform complex signals in place, given by separate real and imaginary parts, without normalisation.
 *
 * @param start index of the first value. Default: 0.
 * @param count number of interleaved signals. Default: 1.
 */
export type FourierTransform = (re: Float64Array, im: Float64Array, start?: number, count?: number) => void;

interface Kept {
  readonly plan: FourierPlan;
  readonly transform: FourierTransform;
}

/** Kept by length, those that use the compiled loops and those that do not. */
const kept = {compiled: new Map<number, Kept>(), script: new Map<number, Kept>()};

function keptOf(n: number): Kept {
  requireInteger("fft", "length", n);
  const all = fourierModule.wanted ? kept.compiled : kept.script;
  let one = all.get(n);
  if (!one) {
    const plan = makePlan(n);
    all.set(n, (one = {plan, transform: ordered(plan)}));
  }
  return one;
}

/**
 * Plan the forward transform of complex signals of length `n`; plans are kept, so a second call is free.
 *
 * @throws RangeError unless `n` is a positive integer.
 */
export function fft(n: number): FourierTransform {
  return keptOf(n).transform;
}

/** Plan the two steps of {@link fft}. @throws RangeError unless `n` is a positive integer. */
export function fourierPlan(n: number): FourierPlan {
  return keptOf(n).plan;
}

function makePlan(n: number): FourierPlan {
  if (!isFast(n)) return {order: Int32Array.from({length: n}, (_, j) => j), combine: bluestein(n)};
  const plan = scriptPlan(n);
  const compiled = fourierModule.wanted;
  return compiled ? {order: plan.order, combine: compiledCombine(compiled, n)} : plan;
}

function ordered({order, combine}: FourierPlan): FourierTransform {
  const moves = order.some((to, from) => to !== from);
  const swaps = order.every((to, from) => order[to] === from);
  return (re, im, start = 0, count = 1) => {
    if (moves) for (const x of [re, im]) (swaps ? exchange : scatter)(x, order, start, count);
    combine(re, im, start, count);
  };
}

/** Bring rows of `count` numbers into an order that exchanges pairs. */
function exchange(x: Float64Array, order: Int32Array, start: number, count: number): void {
  for (let i = 0; i < order.length; i++) {
    if (order[i] <= i) continue;
    let a = start + i * count;
    let b = start + order[i] * count;
    for (const last = a + count; a < last; a++, b++) {
      const swap = x[a];
      x[a] = x[b];
      x[b] = swap;
    }
  }
}

let spare = new Float64Array(0);

/** Bring rows of `count` numbers into any order. */
function scatter(x: Float64Array, order: Int32Array, start: number, count: number): void {
  const size = order.length * count;
  if (spare.length < size) spare = new Float64Array(size);
  for (let a = 0; a < size; a++) spare[a] = x[start + a];
  for (let i = 0, from = 0; i < order.length; i++) {
    const to = start + order[i] * count;
    for (let a = to; a < to + count; a++, from++) x[a] = spare[from];
  }
}

function isFast(n: number): boolean {
  for (const factor of [2, 3, 5]) while (n % factor === 0) n /= factor;
  return n === 1;
}

/** Find the smallest even length >= `n` whose prime factors are 2, 3 and 5. */
export function fastLength(n: number): number {
  let length = Math.max(2, 2 * Math.ceil(n / 2));
  while (!isFast(length)) length += 2;
  return length;
}

/**
 * Transform a complex array of shape `shape` (row-major) in place, over all its axes, without normalisation.
 *
 * @throws RangeError if `re` or `im` does not hold the product of `shape`.
 */
export function fftn(re: Float64Array, im: Float64Array, shape: readonly number[]): void {
  const size = sizeOf(shape);
  if (re.length !== size || im.length !== size) {
    throw new RangeError(`fftn: expected ${size} numbers for shape [${shape}], found ${re.length} and ${im.length}.`);
  }
  let inner = size;
  for (const n of shape) {
    inner /= n;
    if (n === 1) continue;
    const transform = fft(n);
    for (let start = 0; start < size; start += n * inner) transform(re, im, start, inner);
  }
}

function bluestein(n: number): FourierPlan["combine"] {
  const m = 2 ** Math.ceil(Math.log2(2 * n - 1));
  const transform = fft(m);
  // j^2 modulo 2n: the same angle, without the rounding of a large argument
  const angle = Float64Array.from({length: n}, (_, j) => (-Math.PI * ((j * j) % (2 * n))) / n);
  const cos = angle.map(Math.cos);
  const sin = angle.map(Math.sin);

  const kernelRe = new Float64Array(m);
  const kernelIm = new Float64Array(m);
  for (let j = 0; j < n; j++) {
    kernelRe[j] = kernelRe[(m - j) % m] = cos[j] / m; // the 1 / m of the inverse transform
    kernelIm[j] = kernelIm[(m - j) % m] = -sin[j] / m;
  }
  transform(kernelRe, kernelIm);

  const workRe = new Float64Array(m);
  const workIm = new Float64Array(m);
  const line = (re: Float64Array, im: Float64Array, first: number, count: number) => {
    workRe.fill(0);
    workIm.fill(0);
    for (let j = 0, at = first; j < n; j++, at += count) {
      workRe[j] = re[at] * cos[j] - im[at] * sin[j];
      workIm[j] = re[at] * sin[j] + im[at] * cos[j];
    }
    transform(workRe, workIm);
    for (let j = 0; j < m; j++) {
      const product = workRe[j] * kernelRe[j] - workIm[j] * kernelIm[j];
      workIm[j] = workRe[j] * kernelIm[j] + workIm[j] * kernelRe[j];
      workRe[j] = product;
    }
    transform(workIm, workRe); // exchanged parts make the inverse transform
    for (let k = 0, at = first; k < n; k++, at += count) {
      re[at] = workRe[k] * cos[k] - workIm[k] * sin[k];
      im[at] = workRe[k] * sin[k] + workIm[k] * cos[k];
    }
  };
  return (re, im, start, count) => {
    for (let first = start; first < start + count; first++) line(re, im, first, count);
  };
}
