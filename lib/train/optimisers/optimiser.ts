/**
 * Optimisers as pure functions.
 *
 * An optimiser maps (weights, gradient, state) to (new weights, new state). It has no state of its own, so that a whole
 * training step, loss and gradient included, is a function that can be recorded, and a state can be saved and restored.
 */
import {rawOp, tf, type Random, isFused} from "@lola-ts/engine";
import type {Layout} from "../../nn/module";

/** Inputs of an update. All tensors remain the caller's. */
export interface UpdateInputs {
  /** Flat vector of parameters. */
  weights: tf.Tensor1D;
  /** Gradient of the loss, in the order of the weights; finite. */
  gradient: tf.Tensor1D;
  /**
   * Factor that is yet to be applied to the gradient, for an optimiser that does so ({@link Optimiser.scalesGradient}); 0 for a
   * gradient that is not finite.
   */
  scale?: tf.Scalar;
  state: readonly tf.Tensor[];
  /** Learning rate $\eta$. */
  learningRate: tf.Scalar;
  /** Number $k$ of earlier updates, as float32: 0 for the first. */
  step: tf.Scalar;
  layout: Layout;
  /** Source of the step's randomness, which the loss uses too: an optimiser that draws folds it first. */
  random: Random;
  /** Variant of this step, see {@link Optimiser.variant}. */
  variant: string;
}

/** Result of an update. A state tensor that does not change may be the input itself. */
export interface Updated {
  weights: tf.Tensor1D;
  state: tf.Tensor[];
}

/** Update rule of a flat vector of parameters. */
export interface Optimiser {
  /** Name of the rule in checkpoints. */
  readonly name: string;

  /** Make the state before the first step. */
  initial(layout: Layout): tf.Tensor[];

  /** Name the sequence of operations that a step needs; each is recorded separately. */
  variant(step: number): string;

  /** Whether updates apply the factor `scale` that clips a gradient; otherwise they get the clipped gradient. Default: false. */
  readonly scalesGradient?: boolean;

  /** Compute new weights and a new state; recordable. */
  update(inputs: UpdateInputs): Updated;
}

/**
 * Compute the bias-corrected weight of the newest value in a moving average. With the decay
 * $\beta_k = 1 - (1 - \beta) / (1 - \beta^k)$ the average over $k$ values is normalised without a separate division.
 *
 * @param count number $k \ge 1$ of averaged values, this one included; smaller values count as 1.
 * @returns $1 - \beta_k$.
 */
export function newestWeight(beta: number, count: tf.Scalar): tf.Scalar {
  const remaining = tf.neg(tf.expm1(tf.mul(tf.maximum(count, 1), Math.log(beta)))); // exact for beta^k near 1
  return tf.div(1 - beta, remaining);
}

/** Move `average` towards a `value` of the same shape by `weight`. */
export function lerp<T extends tf.Tensor>(average: T, value: tf.Tensor, weight: tf.Tensor): T {
  return (isFused() ? rawOp("LolaLerp", [average, value, weight]) : average.add(value.sub(average).mul(weight))) as T;
}
