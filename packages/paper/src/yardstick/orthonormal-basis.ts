/** Orthonormal transforms of states [X, Y(, Z), C], axis by axis: Fourier or Chebyshev modes, and wavelets. */
import {stridesOf} from "@lola-ts/core";

/** A matrix [n, n], row-major, and the lines of n values that it is applied to. */
interface Step {
  readonly matrix: Float64Array;
  readonly size: number;
  readonly stride: number;
  readonly starts: readonly number[];
}

export interface OrthonormalBasis {
  /** Group of each coefficient, from coarse to fine; the coefficients of a group are coded alike. */
  readonly groups: readonly number[];
  /** Squared wavenumber of each coefficient, or its level from the finest on, negative. */
  readonly fineness: readonly number[];
  /** Expand a state, or sum an expansion. */
  readonly transform: (values: ArrayLike<number>, direction: "forward" | "inverse") => Float64Array;
}

/**
 * Make the basis of real Fourier modes along periodic axes and of cosines along others, which on Chebyshev-Gauss nodes are
 * Chebyshev polynomials; coefficients are grouped by field and rings of $|k|$.
 */
export function fourierBasis(shape: readonly number[], periodic: readonly boolean[]): OrthonormalBasis {
  const grid = shape.slice(0, -1);
  const steps = grid.map((n, axis) => stepOf(shape, shape, axis, periodic[axis] ? waves(n) : cosines(n)));
  const fineness = indices(shape).map((index) =>
    grid.reduce((sum, n, axis) => sum + ((periodic[axis] ? Math.ceil(index[axis] / 2) : index[axis] / 2) / n) ** 2, 0),
  );
  const channels = shape[shape.length - 1];
  const ring = (square: number) => Math.round(Math.sqrt(square) * Math.min(...grid));
  const groups = fineness.map((square, i) => ring(square) * channels + (i % channels));
  return {groups, fineness, transform: transformOf(steps)};
}

/**
 * Make the wavelet basis of Mallat's pyramid: Daubechies' wavelets of four coefficients along periodic axes, Haar's along
 * others; coefficients are grouped by field and level.
 */
export function waveletBasis(shape: readonly number[], periodic: readonly boolean[]): OrthonormalBasis {
  const channels = shape[shape.length - 1];
  const steps: Step[] = [];
  const limits = [...shape];
  const levels = indices(shape).map(() => 0);
  while (limits.every((n, axis) => axis === periodic.length || (n % 2 === 0 && n >= 4))) {
    periodic.forEach((isPeriodic, axis) =>
      steps.push(stepOf(shape, limits, axis, pairs(limits[axis], isPeriodic ? DAUBECHIES : HAAR))),
    );
    periodic.forEach((_, axis) => (limits[axis] /= 2));
    for (const place of placesIn(shape, limits)) levels[place]++;
  }
  const groups = levels.map((level, i) => level * channels + (i % channels));
  return {groups, fineness: levels.map((level) => -level), transform: transformOf(steps)};
}

const root = Math.sqrt(3);
const DAUBECHIES = [1 + root, 3 + root, 3 - root, 1 - root].map((value) => value / Math.sqrt(32));
const HAAR = [Math.SQRT1_2, Math.SQRT1_2];

/** One level of wavelets: rows of sums, then rows of details. */
function pairs(n: number, filter: readonly number[]): Float64Array {
  const matrix = new Float64Array(n * n);
  for (let row = 0; row < n / 2; row++) {
    filter.forEach((value, j) => {
      const column = (2 * row + j) % n;
      matrix[row * n + column] += value;
      matrix[(row + n / 2) * n + column] += (j % 2 === 0 ? 1 : -1) * filter[filter.length - 1 - j];
    });
  }
  return matrix;
}

const matrixOf = (n: number, entry: (row: number, x: number) => number) =>
  Float64Array.from({length: n * n}, (_, i) => entry(Math.floor(i / n), i % n) / Math.sqrt(n));

/** Real Fourier modes: 1, then cosine and sine of each wavenumber. */
const waves = (n: number) =>
  matrixOf(n, (row, x) => {
    const angle = (2 * Math.PI * Math.ceil(row / 2) * x) / n;
    const weight = row === 0 || 2 * Math.ceil(row / 2) === n ? 1 : Math.SQRT2;
    return weight * (row % 2 === 1 || row === 0 ? Math.cos(angle) : Math.sin(angle));
  });

const cosines = (n: number) =>
  matrixOf(n, (row, x) => (row === 0 ? 1 : Math.SQRT2) * Math.cos((Math.PI * row * (x + 0.5)) / n));

/** List the indices of all entries of an array. */
const indices = (shape: readonly number[]) =>
  shape.reduce<number[][]>((all, n) => all.flatMap((one) => Array.from({length: n}, (_, i) => [...one, i])), [[]]);

/** List the places of the entries whose indices are below limits. */
function placesIn(shape: readonly number[], limits: readonly number[]): number[] {
  const strides = stridesOf(shape);
  return indices(limits).map((index) => index.reduce((at, i, axis) => at + i * strides[axis], 0));
}

function stepOf(shape: readonly number[], limits: readonly number[], axis: number, matrix: Float64Array): Step {
  const starts = placesIn(shape, limits.map((limit, i) => (i === axis ? 1 : limit))); // prettier-ignore
  return {matrix, size: limits[axis], stride: stridesOf(shape)[axis], starts};
}

function transformOf(steps: readonly Step[]): OrthonormalBasis["transform"] {
  return (from, direction) => {
    const isForward = direction === "forward";
    const values = Float64Array.from(from);
    for (const {matrix, size, stride, starts} of isForward ? steps : [...steps].reverse()) {
      const line = new Float64Array(size);
      const [down, across] = isForward ? [size, 1] : [1, size];
      for (const start of starts) {
        for (let i = 0; i < size; i++) line[i] = values[start + i * stride];
        for (let row = 0; row < size; row++) {
          let sum = 0;
          for (let i = 0; i < size; i++) sum += matrix[row * down + i * across] * line[i];
          values[start + row * stride] = sum;
        }
      }
    }
    return values;
  };
}
