/** Updates of optimisers as single operations, see `isFused`. */
import {attr, rawOp, rawOps, type tf} from "@lola-ts/engine";

/** Inputs of {@link fusedAdamW}. */
export interface AdamWInputs {
  weights: tf.Tensor1D;
  gradient: tf.Tensor1D;
  /** Moments $m$ and $v$. */
  moments: readonly [tf.Tensor1D, tf.Tensor1D];
  /** Factor of the gradient; 0 drops it, NaN included. */
  scale: tf.Scalar;
  learningRate: tf.Scalar;
  /** Number of earlier updates. */
  step: tf.Scalar;
  betas: readonly [number, number];
  eps: number;
  weightDecay: number;
}

/** Compute AdamW's new weights and moments. */
export function fusedAdamW(inputs: AdamWInputs): {weights: tf.Tensor1D; moments: tf.Tensor[]} {
  const {weights, gradient, moments, scale, learningRate, step, betas, eps, weightDecay} = inputs;
  const attrs = [
    ...betas.map((beta, i) => attr.float(`newest${i + 1}`, 1 - beta)), // 1 - beta has more digits than beta in float32
    attr.float("eps", eps),
    attr.float("weight_decay", weightDecay),
  ];
  const tensors = [weights, gradient, ...moments, scale, learningRate, step];
  const [next, ...newMoments] = rawOps("LolaAdamW", tensors, attrs, 3);
  return {weights: next as tf.Tensor1D, moments: newMoments};
}

/**
 * Move the moments $m, v$ of a gradient towards it and its square, and compute the direction $m / \sqrt{v + \epsilon^2}$.
 *
 * @param weights of the newest value in each moment.
 * @returns [m, v, direction].
 */
export function fusedDirection(
  moments: readonly [tf.Tensor1D, tf.Tensor1D],
  gradient: tf.Tensor1D,
  {weights, eps}: {weights: readonly [tf.Tensor, tf.Tensor]; eps: number},
): tf.Tensor1D[] {
  return rawOps("LolaDirection", [...moments, gradient, ...weights], [attr.float("eps", eps)], 3) as tf.Tensor1D[];
}

/** Move `average` towards a value of its shape by `weight`. */
export function fusedLerp<T extends tf.Tensor>(average: T, value: tf.Tensor, weight: tf.Tensor): T {
  return rawOp("LolaLerp", [average, value, weight]) as T;
}
