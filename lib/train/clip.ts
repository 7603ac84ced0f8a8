/**
 * Safeguards of a training step: the norm of the gradient is limited, and a step whose gradient is not finite changes
 * nothing.
 */
import {attr, rawOp, tf} from "@lola-ts/engine";

const T = attr.type("T", "float32");

/** Compute the norm of a gradient, $\lVert g \rVert_2$. */
export function globalNorm(gradient: tf.Tensor1D): tf.Scalar {
  return rawOp("L2Loss", [gradient], [T]).mul<tf.Scalar>(2).sqrt(); // L2Loss: half of the sum of squares, in one pass
}

/**
 * Compute the factor of a gradient that limits its norm, $\min(1, \text{limit} / (\lVert g \rVert + 10^{-6}))$, as PyTorch's
 * `clip_grad_norm_` does.
 *
 * @param norm norm of the gradient; if it is not finite, the factor is 0.
 * @param limit maximum norm; Infinity to leave finite gradients unchanged.
 */
export function clipFactor(norm: tf.Scalar, limit: number): tf.Scalar {
  const one = tf.onesLike(norm);
  const factor = limit === Infinity ? one : one.minimum<tf.Scalar>(tf.div(limit, norm.add(1e-6)));
  return choose(finite(norm), factor, tf.zerosLike(norm));
}

/** Scale a gradient by a factor; 0 where that is 0, for NaN too. */
export function scaleGradient(gradient: tf.Tensor1D, factor: tf.Scalar): tf.Tensor1D {
  return rawOp("MulNoNan", [gradient, factor], [T]) as tf.Tensor1D;
}

/** Tell whether all numbers are finite, as a bool tensor; recordable. */
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
