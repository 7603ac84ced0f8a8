/**
 * The inner loops of Rayleigh-Bénard convection: compiled by set-up, and in JavaScript, which are the reference of the compiled
 * ones and what runs without them. packages/simulators/native/convection.cc does the same operations in the same order.
 *
 * Functions of height are in parts (see parity.ts), $N + 1 = 2 \cdot$ `half` $+ 1$ numbers for each wavenumber, their real and
 * imaginary parts in arrays of their own. Matrices are stored column by column.
 */
import {CompiledModule} from "@lola-ts/core";
import {multiplyComplex} from "./dense";

/** Write `y`, complex functions of height, from `x` and matrices that act on the even and on the odd part. */
type MatrixLoop = (
  even: Float64Array,
  odd: Float64Array,
  half: number,
  xRe: Float64Array,
  xIm: Float64Array,
  yRe: Float64Array,
  yIm: Float64Array,
) => void;

/**
 * Write the right-hand side `r` of a quantity `q` and its past `p` for the next step: with the weights $c$ in turn, `r` is
 * $c_0 q + c_1 n + c_2 p$ and the new `p` is $c_3 q - n$, where $n$ comes from the other arguments.
 *
 * @param numbers Real and imaginary parts of `q`, `source`, `flux`, `gradient`, `r` and `p` in turn.
 */
export type CombineLoop = (wavenumbers: Float64Array, weights: Float64Array, ...numbers: Float64Array[]) => void;

/** What packages/simulators/native/convection.cc exports. */
export interface ConvectionLoops {
  /** Multiply by one matrix per wavenumber and part, which keeps the parts apart. */
  readonly applyHalves: MatrixLoop;
  /** Multiply by one matrix per part, the same for all wavenumbers, which makes it the other part. */
  readonly differentiate: MatrixLoop;
  /**
   * Leave out polynomials in place, for each part one after the other: a row of `coefficients` yields a polynomial's
   * coefficient, a row of `values` holds its values at the nodes.
   */
  readonly truncate: (
    evenCoefficients: Float64Array,
    evenValues: Float64Array,
    oddCoefficients: Float64Array,
    oddValues: Float64Array,
    half: number,
    re: Float64Array,
    im: Float64Array,
  ) => void;
  /** $n$ is `source` $- \; i k$ `flux` $-$ `gradient`. */
  readonly combineHeat: CombineLoop;
  /** $n$ is $i k$ (`source` $-$ `flux`) $-$ `gradient`; not for the first wavenumber, which has no vorticity. */
  readonly combineSpin: CombineLoop;
  /**
   * Replace the real functions `u`, `w`, `theta`, `omega` on the grid by $u \theta$, $w \theta$, $u \omega$, $w \omega$.
   * `fastest` becomes the largest $|u|$ `along` $+ |w|$ `across` at each height, NaN if one is.
   */
  readonly multiply: (
    u: Float64Array,
    w: Float64Array,
    theta: Float64Array,
    omega: Float64Array,
    along: number,
    across: Float64Array,
    fastest: Float64Array,
  ) => void;
  /** Write the modes of two real functions, `a` and `b`, as rows in a plan's order: the modes of $a + i b$, exchanged. */
  readonly spread: (
    order: Int32Array,
    half: number,
    aRe: Float64Array,
    aIm: Float64Array,
    bRe: Float64Array,
    bIm: Float64Array,
    first: Float64Array,
    second: Float64Array,
  ) => void;
  /** Write rows of the grid in a plan's order. */
  readonly arrange: (
    order: Int32Array,
    first: Float64Array,
    second: Float64Array,
    re: Float64Array,
    im: Float64Array,
  ) => void;
  /** Split the modes of $a + i b$ on `points` points, `re` and `im`, into the modes of the real functions `a` and `b`. */
  readonly collect: (
    points: number,
    half: number,
    re: Float64Array,
    im: Float64Array,
    aRe: Float64Array,
    aIm: Float64Array,
    bRe: Float64Array,
    bIm: Float64Array,
  ) => void;
}

const applyHalves: MatrixLoop = (even, odd, half, xRe, xIm, yRe, yIm) => {
  const e = half + 1;
  const o = half;
  const count = xRe.length / (e + o);
  for (let m = 0, at = 0; m < count; m++, at += e + o) {
    multiplyComplex(even, m * e * e, e, e, xRe, xIm, at, yRe, yIm, at);
    multiplyComplex(odd, m * o * o, o, o, xRe, xIm, at + e, yRe, yIm, at + e);
  }
};

const differentiate: MatrixLoop = (even, odd, half, xRe, xIm, yRe, yIm) => {
  const e = half + 1;
  const o = half;
  const count = xRe.length / (e + o);
  for (let m = 0, at = 0; m < count; m++, at += e + o) {
    multiplyComplex(even, 0, o, e, xRe, xIm, at, yRe, yIm, at + e);
    multiplyComplex(odd, 0, e, o, xRe, xIm, at + e, yRe, yIm, at);
  }
};

const truncate: ConvectionLoops["truncate"] = (
  evenCoefficients,
  evenValues,
  oddCoefficients,
  oddValues,
  half,
  re,
  im,
) => {
  for (let at = 0; at < re.length; at += 2 * half + 1) {
    subtractLast(evenCoefficients, evenValues, half + 1, re, im, at);
    subtractLast(oddCoefficients, oddValues, half, re, im, at + half + 1);
  }
};

function subtractLast(
  coefficients: Float64Array,
  values: Float64Array,
  n: number,
  re: Float64Array,
  im: Float64Array,
  at: number,
): void {
  for (let row = 0; row < coefficients.length; row += n) {
    let sumRe = 0;
    let sumIm = 0;
    for (let j = 0, p = row; j < n; j++, p++) {
      sumRe += coefficients[p] * re[at + j];
      sumIm += coefficients[p] * im[at + j];
    }
    for (let j = 0, p = row; j < n; j++, p++) {
      re[at + j] -= values[p] * sumRe;
      im[at + j] -= values[p] * sumIm;
    }
  }
}

/** Do what a {@link CombineLoop} does for number `m`, given its $n$. */
export function combineOne(
  m: number,
  weights: Float64Array,
  q: Float64Array,
  n: number,
  rhs: Float64Array,
  past: Float64Array,
): void {
  rhs[m] = weights[0] * q[m] + weights[1] * n + weights[2] * past[m];
  past[m] = weights[3] * q[m] - n;
}

const combineHeat: CombineLoop = (wavenumbers, weights, ...numbers) => {
  const [qRe, qIm, sourceRe, sourceIm, fluxRe, fluxIm, gradientRe, gradientIm, rRe, rIm, pRe, pIm] = numbers;
  const size = qRe.length / wavenumbers.length;
  for (let m = 0, p = 0; m < wavenumbers.length; m++) {
    const k = wavenumbers[m];
    for (const end = p + size; p < end; p++) {
      combineOne(p, weights, qRe, sourceRe[p] + k * fluxIm[p] - gradientRe[p], rRe, pRe);
      combineOne(p, weights, qIm, sourceIm[p] - k * fluxRe[p] - gradientIm[p], rIm, pIm);
    }
  }
};

const combineSpin: CombineLoop = (wavenumbers, weights, ...numbers) => {
  const [qRe, qIm, sourceRe, sourceIm, fluxRe, fluxIm, gradientRe, gradientIm, rRe, rIm, pRe, pIm] = numbers;
  const size = qRe.length / wavenumbers.length;
  for (let m = 1, p = size; m < wavenumbers.length; m++) {
    const k = wavenumbers[m];
    for (const end = p + size; p < end; p++) {
      combineOne(p, weights, qRe, k * (fluxIm[p] - sourceIm[p]) - gradientRe[p], rRe, pRe);
      combineOne(p, weights, qIm, k * (sourceRe[p] - fluxRe[p]) - gradientIm[p], rIm, pIm);
    }
  }
};

const multiply: ConvectionLoops["multiply"] = (u, w, theta, omega, along, across, fastest) => {
  const size = across.length;
  fastest.fill(0);
  for (let row = 0; row < u.length; row += size) {
    for (let j = 0, p = row; j < size; j++, p++) {
      const right = u[p];
      const upward = w[p];
      const rate = Math.abs(right) * along + Math.abs(upward) * across[j];
      if (rate > fastest[j] || Number.isNaN(rate)) fastest[j] = rate;
      const heat = theta[p];
      const spin = omega[p];
      u[p] = right * heat;
      w[p] = upward * heat;
      theta[p] = right * spin;
      omega[p] = upward * spin;
    }
  }
};

const spread: ConvectionLoops["spread"] = (order, half, aRe, aIm, bRe, bIm, first, second) => {
  const points = order.length;
  const size = 2 * half + 1;
  const count = aRe.length / size;
  for (let m = count; m <= points - count; m++) {
    first.fill(0, order[m] * size, (order[m] + 1) * size);
    second.fill(0, order[m] * size, (order[m] + 1) * size);
  }
  for (let m = 0; m < count; m++) {
    const plus = order[m] * size;
    const minus = order[m === 0 ? 0 : points - m] * size;
    for (let j = 0, e = m * size, o = e + half + 1; j < half; j++, e++, o++) {
      const q = size - 1 - j;
      // a + i b at k, conj(a) + i conj(b) at -k
      const evenDifference = aRe[e] - bIm[e];
      const evenSum = aRe[e] + bIm[e];
      const oddDifference = aRe[o] - bIm[o];
      const oddSum = aRe[o] + bIm[o];
      first[minus + j] = evenSum + oddSum;
      first[minus + q] = evenSum - oddSum;
      first[plus + j] = evenDifference + oddDifference;
      first[plus + q] = evenDifference - oddDifference;
      const evenCross = bRe[e] + aIm[e];
      const evenTurned = bRe[e] - aIm[e];
      const oddCross = bRe[o] + aIm[o];
      const oddTurned = bRe[o] - aIm[o];
      second[minus + j] = evenTurned + oddTurned;
      second[minus + q] = evenTurned - oddTurned;
      second[plus + j] = evenCross + oddCross;
      second[plus + q] = evenCross - oddCross;
    }
    const middle = m * size + half; // where the odd part vanishes
    first[minus + half] = aRe[middle] + bIm[middle];
    first[plus + half] = aRe[middle] - bIm[middle];
    second[minus + half] = bRe[middle] - aIm[middle];
    second[plus + half] = bRe[middle] + aIm[middle];
  }
};

const arrange: ConvectionLoops["arrange"] = (order, first, second, re, im) => {
  const size = first.length / order.length;
  for (let i = 0, from = 0; i < order.length; i++) {
    for (let p = order[i] * size, end = p + size; p < end; p++, from++) {
      re[p] = first[from];
      im[p] = second[from];
    }
  }
};

const collect: ConvectionLoops["collect"] = (points, half, re, im, aRe, aIm, bRe, bIm) => {
  const size = 2 * half + 1;
  const count = aRe.length / size;
  const scale = 0.25 / points; // halves of sums over k and -k, halves of sums over z and 1 - z
  for (let m = 0; m < count; m++) {
    const plus = m * size;
    const minus = (m === 0 ? 0 : points - m) * size;
    for (let lower = 0, e = plus, o = plus + half + 1; lower <= half; lower++, e++, o++) {
      const upper = size - 1 - lower;
      const aReLow = re[plus + lower] + re[minus + lower];
      const aImLow = im[plus + lower] - im[minus + lower];
      const bReLow = im[plus + lower] + im[minus + lower];
      const bImLow = re[minus + lower] - re[plus + lower];
      const aReHigh = re[plus + upper] + re[minus + upper];
      const aImHigh = im[plus + upper] - im[minus + upper];
      const bReHigh = im[plus + upper] + im[minus + upper];
      const bImHigh = re[minus + upper] - re[plus + upper];
      aRe[e] = (aReLow + aReHigh) * scale;
      aIm[e] = (aImLow + aImHigh) * scale;
      bRe[e] = (bReLow + bReHigh) * scale;
      bIm[e] = (bImLow + bImHigh) * scale;
      if (lower === half) break;
      aRe[o] = (aReLow - aReHigh) * scale;
      aIm[o] = (aImLow - aImHigh) * scale;
      bRe[o] = (bReLow - bReHigh) * scale;
      bIm[o] = (bImLow - bImHigh) * scale;
    }
  }
};

export const scriptLoops: ConvectionLoops = {
  applyHalves,
  differentiate,
  truncate,
  combineHeat,
  combineSpin,
  multiply,
  spread,
  arrange,
  collect,
};

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

export const convectionModule = new CompiledModule("convection", scriptLoops, (loops) =>
  [3, 12, 21].flatMap((half) => runAll(loops, half)),
);
