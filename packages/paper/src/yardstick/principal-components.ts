/** Principal components: of all linear codes of so many numbers the one with the smallest error on its data. */
import {EigenvalueDecomposition, Matrix, QrDecomposition} from "ml-matrix";
import {Rng} from "@lola-ts/core";
import {tf} from "@lola-ts/engine";

/** Components beyond those that are wanted, and multiplications, which make these more exact. */
const [EXTRA, ITERATIONS] = [16, 4];

/** The mean of states and their orthonormal components. */
export interface PrincipalComponents {
  /** [1, D]. */
  readonly mean: tf.Tensor2D;
  /** [n, D], the largest eigenvalue first. */
  readonly components: tf.Tensor2D;
  /** Mean squares of the coefficients. */
  readonly eigenvalues: readonly number[];
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
    const times = (basis: Matrix) =>
      tf.tidy(() => tf.matMul(products, tf.tensor2d(basis.to1DArray(), [N, width])).dataSync<"float32">());
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
