/**
 * Random context masks.
 *
 * An emulator is trained to complete a window of $n + 1$ states from some of them, the context. The binary mask
 * $b \in \{0, 1\}^{n+1}$ is 1 for context states and is drawn again for each sample, so that one model learns to predict
 * from contexts of several lengths (paper, Eq. 15).
 *
 * In the paper the number $c$ of context states follows $\operatorname{Pois}(2)$ truncated to $1 \dots n$, and the context
 * is the first $c$ states. The official code draws $\operatorname{Pois}(1)$, wraps it around, and puts the context at the
 * end of the window with probability 0.34, which also teaches the model to look back. Both are here.
 */
import ndarray, {type NdArray} from "ndarray";
import {requireInteger, having, checkOptions, list, number, oneOf, type Rng} from "@lola-ts/core";
import {isRecording, tf} from "@lola-ts/engine";

/** Distribution of the number and the place of the context states, as plain data. */
export type ContextDistribution =
  | {
      /** $\operatorname{Pois}(\lambda)$ given $1 \le c \le n$, first states (paper, section B.4). */
      readonly kind: "truncated";
      /** Poisson mean. Default: 2. */
      readonly lambda?: number;
    }
  | {
      /** $c = (\operatorname{Pois}(\lambda) \bmod (L - a)) + a$, first states with probability $\rho$, else last (code). */
      readonly kind: "wrapped";
      /** Poisson mean. Default: 1. */
      readonly lambda?: number;
      /** Probability $\rho$ of a context at the start. Default: 0.66. */
      readonly rho?: number;
      /** Smallest number $a$ of context states. Default: 1. */
      readonly atLeast?: number;
    };

/** The paper's distribution: $\operatorname{Pois}(2)$ truncated to $1 \dots n$, first states. */
export const paperContext: ContextDistribution = {kind: "truncated", lambda: 2};

/** The official code's distribution: wrapped $\operatorname{Pois}(1)$, first states with probability 0.66. */
export const codeContext: ContextDistribution = {kind: "wrapped", lambda: 1, rho: 0.66, atLeast: 1};

/** Probabilities of one number $c$ of context states. */
export interface ContextProbability {
  /** Probability that the context is exactly the first $c$ states. */
  readonly start: number;
  /** Probability that the context is exactly the last $c$ states. */
  readonly end: number;
}

/** Fill in the defaults and check the distribution against a window of `length` states. */
function complete(distribution: ContextDistribution, length: number) {
  checkOptions("context mask", having("a distribution such as paperContext", "kind"), distribution, "distribution");
  checkOptions("context mask", oneOf(["truncated", "wrapped"]), distribution.kind, "distribution.kind");
  const wrapped = distribution.kind === "wrapped";
  const {lambda = wrapped ? 1 : 2} = distribution;
  const {rho = 0.66, atLeast = 1} = wrapped ? distribution : {rho: 1};
  if (!(Number.isInteger(length) && length >= 2)) {
    throw new RangeError(`context mask: expected a window of 2 or more states, found ${length}.`);
  }
  if (!(lambda > 0 && lambda <= 500)) {
    throw new RangeError(`context mask: expected a Poisson mean above 0 and up to 500, found ${lambda}.`);
  }
  if (!(rho >= 0 && rho <= 1)) throw new RangeError(`context mask: expected rho from 0 to 1, found ${rho}.`);
  if (!(Number.isInteger(atLeast) && atLeast >= 0 && atLeast < length)) {
    throw new RangeError(`context mask: expected atLeast from 0 to ${length - 1}, found ${atLeast}.`);
  }
  return {wrapped, lambda, rho, atLeast};
}

/** Tabulate $P(k)$ of $\operatorname{Pois}(\lambda)$ for $k = 0, 1, \dots$ until the rest is below double precision. */
function poisson(lambda: number): number[] {
  const size = Math.ceil(lambda + 12 * Math.sqrt(lambda) + 40);
  const p = [Math.exp(-lambda)];
  for (let k = 1; k < size; k++) p.push((p[k - 1] * lambda) / k);
  return p;
}

/**
 * Compute the exact probabilities of all context masks.
 *
 * @param length number $L = n + 1$ of states of a window.
 * @returns element $c$: probabilities that the context is the first and the last $c$ states, $0 \le c < L$.
 * @throws RangeError for parameters that define no distribution.
 */
export function contextProbabilities(distribution: ContextDistribution, length: number): ContextProbability[] {
  const {wrapped, lambda, rho, atLeast} = complete(distribution, length);
  const counts = new Array<number>(length).fill(0);
  if (wrapped) {
    poisson(lambda).forEach((p, k) => (counts[(k % (length - atLeast)) + atLeast] += p));
  } else {
    const p = Array.from({length: length - 1}, (_, i) => Math.exp((i + 1) * Math.log(lambda) - logFactorial(i + 1)));
    const total = p.reduce((a, b) => a + b);
    p.forEach((value, i) => (counts[i + 1] = value / total)); // the factor exp(-lambda) cancels
  }
  return counts.map((p) => ({start: p * rho, end: p * (1 - rho)}));
}

function logFactorial(n: number): number {
  let sum = 0;
  for (let k = 2; k <= n; k++) sum += Math.log(k);
  return sum;
}

/**
 * Make the mask of a window whose first (or last) states are the context.
 *
 * @param length number of states of the window.
 * @param count number of context states.
 * @returns mask [length], 1 for context states.
 * @throws RangeError unless the count is an integer from 0 to the length.
 * @example contextMask(5, 1); // Float32Array [1, 0, 0, 0, 0]
 */
export function contextMask(length: number, count: number, side: "start" | "end" = "start"): Float32Array {
  requireInteger("contextMask", "length", length);
  checkOptions("contextMask", oneOf(["start", "end"]), side, "side");
  if (!(Number.isInteger(count) && count >= 0 && count <= length)) {
    throw new RangeError(`contextMask: expected 0 to ${length} context states, found ${count}.`);
  }
  const mask = new Float32Array(length);
  if (side === "start") mask.fill(1, 0, count);
  else mask.fill(1, length - count);
  return mask;
}

/**
 * Draw a context mask for each sample of a batch.
 *
 * @param shape number of samples and of states per window, $[B, L]$.
 * @returns masks $[B, L]$, 1 for context states: an input of the recorded training step.
 * @throws RangeError for parameters that define no distribution.
 */
export function drawContexts(
  distribution: ContextDistribution,
  shape: readonly [number, number],
  generator: Rng,
): NdArray<Float32Array> {
  checkOptions("drawContexts", list(number(), {length: 2}), shape, "shape");
  const [batch, length] = shape;
  requireInteger("drawContexts", "number of samples", batch);
  checkOptions("drawContexts", having("a generator, e.g. Rng.from(0)", "uniform"), generator, "generator");
  const {wrapped, lambda, rho, atLeast} = complete(distribution, length);
  const probabilities = contextProbabilities(distribution, length);
  const masks = new Float32Array(batch * length);
  for (let b = 0; b < batch; b++) {
    const count = wrapped
      ? (generator.poisson(lambda) % (length - atLeast)) + atLeast
      : pick(probabilities, generator.uniform());
    const side = !wrapped || generator.uniform() < rho ? "start" : "end";
    masks.set(contextMask(length, count, side), b * length);
  }
  return ndarray(masks, [batch, length]);
}

/** Find the number of context states at which the cumulative probability passes `u`. */
function pick(probabilities: readonly ContextProbability[], u: number): number {
  let cumulative = 0;
  for (let c = 1; c < probabilities.length; c++) {
    cumulative += probabilities[c].start;
    if (u < cumulative) return c;
  }
  return probabilities.length - 1;
}

/**
 * Reshape masks of states so that they broadcast against windows.
 *
 * @param mask $[L]$, $[B, L]$, or already of the rank of `x`.
 * @param x windows $[B, L, \dots, C]$.
 * @returns the mask as $[1 | B, L, 1, \dots, 1]$.
 * @throws RangeError when the mask does not have one element per state of `x`.
 */
export function spreadMask(mask: tf.Tensor, x: tf.Tensor): tf.Tensor {
  const [batch, length] = mask.rank === 1 ? [1, mask.shape[0]] : mask.shape;
  const spread = mask.rank === x.rank ? mask : mask.reshape([batch, length, ...x.shape.slice(2).map(() => 1)]);
  if (spread.shape.some((size, axis) => size !== 1 && size !== x.shape[axis]) || length !== x.shape[1]) {
    throw new RangeError(
      `context mask: expected one element per state of [${x.shape.join(", ")}], found [${mask.shape.join(", ")}].`,
    );
  }
  return spread;
}

/** Check that a context mask holds 0 and 1 alone; while a step is recorded there are no values to read. @throws RangeError */
export function requireMask(where: string, mask: tf.Tensor): void {
  if (isRecording()) return;
  const found = mask.dataSync().find((value) => value !== 0 && value !== 1);
  if (found !== undefined) throw new RangeError(`${where}: expected a mask of 0 and 1, found ${found}.`);
}

/**
 * Keep the context states of windows, with zeros in place of the others, whatever these hold: NaN and infinity do not pass.
 *
 * @param x windows $[B, L, \dots, C]$.
 * @param mask context mask $[L]$ or $[B, L]$.
 */
export function contextOnly(x: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  return tf.tidy(() => tf.where(spreadMask(mask, x).greater(0), x, tf.scalar(0, x.dtype)));
}

/** Repeat masks over every entry of `x`, as condition channels of a network. */
export function maskChannels(mask: tf.Tensor, x: tf.Tensor): tf.Tensor {
  const spread = spreadMask(mask, x);
  return tf.tile(
    spread,
    x.shape.map((size, axis) => size / spread.shape[axis]),
  );
}

/** States of a window that a loss counts: all, or only the generated ones, which are not in the context. */
export type LossEntries = "all" | "generated";

/** Average an error $[B, L, \dots, C]$ over the entries of the states that count. */
export function overEntries(error: tf.Tensor, mask: tf.Tensor, entries: LossEntries): tf.Scalar {
  if (entries === "all") return error.mean();
  const generated = tf.sub(1, maskChannels(mask, error));
  return error.mul(generated).sum().div(generated.sum().maximum(1));
}

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

export interface WindowBatch {
  /** Windows $[B, L, \dots, C]$. */
  readonly x: tf.Tensor;
  /** Context mask $[L]$ or $[B, L]$. */
  readonly mask: tf.Tensor;
  /** Simulation parameters $[B, D]$. */
  readonly label?: tf.Tensor2D;
}

/** Name the tensors of a training batch of windows, [windows, mask] or [windows, mask, labels]. */
export function windowBatch(batch: readonly tf.Tensor[]): WindowBatch {
  if (batch.length < 2 || batch.length > 3) {
    throw new RangeError(`loss: expected a batch of windows, mask and optional labels, found ${batch.length} tensors.`);
  }
  const [x, mask, label] = batch;
  return {x, mask, label: label as tf.Tensor2D | undefined};
}
