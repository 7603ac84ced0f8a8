/**
 * The inner loops of Rayleigh-Bénard convection in JavaScript: the reference of the compiled ones, and what runs without them.
 * environment/simulators/convection.cc does the same operations in the same order.
 *
 * Functions of height are in parts (see {@link Parity}), $N + 1 = 2 \cdot$ `half` $+ 1$ numbers for each wavenumber, their real
 * and imaginary parts in arrays of their own. Matrices are stored column by column.
 */
import {multiplyComplex} from "../dense";

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

/** What environment/simulators/convection.cc exports. */
export interface ConvectionLoops {
  /** Multiply by one matrix per wavenumber and part, which keeps the parts apart. */
  readonly applyHalves: MatrixLoop;
  /** Multiply by one matrix per part, the same for all wavenumbers, which makes it the other part. */
  readonly differentiate: MatrixLoop;
  /**
   * Leave out polynomials in place, for each part one after the other: `coefficients` has a row for each polynomial that yields
   * its coefficient, `values` its values at the nodes.
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
  const size = 2 * half + 1;
  for (let at = 0; at < re.length; at += size) {
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

export const scriptLoops: ConvectionLoops = {applyHalves, differentiate, truncate};
