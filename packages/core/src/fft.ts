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
import {requireInteger} from "./check";
import {sizeOf} from "./array";
import {constant, loops} from "./loops";

/** The loop of packages/simulators/native/fourier.cc. */
interface FourierLoops {
  /** @param order Where each row goes first; empty where rows are in their places. */
  readonly fourier: (
    re: Float64Array,
    im: Float64Array,
    count: number,
    n: number,
    order: Int32Array,
    tables: Float64Array,
  ) => void;
}

/**
 * Transform complex signals in place, given by separate real and imaginary parts, without normalisation.
 *
 * @param count number of interleaved signals; arrays may hold several such blocks, one behind the other. Default: 1.
 */
export type FourierTransform = (re: Float64Array, im: Float64Array, count?: number) => void;

/** A transform in two steps, for whoever can write rows right away where the second step expects them. */
export interface FourierPlan {
  /** Row $j$ of the signals goes to row `order[j]`. */
  readonly order: Int32Array;
  /** Cosines and sines of all angles of a length without prime factors other than 2, 3 and 5. */
  readonly tables: Float64Array;
  /** Transform rows that are in this order. */
  readonly combine: FourierTransform;
  /** Take both steps. */
  readonly transform: FourierTransform;
}

const plans = new Map<number, FourierPlan>();

/** Plan the two steps of {@link fft}. @throws RangeError unless `n` is a positive integer. */
export function fourierPlan(n: number): FourierPlan {
  requireInteger("fft", "length", n);
  let plan = plans.get(n);
  if (!plan) plans.set(n, (plan = isFast(n) ? fastPlan(n) : bluestein(n)));
  return plan;
}

/**
 * Plan the forward transform of complex signals of length `n`; plans are kept, so a second call is free.
 *
 * @throws RangeError unless `n` is a positive integer.
 */
export function fft(n: number): FourierTransform {
  return fourierPlan(n).transform;
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
    if (n > 1) fft(n)(re, im, inner);
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

const IN_PLACE = constant(new Int32Array(0));

function fastPlan(n: number): FourierPlan {
  const [order, tables] = [constant(orderOf(n)), constant(tablesOf(n))];
  const {fourier} = loops<FourierLoops>();
  return {
    order,
    tables,
    combine: (re, im, count = 1) => fourier(re, im, count, n, IN_PLACE, tables),
    transform: (re, im, count = 1) => fourier(re, im, count, n, order, tables),
  };
}

const isPowerOfTwo = (n: number) => (n & (n - 1)) === 0;

/** Find the first factor of a length that is not a power of two. */
const factorOf = (n: number) => (n % 5 === 0 ? 5 : 3);

/** Order the rows of a length: bits are reversed, and other factors split signals off, value by value in turn. */
function orderOf(n: number): Int32Array {
  if (isPowerOfTwo(n)) {
    const order = new Int32Array(n);
    for (let i = 1; i < n; i++) order[i] = (order[i >> 1] >> 1) | (i & 1 ? n >> 1 : 0);
    return order;
  }
  const factor = factorOf(n);
  const part = orderOf(n / factor);
  return Int32Array.from({length: n}, (_, j) => (j % factor) * part.length + part[Math.floor(j / factor)]);
}

/** Compute the cosines and sines of $-2 \pi k / n$, then of fifths of a turn, for a length and its factors. */
function tablesOf(n: number): Float64Array {
  const circle = [Math.cos, Math.sin].map((f) => Array.from({length: n}, (_, k) => f((-2 * Math.PI * k) / n)));
  if (isPowerOfTwo(n)) return Float64Array.from(circle.flat());
  const fifths = [Math.cos, Math.sin].flatMap((f) => [1, 2].map((k) => f((2 * Math.PI * k) / 5)));
  const factor = factorOf(n);
  return Float64Array.from([...circle.flat(), ...(factor === 5 ? fifths : []), ...tablesOf(n / factor)]);
}

function bluestein(n: number): FourierPlan {
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

  const lines: FourierTransform = (re, im, count = 1) => {
    const [workRe, workIm] = [new Float64Array(m * count), new Float64Array(m * count)];
    for (let block = 0; block < re.length; block += n * count) {
      workRe.fill(0, n * count);
      workIm.fill(0, n * count);
      for (let j = 0, to = 0; j < n; j++) {
        for (const end = to + count; to < end; to++) {
          const at = block + to;
          workRe[to] = re[at] * cos[j] - im[at] * sin[j];
          workIm[to] = re[at] * sin[j] + im[at] * cos[j];
        }
      }
      transform(workRe, workIm, count);
      for (let j = 0, at = 0; j < m; j++) {
        for (const end = at + count; at < end; at++) {
          const product = workRe[at] * kernelRe[j] - workIm[at] * kernelIm[j];
          workIm[at] = workRe[at] * kernelIm[j] + workIm[at] * kernelRe[j];
          workRe[at] = product;
        }
      }
      transform(workIm, workRe, count); // exchanged parts make the inverse transform
      for (let k = 0, from = 0; k < n; k++) {
        for (const end = from + count; from < end; from++) {
          const at = block + from;
          re[at] = workRe[from] * cos[k] - workIm[from] * sin[k];
          im[at] = workRe[from] * sin[k] + workIm[from] * cos[k];
        }
      }
    }
  };
  const order = Int32Array.from({length: n}, (_, j) => j);
  return {order, tables: new Float64Array(0), combine: lines, transform: lines};
}
