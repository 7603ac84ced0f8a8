/** Small matrices that act on the axes of tensors. */
import {tf} from "@lola-ts/engine";

/** One tensor per group of parameters, [count, window, rows, columns]. */
export type Grouped = tf.Tensor4D[];

/** Factors of one axis of the parameters of a group: matrices [count, d, d], or diagonals [count, d]. */
export type Factor = tf.Tensor3D | tf.Tensor2D;

/** Factors of the axes of a group; an axis without one stays unchanged. */
export interface GroupFactors {
  readonly window?: tf.Tensor3D;
  readonly rows?: Factor;
  readonly columns?: Factor;
}

/** Apply the factors $Q$ of a group, or $Q^\top$, to every axis: orthogonal $Q^\top$ express a tensor in their bases. */
export function act(factors: GroupFactors, tensor: tf.Tensor4D, transpose = false): tf.Tensor4D {
  const [count, window, rows, columns] = tensor.shape;
  let out: tf.Tensor = tensor;
  if (factors.window) {
    out = tf.matMul(factors.window, out.reshape([count, window, rows * columns]), transpose);
  }
  if (factors.rows) {
    out = isMatrix(factors.rows)
      ? tf.matMul(factors.rows.reshape([count, 1, rows, rows]), out.reshape(tensor.shape), transpose)
      : out.reshape(tensor.shape).mul(factors.rows.reshape([count, 1, rows, 1]));
  }
  if (factors.columns) {
    out = out.reshape([count, window * rows, columns]);
    out = isMatrix(factors.columns)
      ? tf.matMul(out, factors.columns, false, !transpose)
      : out.mul(factors.columns.reshape([count, 1, columns]));
  }
  return out.reshape<tf.Tensor4D>(tensor.shape);
}

/**
 * Compute the Kronecker product of the factors of some axes, [count, n, n], or undefined if no axis has one.
 *
 * @param axes for each axis its factor, or its length if it has none.
 */
export function kroneckerProduct(count: number, axes: readonly (Factor | number)[]): tf.Tensor3D | undefined {
  if (axes.every((axis) => typeof axis === "number")) return undefined;
  return axes
    .map((axis) => asMatrix(axis, count))
    .reduce((a, b) => {
      const m = a.shape[1];
      const n = b.shape[1];
      const both = tf.mul(a.reshape([count, m, 1, m, 1]), b.reshape([count, 1, n, 1, n]));
      return both.reshape<tf.Tensor3D>([count, m * n, m * n]);
    });
}

/** Make identity matrices [count, size, size]. */
export function identities(size: number, count: number): tf.Tensor3D {
  return tf.tile(tf.eye(size).reshape<tf.Tensor3D>([1, size, size]), [count, 1, 1]);
}

const isMatrix = (factor: Factor): factor is tf.Tensor3D => factor.rank === 3;

function asMatrix(axis: Factor | number, count: number): tf.Tensor3D {
  if (typeof axis === "number") return identities(axis, count);
  return isMatrix(axis) ? axis : identities(axis.shape[1], count).mul(axis.reshape([count, 1, axis.shape[1]]));
}
