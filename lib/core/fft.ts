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
import {sizeOf} from "./shape";

/**
 * Transform complex signals in place, given by separate real and imaginary parts, without normalisation.
 *
 * @param start index of the first value. Default: 0.
 * @param count number of interleaved signals. Default: 1.
 */
export type FourierTransform = (re: Float64Array, im: Float64Array, start?: number, count?: number) => void;

/** A transform in two steps, for whoever can write rows right away where the second step expects them. */
export interface FourierPlan {
  /** Row $j$ of the signals goes to row `order[j]`. */
  readonly order: Int32Array;
  /** Transform rows that are in this order. */
  readonly combine: (re: Float64Array, im: Float64Array, start: number, count: number) => void;
}

const plans = new Map<number, FourierPlan>();
const transforms = new Map<number, FourierTransform>();

/**
 * Plan the forward transform of complex signals of length `n`; plans are kept, so a second call is free.
 *
 * @throws RangeError unless `n` is a positive integer.
 */
export function fft(n: number): FourierTransform {
  let transform = transforms.get(n);
  if (!transform) transforms.set(n, (transform = ordered(fourierPlan(n))));
  return transform;
}

/**
 * Plan the two steps of {@link fft}.
 *
 * @throws RangeError unless `n` is a positive integer.
 */
export function fourierPlan(n: number): FourierPlan {
  requireInteger("fft", "length", n);
  let plan = plans.get(n);
  if (!plan) plans.set(n, (plan = makePlan(n)));
  return plan;
}

function makePlan(n: number): FourierPlan {
  if ((n & (n - 1)) === 0) return radix4(n);
  if (isFast(n)) return n % 5 === 0 ? split(n, 5, fives) : split(n, 3, threes);
  return {order: Int32Array.from({length: n}, (_, j) => j), combine: bluestein(n)};
}

/** Bring rows into order first. */
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

/** Check if a length has no prime factors other than 2, 3 and 5. */
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

function radix4(n: number): FourierPlan {
  const order = new Int32Array(n); // bits reversed
  for (let i = 1; i < n; i++) order[i] = (order[i >> 1] >> 1) | (i & 1 ? n >> 1 : 0);
  const cos = Float64Array.from({length: n}, (_, k) => Math.cos((-2 * Math.PI * k) / n));
  const sin = Float64Array.from({length: n}, (_, k) => Math.sin((-2 * Math.PI * k) / n));
  const odd = Math.log2(n) % 2 === 1;

  const combine: FourierPlan["combine"] = (re, im, start, count) => {
    const end = start + n * count;
    if (odd) halve(re, im, start, end, count);
    for (let quarter = odd ? 2 : 1; quarter < n; quarter *= 4) quarters(re, im, start, end, quarter, count, cos, sin);
  };
  return {order, combine};
}

/** The first halving, sums and differences of neighbouring rows. */
function halve(re: Float64Array, im: Float64Array, start: number, end: number, count: number): void {
  for (let row = start; row < end; row += 2 * count) {
    for (let a = row, b = row + count; a < row + count; a++, b++) {
      const x = re[b];
      const y = im[b];
      re[b] = re[a] - x;
      im[b] = im[a] - y;
      re[a] += x;
      im[a] += y;
    }
  }
}

/**
 * Two halvings at once: groups of four signals of `quarter` rows each become one of four times the length. At frequency
 * $k$, with $w = e^{-2 \pi i k / 4q}$, the second signal is turned by $w^2$, the third by $w$, the fourth by $w^3$.
 */
function quarters(
  re: Float64Array,
  im: Float64Array,
  start: number,
  end: number,
  quarter: number,
  count: number,
  cos: Float64Array,
  sin: Float64Array,
): void {
  const width = quarter * count;
  const step = cos.length / (4 * quarter);
  for (let group = start; group < end; group += 4 * width) {
    turnless(re, im, group, width, count);
    for (let k = 1, t = step; k < quarter; k++, t += step) {
      const c1 = cos[t];
      const s1 = sin[t];
      const c2 = cos[2 * t];
      const s2 = sin[2 * t];
      const c3 = cos[3 * t];
      const s3 = sin[3 * t];
      const row = group + k * count;
      for (let a = row; a < row + count; a++) {
        const b = a + width;
        const c = b + width;
        const d = c + width;
        const bRe = re[b] * c2 - im[b] * s2;
        const bIm = re[b] * s2 + im[b] * c2;
        const cRe = re[c] * c1 - im[c] * s1;
        const cIm = re[c] * s1 + im[c] * c1;
        const dRe = re[d] * c3 - im[d] * s3;
        const dIm = re[d] * s3 + im[d] * c3;
        const sumRe = re[a] + bRe;
        const sumIm = im[a] + bIm;
        const differenceRe = re[a] - bRe;
        const differenceIm = im[a] - bIm;
        re[a] = sumRe + (cRe + dRe);
        im[a] = sumIm + (cIm + dIm);
        re[c] = sumRe - (cRe + dRe);
        im[c] = sumIm - (cIm + dIm);
        re[b] = differenceRe + (cIm - dIm); // -i (c - d)
        im[b] = differenceIm - (cRe - dRe);
        re[d] = differenceRe - (cIm - dIm);
        im[d] = differenceIm + (cRe - dRe);
      }
    }
  }
}

/** The same at frequency 0, where nothing is turned. */
function turnless(re: Float64Array, im: Float64Array, row: number, width: number, count: number): void {
  for (let a = row; a < row + count; a++) {
    const b = a + width;
    const c = b + width;
    const d = c + width;
    const sumRe = re[a] + re[b];
    const sumIm = im[a] + im[b];
    const differenceRe = re[a] - re[b];
    const differenceIm = im[a] - im[b];
    const otherRe = re[c] + re[d];
    const otherIm = im[c] + im[d];
    const acrossRe = re[c] - re[d];
    const acrossIm = im[c] - im[d];
    re[a] = sumRe + otherRe;
    im[a] = sumIm + otherIm;
    re[c] = sumRe - otherRe;
    im[c] = sumIm - otherIm;
    re[b] = differenceRe + acrossIm; // -i (c - d)
    im[b] = differenceIm - acrossRe;
    re[d] = differenceRe - acrossIm;
    im[d] = differenceIm + acrossRe;
  }
}

/** Combine transforms of `part` rows each, one behind the other, into the transform of the signal that they came from. */
type Combine = (
  re: Float64Array,
  im: Float64Array,
  start: number,
  part: number,
  count: number,
  cos: Float64Array,
  sin: Float64Array,
) => void;

/** Split a length into `factor` signals, value by value in turn. */
function split(n: number, factor: number, combineParts: Combine): FourierPlan {
  const length = n / factor;
  const part = fourierPlan(length);
  const order = Int32Array.from({length: n}, (_, j) => (j % factor) * length + part.order[Math.floor(j / factor)]);
  const cos = Float64Array.from({length: n}, (_, k) => Math.cos((-2 * Math.PI * k) / n));
  const sin = Float64Array.from({length: n}, (_, k) => Math.sin((-2 * Math.PI * k) / n));

  const combine: FourierPlan["combine"] = (re, im, start, count) => {
    for (let p = 0; p < factor; p++) part.combine(re, im, start + p * length * count, count);
    combineParts(re, im, start, length, count, cos, sin);
  };
  return {order, combine};
}

/** Three signals become one: a discrete transform of length 3 at each frequency, after turning them as in `quarters`. */
const threes: Combine = (re, im, start, part, count, cos, sin) => {
  const width = part * count;
  const height = Math.sqrt(3) / 2;
  for (let k = 0; k < part; k++) {
    const c1 = cos[k];
    const s1 = sin[k];
    const c2 = cos[2 * k];
    const s2 = sin[2 * k];
    const row = start + k * count;
    for (let a = row; a < row + count; a++) {
      const b = a + width;
      const c = b + width;
      const bRe = re[b] * c1 - im[b] * s1;
      const bIm = re[b] * s1 + im[b] * c1;
      const cRe = re[c] * c2 - im[c] * s2;
      const cIm = re[c] * s2 + im[c] * c2;
      const middleRe = re[a] - 0.5 * (bRe + cRe);
      const middleIm = im[a] - 0.5 * (bIm + cIm);
      const acrossRe = height * (bIm - cIm); // -i (b - c)
      const acrossIm = -height * (bRe - cRe);
      re[a] += bRe + cRe;
      im[a] += bIm + cIm;
      re[b] = middleRe + acrossRe;
      im[b] = middleIm + acrossIm;
      re[c] = middleRe - acrossRe;
      im[c] = middleIm - acrossIm;
    }
  }
};

/** Five signals become one; the second and fifth, and the third and fourth, share their products. */
const fives: Combine = (re, im, start, part, count, cos, sin) => {
  const width = part * count;
  const [x1, x2] = [1, 2].map((k) => Math.cos((2 * Math.PI * k) / 5));
  const [y1, y2] = [1, 2].map((k) => Math.sin((2 * Math.PI * k) / 5));
  for (let k = 0; k < part; k++) {
    const c1 = cos[k];
    const c2 = cos[2 * k];
    const c3 = cos[3 * k];
    const c4 = cos[4 * k];
    const s1 = sin[k];
    const s2 = sin[2 * k];
    const s3 = sin[3 * k];
    const s4 = sin[4 * k];
    const row = start + k * count;
    for (let a = row; a < row + count; a++) {
      const b = a + width;
      const c = b + width;
      const d = c + width;
      const e = d + width;
      const bRe = re[b] * c1 - im[b] * s1;
      const bIm = re[b] * s1 + im[b] * c1;
      const cRe = re[c] * c2 - im[c] * s2;
      const cIm = re[c] * s2 + im[c] * c2;
      const dRe = re[d] * c3 - im[d] * s3;
      const dIm = re[d] * s3 + im[d] * c3;
      const eRe = re[e] * c4 - im[e] * s4;
      const eIm = re[e] * s4 + im[e] * c4;
      const outerRe = re[a] + x1 * (bRe + eRe) + x2 * (cRe + dRe);
      const outerIm = im[a] + x1 * (bIm + eIm) + x2 * (cIm + dIm);
      const innerRe = re[a] + x2 * (bRe + eRe) + x1 * (cRe + dRe);
      const innerIm = im[a] + x2 * (bIm + eIm) + x1 * (cIm + dIm);
      const turnRe = y1 * (bIm - eIm) + y2 * (cIm - dIm); // -i (y1 (b - e) + y2 (c - d))
      const turnIm = -y1 * (bRe - eRe) - y2 * (cRe - dRe);
      const crossRe = y2 * (bIm - eIm) - y1 * (cIm - dIm);
      const crossIm = -y2 * (bRe - eRe) + y1 * (cRe - dRe);
      re[a] += bRe + eRe + cRe + dRe;
      im[a] += bIm + eIm + cIm + dIm;
      re[b] = outerRe + turnRe;
      im[b] = outerIm + turnIm;
      re[e] = outerRe - turnRe;
      im[e] = outerIm - turnIm;
      re[c] = innerRe + crossRe;
      im[c] = innerIm + crossIm;
      re[d] = innerRe - crossRe;
      im[d] = innerIm - crossIm;
    }
  }
};

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
