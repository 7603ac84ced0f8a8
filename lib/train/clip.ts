/**
 * What keeps a training step sane: the norm of the gradient is limited, and a step whose gradient is not finite changes
 * nothing.
 */
import {attr, rawOp, tf} from "../tensor/backend";

/** Compute the norm of a gradient, $\lVert g \rVert_2$. */
export function globalNorm(gradient: tf.Tensor1D): tf.Scalar {
  return tf.sqrt(tf.sum<tf.Scalar>(tf.square(gradient)));
}

/**
 * Scale a gradient so that its norm is at most `limit`: $g \min(1, \text{limit} / (\lVert g \rVert + 10^{-6}))$, as
 * PyTorch's `clip_grad_norm_` does.
 *
 * @param norm the norm of `gradient`.
 */
export function clipToNorm(gradient: tf.Tensor1D, norm: tf.Scalar, limit: number): tf.Tensor1D {
  return gradient.mul(tf.minimum(1, tf.div(limit, norm.add(1e-6))));
}

/** Whether a number is finite, as a bool tensor. Recordable. */
export function finite(...values: tf.Scalar[]): tf.Scalar {
  return values.map((value): tf.Scalar => tf.isFinite(value)).reduce((all, value) => tf.logicalAnd(all, value));
}

/**
 * Choose one of two tensors of equal shape by a scalar condition, without a JavaScript branch.
 *
 * @param condition bool scalar.
 */
export function choose<T extends tf.Tensor>(condition: tf.Scalar, yes: T, no: T): T {
  if (yes === no) return yes;
  return rawOp("Select", [condition, yes, no], [attr.type("T", yes.dtype as "float32")]) as T;
}
