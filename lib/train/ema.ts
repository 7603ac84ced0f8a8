/**
 * Exponential moving average of the weights: often a better model than the last weights of a noisy training.
 */
import {tf} from "@lola-ts/engine";
import {lerp} from "./optimisers/optimiser";

/**
 * Move the average towards the weights, $\bar\theta \leftarrow \bar\theta + (1 - \beta) (\theta - \bar\theta)$.
 * Recordable.
 *
 * @param beta decay of the average, in [0, 1).
 */
export function average(mean: tf.Tensor1D, weights: tf.Tensor1D, beta: number): tf.Tensor1D {
  return lerp(mean, weights, tf.scalar(1 - beta));
}
