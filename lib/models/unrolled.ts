/**
 * Windows of states, and unrolled ones: training on one's own output.
 *
 * A rollout completes window after window, each from the last state of the one before. Training on a few of them in a row
 * shows a network the states that it makes itself, and how they err (Brandstetter et al., 2022).
 */
import {tf} from "@lola-ts/engine";
import {contextMask, overEntries, type LossEntries} from "./context";

/** Slice `count` consecutive states out of trajectories $[B, L, \dots, C]$. */
export function statesOf(x: tf.Tensor, from: number, count: number): tf.Tensor {
  if (from === 0 && count === x.shape[1]) return x;
  const along = (time: number, rest: (size: number) => number) =>
    x.shape.map((size, axis) => (axis === 1 ? time : rest(size)));
  return tf.slice(
    x,
    along(from, () => 0),
    along(count, (size) => size),
  );
}

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

/**
 * Average an error over the windows of an unrolled forecast.
 *
 * @param x states of all windows, $[B, L, \dots, C]$; `mask`: context of the first one, $[l]$ or $[B, l]$.
 * @param given input of the first window.
 * @param steps `complete`: the forecast of window n with its context mask; `error`: at each entry, given the truth.
 */
export function unrolledLoss(
  x: tf.Tensor,
  mask: tf.Tensor,
  given: tf.Tensor,
  {
    unroll,
    over,
    complete,
    error,
  }: {
    unroll: number;
    over: LossEntries;
    complete: (given: tf.Tensor, mask: tf.Tensor, n: number) => tf.Tensor;
    error: (made: tf.Tensor, truth: tf.Tensor) => tf.Tensor;
  },
): tf.Scalar {
  const length = mask.shape[mask.rank - 1];
  const later = tf.tensor1d(contextMask(length, 1));
  const errors: tf.Scalar[] = [];
  for (let n = 0; n < unroll; n++) {
    const known = n === 0 ? mask : later;
    const made = complete(given, known, n);
    errors.push(overEntries(error(made, windowOf(x, n, length)), known, over));
    given = nextWindow(made);
  }
  return tf.addN(errors).div(unroll) as tf.Scalar;
}
