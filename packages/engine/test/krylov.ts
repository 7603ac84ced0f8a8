import {tf} from "../src/backend";
import {normal} from "./gradients";

/** Systems [B, D, D] with right-hand sides [B, D] and their exact solutions. */
export function systems(batch: number, size: number, symmetric: boolean) {
  return tf.tidy(() => {
    const root = normal([batch, size, size], 1);
    const matrix = symmetric
      ? tf.matMul(root, root, false, true).div(size).add(tf.eye(size))
      : root.mul(0.3).add(tf.eye(size).mul(2));
    const solution = normal([batch, size], 2);
    const times = (v: tf.Tensor) => tf.matMul(matrix, v.reshape([batch, size, 1])).reshape([batch, size]);
    return {matrix, solution, right: times(solution)};
  });
}

/** The product with matrices [B, D, D]. */
export const product = (matrix: tf.Tensor) => (v: tf.Tensor) =>
  tf.matMul(matrix, v.reshape([...v.shape, 1])).reshape(v.shape);
