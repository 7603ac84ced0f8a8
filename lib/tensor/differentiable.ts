/**
 * Operations with their own gradients.
 *
 * tfjs has no gradient for most raw TensorFlow operations, and for some compositions the gradient that it derives is slow.
 * {@link differentiable} joins a forward and a backward function into one operation that gradients pass through (once:
 * there are no second derivatives).
 */
import {tf} from "./backend";

/** An operation on tensors. */
export interface Differentiable {
  /** @returns the value, then whatever the gradient needs. */
  readonly forward: (...inputs: tf.Tensor[]) => [value: tf.Tensor, ...saved: tf.Tensor[]];
  /** @returns the gradient of the loss with respect to each input, given that with respect to the value. */
  readonly backward: (dy: tf.Tensor, ...saved: tf.Tensor[]) => tf.Tensor[];
}

type Save = (tensors: tf.Tensor[]) => void;

/** Make a function of tensors from a forward and a backward function; both may leave intermediate results behind. */
export function differentiable({forward, backward}: Differentiable): (...inputs: tf.Tensor[]) => tf.Tensor {
  return tf.customGrad((...args) => {
    const save = args[args.length - 1] as Save;
    const [value, ...saved] = forward(...(args.slice(0, -1) as tf.Tensor[]));
    save(saved);
    const gradFunc = (dy: tf.Tensor, kept: tf.Tensor[]) => tf.tidy(() => backward(dy, ...kept));
    return {value, gradFunc};
  });
}
