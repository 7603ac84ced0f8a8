/**
 * Unrolled windows: training on one's own output.
 *
 * A rollout completes window after window, each from the last state of the one before. Training on a few of them in a row
 * shows a network the states that it makes itself, and how they err (Brandstetter et al., 2022).
 */
import {tf} from "@lola-ts/engine";

/** Count the states of `unroll` windows of `length` states, each of which begins with the last state of the one before. */
export function unrolledStates(length: number, unroll = 1): number {
  return unroll * (length - 1) + 1;
}

/** Slice window `n` of `length` states out of unrolled ones. */
export function windowOf(x: tf.Tensor, n: number, length: number): tf.Tensor {
  return statesOf(x, n * (length - 1), length);
}

/** Make the next window's input of a completed one: its last state, and zeros in place of what is to come. */
export function nextWindow(made: tf.Tensor): tf.Tensor {
  const length = made.shape[1]!;
  return tf.concat([statesOf(made, length - 1, 1), tf.zerosLike(statesOf(made, 0, length - 1))], 1);
}

/** Slice consecutive states. */
function statesOf(x: tf.Tensor, from: number, count: number): tf.Tensor {
  if (from === 0 && count === x.shape[1]) return x;
  const begin = x.shape.map((_, axis) => (axis === 1 ? from : 0));
  return tf.slice(
    x,
    begin,
    x.shape.map((size, axis) => (axis === 1 ? count : size)),
  );
}
