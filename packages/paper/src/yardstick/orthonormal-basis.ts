/** Orthonormal transforms of states [X, Y(, Z), C], axis by axis: Fourier or Chebyshev modes, and wavelets. */
import {stridesOf, Rng} from "@lola-ts/core";
import {EigenvalueDecomposition, Matrix, QrDecomposition} from "ml-matrix";
import {tf} from "@lola-ts/engine";

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

/** Compute the entropy of counts in bits per symbol, $-\sum p \log_2 p$. */
export function entropy(counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce((sum, count) => (count > 0 ? sum - (count / total) * Math.log2(count / total) : sum), 0);
}

/**
 * Round coefficients to multiples of a step, and compute the length of their code in bits: the entropy of the symbols of each
 * group, and $\tfrac{m - 1}{2} \log_2 N$ for the frequencies of its m different symbols among N (Rissanen, 1978).
 *
 * @param coefficients of all states, one after the other.
 * @param groups group of each coefficient of a state.
 */
export function quantised(
  coefficients: Float32Array,
  groups: readonly number[],
  step: number,
): {values: Float32Array; bits: number} {
  const values = coefficients.map((value) => Math.round(value / step) * step);
  const histograms = new Map<number, Map<number, number>>();
  values.forEach((value, i) => {
    const group = groups[i % groups.length];
    const counts = histograms.get(group) ?? new Map<number, number>();
    histograms.set(group, counts.set(value, (counts.get(value) ?? 0) + 1));
  });
  let bits = 0;
  for (const histogram of histograms.values()) {
    const counts = [...histogram.values()];
    const total = counts.reduce((sum, count) => sum + count, 0);
    bits += total * entropy(counts) + ((counts.length - 1) / 2) * Math.log2(total);
  }
  return {values, bits};
}

/**
 * Count the coefficients that a code may keep where it stores their places, too: m of D places need at most $D \, h(m / D)$
 * bits with the binary entropy h.
 *
 * @param numbers size of the code, in numbers of 32 bits.
 */
export function keptWithPlaces(numbers: number, size: number): number {
  let kept = Math.min(numbers, size);
  while (kept > 0 && kept < size && 32 * kept + size * entropy([kept, size - kept]) > 32 * numbers) kept--;
  return kept;
}

/** Components beyond those that are wanted, and multiplications, which make these more exact. */
const [EXTRA, ITERATIONS] = [16, 4];

/** The mean of states and their orthonormal components. */
interface PrincipalComponents {
  /** [1, D]. */
  readonly mean: tf.Tensor2D;
  /** [n, D], the largest eigenvalue first. */
  readonly components: tf.Tensor2D;
  /** Mean squares of the coefficients. */
  readonly eigenvalues: readonly number[];
}

/** Compute a tensor and read its numbers, outside of `tf.tidy`, which would look for tensors among them, one by one. */
export function numbersOf(compute: () => tf.Tensor): Float32Array {
  const result = tf.tidy(compute);
  const numbers = result.dataSync<"float32">();
  result.dispose();
  return numbers;
}

/**
 * Fit the first n principal components of N > n states [N, D] by subspace iteration on their scalar products. The caller
 * disposes of the tensors.
 */
export function principalComponents(states: Float32Array, size: number, count: number): PrincipalComponents {
  const N = states.length / size;
  const width = Math.min(N, count + EXTRA);
  const random = Rng.from("principal components");
  let eigenvalues: number[] = [];
  const [mean, components] = tf.tidy((): tf.Tensor2D[] => {
    const x = tf.tensor2d(states, [N, size]);
    const centre = x.mean<tf.Tensor2D>(0, true);
    const centred = tf.sub<tf.Tensor2D>(x, centre);
    const products = tf.matMul(centred, centred, false, true);
    const times = (basis: Matrix) => numbersOf(() => tf.matMul(products, tf.tensor2d(basis.to1DArray(), [N, width])));
    let basis = Matrix.from1DArray(
      N,
      width,
      Array.from({length: N * width}, () => random.normal()),
    );
    for (let i = 0; i < ITERATIONS; i++) {
      basis = new QrDecomposition(Matrix.from1DArray(N, width, times(basis))).orthogonalMatrix;
    }
    const small = basis.transpose().mmul(Matrix.from1DArray(N, width, times(basis)));
    const {eigenvectorMatrix, realEigenvalues} = new EigenvalueDecomposition(small, {assumeSymmetric: true});
    const order = [...realEigenvalues.keys()].sort((a, b) => realEigenvalues[b] - realEigenvalues[a]).slice(0, count);
    eigenvalues = order.map((i) => realEigenvalues[i] / N);
    const turned = basis.mmul(eigenvectorMatrix);
    const rows = order.map((i) => turned.getColumn(i).map((value) => value / Math.sqrt(realEigenvalues[i])));
    return [centre, tf.matMul(tf.tensor2d(rows), centred)];
  });
  return {mean, components, eigenvalues};
}
