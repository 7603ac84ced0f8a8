/**
 * Discrete Fourier transforms of lengths whose prime factors are 2, 3 and 5, in JavaScript: by Cooley and Tukey, two halvings
 * at a time. packages/simulators/native/fourier.cc does the same operations in the same order.
 */

/** A transform in two steps, for whoever can write rows right away where the second step expects them. */
export interface FourierPlan {
  /** Row $j$ of the signals goes to row `order[j]`. */
  readonly order: Int32Array;
  /** Transform rows that are in this order. */
  readonly combine: (re: Float64Array, im: Float64Array, start: number, count: number) => void;
}

/** Find the factor that is split off a length that is no power of two. */
export function factorOf(n: number): 3 | 5 {
  return n % 5 === 0 ? 5 : 3;
}

/** Compute the cosines and sines of $-2 \pi k / n$. */
export function anglesOf(n: number): {readonly cos: Float64Array; readonly sin: Float64Array} {
  const of = (f: (angle: number) => number) => Float64Array.from({length: n}, (_, k) => f((-2 * Math.PI * k) / n));
  return {cos: of(Math.cos), sin: of(Math.sin)};
}

/** Cosines, then sines, of one and two fifths of a turn. */
export const FIFTHS = [Math.cos, Math.sin].flatMap((f) => [1, 2].map((k) => f((2 * Math.PI * k) / 5)));

/** Plan the transform of a length with no prime factors other than 2, 3 and 5. */
export function scriptPlan(n: number): FourierPlan {
  if ((n & (n - 1)) === 0) return powerOfTwo(n);
  return factorOf(n) === 5 ? split(n, 5, fives) : split(n, 3, threes);
}

function powerOfTwo(n: number): FourierPlan {
  const order = new Int32Array(n); // bits reversed
  for (let i = 1; i < n; i++) order[i] = (order[i >> 1] >> 1) | (i & 1 ? n >> 1 : 0);
  const {cos, sin} = anglesOf(n);
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
  const part = scriptPlan(length);
  const order = Int32Array.from({length: n}, (_, j) => (j % factor) * length + part.order[Math.floor(j / factor)]);
  const {cos, sin} = anglesOf(n);

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
  const [x1, x2, y1, y2] = FIFTHS;
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
