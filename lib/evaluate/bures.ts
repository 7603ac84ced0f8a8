/**
 * Are latent states of similar flows near each other? (paper, Tables 16 and 17)
 *
 * The Bures-Wasserstein distance is the 2-Wasserstein distance between Gaussians,
 *
 * $$ d^2 = \|m_1 - m_2\|^2
 *   + \operatorname{tr}\big(C_1 + C_2 - 2 (C_1^{1/2} C_2 C_1^{1/2})^{1/2}\big), $$
 *
 * here between those with the means and covariances of samples. Singular covariances (fewer samples than dimensions) are
 * fine. A distance that should be 0 is about $10^{-8}$ times the deviations, because rounding passes through the root.
 */
import {EigenvalueDecomposition, Matrix} from "ml-matrix";
import {arrayOf, having, row, rowOf, checkOptions} from "@lola-ts/core";
import {dense, type FieldArray} from "./fields";

/** A Gaussian in $d$ dimensions. */
export interface Gaussian {
  /** $m$, $d$ numbers. */
  readonly mean: ArrayLike<number>;
  /** $C$, $d \times d$ numbers, row-major, symmetric. */
  readonly covariance: ArrayLike<number>;
}

/**
 * Fit a Gaussian to samples: their mean and their unbiased covariance (division by $n - 1$).
 *
 * @param samples [n, d].
 * @throws RangeError unless there are two axes and at least two samples.
 */
export function fitGaussian(samples: FieldArray): Gaussian {
  const {data, shape} = dense(samples, "fitGaussian: samples", arrayOf("n, d"));
  const [n, d] = shape;
  if (n < 2) throw new RangeError(`fitGaussian: expected samples [n, d] with n of at least 2, found [${shape}].`);
  const mean = new Float64Array(d);
  for (let i = 0; i < n * d; i++) mean[i % d] += data[i] / n;
  const covariance = new Float64Array(d * d);
  const centred = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < d; j++) centred[j] = data[i * d + j] - mean[j];
    for (let j = 0; j < d; j++) {
      for (let k = 0; k < d; k++) covariance[j * d + k] += (centred[j] * centred[k]) / (n - 1);
    }
  }
  return {mean, covariance};
}

/**
 * Compute the correlations of a Gaussian's components; a component that does not vary has correlations of 0.
 *
 * @returns d rows of d numbers, with a diagonal of 1.
 * @throws RangeError if the covariance has another size than the mean asks for.
 * @example const rows = correlationMatrix(fitGaussian(tokens)); // tokens: [n, d]
 */
export function correlationMatrix(one: Gaussian): number[][] {
  checkGaussian("correlationMatrix", one, "gaussian");
  const {length: d} = one.mean;
  const deviations = Array.from({length: d}, (_, i) => Math.sqrt(one.covariance[i * d + i]));
  return deviations.map((a, i) =>
    deviations.map((b, j) => (i === j ? 1 : a * b === 0 ? 0 : one.covariance[i * d + j] / (a * b))),
  );
}

/**
 * Count the directions in which a Gaussian varies by its participation ratio $(\operatorname{tr} C)^2 / \operatorname{tr} C^2$:
 * $d$ if all components vary equally and independently, 1 if all vary together.
 *
 * @throws RangeError if the covariance has another size than the mean asks for.
 */
export function participationRatio(one: Gaussian): number {
  checkGaussian("participationRatio", one, "gaussian");
  const {length: d} = one.mean;
  const trace = Array.from({length: d}, (_, i) => one.covariance[i * d + i]).reduce((sum, value) => sum + value, 0);
  return trace ** 2 / Array.from(one.covariance).reduce((sum, value) => sum + value ** 2, 0);
}

/**
 * Compute the Bures-Wasserstein distance between two Gaussians.
 *
 * @throws RangeError if their dimensions differ, or a covariance has another size or a number that is not finite.
 */
export function buresWasserstein(a: Gaussian, b: Gaussian): number {
  checkGaussian("buresWasserstein", a, "a");
  checkGaussian("buresWasserstein", b, "b");
  return between(a, b, covarianceRoot(a));
}

/**
 * Compute the distances between all pairs of Gaussians: a symmetric matrix with a diagonal of 0.
 *
 * @example buresMatrix(groups.map(fitGaussian)) // groups: latent tokens [n, d] by Rayleigh number
 * @throws RangeError as {@link buresWasserstein}.
 */
export function buresMatrix(gaussians: readonly Gaussian[]): number[][] {
  checkOptions("buresMatrix", having("a list of Gaussians", "forEach"), gaussians, "gaussians");
  gaussians.forEach((one, i) => checkGaussian("buresMatrix", one, `gaussians.${i}`));
  const matrix = gaussians.map(() => gaussians.map(() => 0));
  gaussians.forEach((a, i) => {
    const root = covarianceRoot(a);
    for (let j = i + 1; j < gaussians.length; j++) matrix[i][j] = matrix[j][i] = between(a, gaussians[j], root);
  });
  return matrix;
}

const gaussian = having("a Gaussian {mean, covariance}", "mean", "covariance");

function checkGaussian(where: string, one: Gaussian, name: string): void {
  checkOptions(where, gaussian, one, name);
  checkOptions(where, row, one.mean, `${name}.mean`);
  checkOptions(where, rowOf(one.mean.length ** 2), one.covariance, `${name}.covariance`);
}

function covarianceOf({mean, covariance}: Gaussian): Matrix {
  const d = mean.length;
  const values = Array.from(covariance);
  if (!values.every(Number.isFinite)) throw new RangeError("Gaussian: expected finite numbers, found others.");
  return Matrix.from1DArray(d, d, values);
}

/** $C^{1/2} = V \operatorname{diag}(\sqrt \lambda) V^\top$; eigenvalues that rounding made negative count as 0. */
function covarianceRoot(gaussian: Gaussian): Matrix {
  const {realEigenvalues, eigenvectorMatrix: vectors} = eigen(covarianceOf(gaussian));
  const roots = realEigenvalues.map((value) => Math.sqrt(Math.max(0, value)));
  return vectors.clone().mulRowVector(roots).mmul(vectors.transpose());
}

function eigen(symmetric: Matrix): EigenvalueDecomposition {
  return new EigenvalueDecomposition(symmetric, {assumeSymmetric: true});
}

function between(a: Gaussian, b: Gaussian, root: Matrix): number {
  const d = a.mean.length;
  if (b.mean.length !== d) {
    throw new RangeError(`buresWasserstein: expected Gaussians of one dimension, found ${d} and ${b.mean.length}.`);
  }
  const product = root.mmul(covarianceOf(b)).mmul(root);
  const symmetric = Matrix.add(product, product.transpose()).div(2); // rounding leaves it slightly uneven
  let squared = 0;
  for (let i = 0; i < d; i++) {
    squared += (a.mean[i] - b.mean[i]) ** 2 + a.covariance[i * d + i] + b.covariance[i * d + i];
  }
  for (const value of eigen(symmetric).realEigenvalues) squared -= 2 * Math.sqrt(Math.max(0, value));
  return Math.sqrt(Math.max(0, squared));
}
