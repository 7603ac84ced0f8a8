/** How likely chance alone makes a mean as far from 0: Student's and Fisher's distributions, sign flips, and many tests at once. */
import {checkOptions, number, Rng} from "@lola-ts/core";

/**
 * Compute the two-sided p-value $P(|T| \ge |t|)$ of Student's t distribution.
 *
 * @param freedom degrees of freedom ν, also between whole numbers; NaN is returned for less than 1.
 */
export function studentP(t: number, freedom: number): number {
  return fisherP(t * t, 1, freedom);
}

/**
 * Compute the p-value $P(F \ge f)$ of Fisher's distribution. With $\varphi = \arctan \sqrt{\nu_2 / (\nu_1 f)}$ it is
 *
 * $$ \int_0^\varphi \sin^{\nu_2 - 1} u \cos^{\nu_1 - 1} u \, du \Big/ \int_0^{\pi/2} \sin^{\nu_2 - 1} u \cos^{\nu_1 - 1} u \, du, $$
 *
 * so that small p-values keep their digits.
 *
 * @param above degrees of freedom ν₁ of the numerator, at least 1.
 * @param below degrees of freedom ν₂ of the denominator; NaN is returned for less than 1.
 */
export function fisherP(f: number, above: number, below: number): number {
  if (Number.isNaN(f) || !(above >= 1 && below >= 1)) return NaN;
  if (f <= 0) return 1;
  const angle = Math.atan(Math.sqrt(below / (above * f)));
  return sineCosine(angle, below - 1, above - 1) / sineCosine(Math.PI / 2, below - 1, above - 1);
}

/** Places between 0 and 1 and weights of the tanh-sinh rule. */
const NODES = Array.from({length: 321}, (_, i) => {
  const step = 1 / 32;
  const x = i * step - 5;
  const e = Math.exp(-Math.PI * Math.sinh(x));
  const place = 1 / (1 + e);
  return {place, weight: step * Math.PI * Math.cosh(x) * e * place * place};
});

/** Integrate $\sin^a u \cos^b u$ from 0 to an angle. */
function sineCosine(angle: number, a: number, b: number): number {
  let sum = 0;
  for (const {place, weight} of NODES) {
    sum += Math.sin(angle * place) ** a * Math.max(0, Math.cos(angle * place)) ** b * weight;
  }
  return angle * sum;
}

/**
 * Compute the $t$ that Student's distribution exceeds on either side with probability `p`, by bisection; NaN below 1 degree.
 *
 * @throws RangeError unless p is above 0 and up to 1.
 */
export function studentQuantile(p: number, freedom: number): number {
  checkOptions("studentQuantile", number({above: 0, max: 1}), p, "p");
  if (!(freedom >= 1)) return NaN;
  let [low, high] = [0, 1];
  while (studentP(high, freedom) > p) high *= 2;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (studentP(middle, freedom) > p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Samples up to which every choice of signs is counted: twice 2²⁰ sums. */
const COUNTED = 40;

/** Choices of signs that are drawn for more samples. */
const DRAWS = 100_000;

/**
 * Compute the two-sided p-value of the sign-flip test: the share of all $2^n$ choices of signs whose sum $|\sum_i \pm x_i|$ is at
 * least $|\sum_i x_i|$. It assumes no more than that differences are as likely to have either sign. Up to 40 samples it is exact:
 * a choice counts if the samples that change their sign are small enough together, and the sizes of the subsets of both halves,
 * in order, are counted against each other. For more it is estimated from 100 000 choices.
 *
 * Fisher, The Design of Experiments (1935), section 21.
 */
export function signFlipP(samples: readonly number[]): number {
  if (samples.length === 0 || samples.some(Number.isNaN)) return NaN;
  const size = samples.reduce((sum, one) => sum + Math.abs(one), 0);
  const least = Math.abs(samples.reduce((a, b) => a + b, 0)) - 1e-12 * size; // sums in other orders are equal, too
  if (least <= 0) return 1;
  const smallest = Math.min(...samples.map(Math.abs));
  const isOneSided = least >= (1 - 2e-12) * size && smallest > 1e-12 * size;
  if (isOneSided) return 2 ** (1 - samples.length); // all samples have one sign: any flip makes the sum smaller
  if (samples.length > COUNTED) return drawnShare(samples, least);
  const most = (size - least) / 2; // the sum is large enough if samples of no more than this size change their sign
  const half = samples.length >> 1;
  const [a, b] = [sizesOfSubsets(samples.slice(0, half), most), sizesOfSubsets(samples.slice(half), most)];
  let count = 0;
  for (let i = 0, fitting = b.length; i < a.length; i++) {
    while (fitting > 0 && a[i] + b[fitting - 1] > most) fitting--;
    count += fitting;
  }
  return (2 * count) / 2 ** samples.length;
}

/** List the sizes of all subsets of samples up to a size, in ascending order: each sample merges those without and with it. */
function sizesOfSubsets(samples: readonly number[], most: number): Float64Array {
  let sizes = new Float64Array(1);
  for (const sample of samples) {
    const merged = new Float64Array(2 * sizes.length);
    let count = 0;
    for (let without = 0, within = 0; within < sizes.length; count++) {
      const added = sizes[within] + Math.abs(sample);
      const isAdded = without === sizes.length || added < sizes[without];
      const size = isAdded ? added : sizes[without];
      if (size > most) break;
      merged[count] = size;
      if (isAdded) within++;
      else without++;
    }
    sizes = merged.subarray(0, count);
  }
  return sizes;
}

/** Choices of signs that were drawn last, a bit a sample: many tests have as many samples. */
let drawn = {length: 0, positive: new Uint32Array()};

function drawnSigns(length: number): Uint32Array {
  if (drawn.length === length) return drawn.positive;
  const words = Math.ceil(length / 32);
  const positive = new Uint32Array(DRAWS * words);
  const rng = Rng.from("sign flips", length);
  for (let draw = 0; draw < DRAWS; draw++) {
    for (let i = 0; i < length; i++) if (rng.uniform() < 0.5) positive[draw * words + (i >> 5)] |= 1 << (i & 31);
  }
  drawn = {length, positive};
  return positive;
}

function drawnShare(samples: readonly number[], least: number): number {
  const positive = drawnSigns(samples.length);
  const words = positive.length / DRAWS;
  let count = 1; // the signs that were observed
  for (let draw = 0; draw < DRAWS; draw++) {
    let sum = 0;
    for (let i = 0; i < samples.length; i++) {
      const bit = (positive[draw * words + (i >> 5)] >>> (i & 31)) & 1;
      sum += (2 * bit - 1) * samples[i];
    }
    if (Math.abs(sum) >= least) count++;
  }
  return count / (DRAWS + 1);
}

/**
 * Correct p-values for the number of tests by Holm's method (1979): sorted, the i-th smallest of m is multiplied by
 * $m - i + 1$, and none is smaller than one before it. If every hypothesis is true, the chance that any corrected value is
 * below a level is at most that level, however the tests depend on each other.
 *
 * @param p values of the tests; those that are NaN are left as they are and do not count.
 * @returns corrected values, at most 1, in the order of the tests.
 */
export function holm(p: readonly number[]): number[] {
  const order = p.flatMap((value, i) => (Number.isNaN(value) ? [] : [i])).sort((a, b) => p[a] - p[b]);
  const corrected = [...p];
  let largest = 0;
  order.forEach((test, rank) => {
    largest = Math.max(largest, Math.min(1, p[test] * (order.length - rank)));
    corrected[test] = largest;
  });
  return corrected;
}
