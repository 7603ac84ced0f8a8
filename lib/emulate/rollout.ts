/**
 * Autoregressive rollouts.
 *
 * An emulator completes a window of states of which the first few are observed. A rollout calls it again and again, each
 * time with the last states it made as the observed ones, and strings the windows together (paper, sections 3.3 and B.5).
 * As in the official code, a trajectory starts with the emulator's own version of the context states, unless told to keep
 * what is known (`known`).
 *
 * An ensemble is the same batch several times with other noise. It is made piece by piece, a few trajectories at a time, so
 * that memory is bounded by the piece.
 */
import {setImmediate} from "node:timers/promises";
import ndarray, {type NdArray} from "ndarray";
import {flat} from "../core/array";
import {sizeOf} from "../core/shape";
import {type Emulator} from "./emulator";
import {contextMask} from "../models/context";
import {tf} from "../tensor/backend";

export interface WindowOptions {
  /** States of the trajectory, the context's included. */
  steps: number;
  /** States $L$ of the emulator's window. */
  window: number;
  /** Observed states of the first call. */
  context?: number;
  /** Observed states of later calls: the last ones of what was made before. */
  overlap?: number;
  /** States of each window that are kept, from its start; all unless told. */
  crop?: number;
}

export interface ContextSourceOptions {
  /**
   * What becomes of a window's observed states. "model" (official code): the emulator's own version of them takes their
   * place in the trajectory, and in a later context that reaches back to them. "input": they stay as they were,
   * so that state 0 is $z^0 = E(x^0)$ (paper, section 4).
   */
  contextSource?: "model" | "input";
}

export interface RolloutOptions extends WindowOptions, ContextSourceOptions {
  /** Simulation parameters $[B, D]$. */
  label?: tf.Tensor2D;
  /** Number of the batch's first row in the ensemble. */
  row?: number;
  /** Stops the rollout between two windows. */
  signal?: AbortSignal;
  /** Told after each window how many are done, of how many. */
  onWindow?: (done: number, total: number) => void;
}

/** One call of an emulator in a rollout. */
export interface PlannedCall {
  /** Position of the window's first state. */
  readonly i: number;
  /** Number of observed states. */
  readonly observed: number;
}

/**
 * List the calls that a rollout needs.
 *
 * @throws RangeError when a window could not add states to what it observes.
 */
export function planRollout({steps, window, context = 1, overlap = 1, crop = window}: WindowOptions): PlannedCall[] {
  const whole = {steps, window, context, overlap, crop};
  for (const [name, value] of Object.entries(whole)) {
    if (!(Number.isInteger(value) && value >= 1)) {
      throw new RangeError(`rollout: expected ${name} to be an integer of 1 or more, found ${value}`);
    }
  }
  if (crop > window) throw new RangeError(`rollout: expected crop <= window, found ${crop} > ${window}`);
  for (const [name, value] of Object.entries({context, overlap})) {
    if (value >= crop) {
      throw new RangeError(`rollout: expected ${name} below the ${crop} states kept of a window, found ${value}`);
    }
  }
  const calls: PlannedCall[] = [{i: 0, observed: context}];
  for (let i = crop - overlap; i + overlap < steps; i += crop - overlap) calls.push({i, observed: overlap});
  return calls;
}

/** The observed states followed by zeros, $[B, L, \dots, C]$. */
function openWindow(observed: tf.Tensor, window: number): tf.Tensor {
  const padding = observed.shape.map((_, axis): [number, number] => [0, axis === 1 ? window - observed.shape[1]! : 0]);
  return tf.pad(observed, padding);
}

/** States `from` to `to` (excluded) of trajectories. */
function states(x: tf.Tensor, from: number, to: number): tf.Tensor {
  const begin = x.shape.map((_, axis) => (axis === 1 ? from : 0));
  return tf.slice(
    x,
    begin,
    x.shape.map((size, axis) => (axis === 1 ? to - from : size)),
  );
}

/**
 * Roll an emulator out from its context states.
 *
 * @param x trajectories $[B, l, \dots, C]$ with $l \ge$ `context`; only the first `context` states are looked at.
 * @returns trajectories $[B, \text{steps}, \dots, C]$, the context first (its emulated version unless told otherwise).
 * @throws RangeError for options that do not fit each other or `x`; the signal's reason when it is aborted.
 */
export async function rollout(emulator: Emulator, x: tf.Tensor, options: RolloutOptions): Promise<tf.Tensor> {
  const {steps, window, context = 1, overlap = 1, crop = window, label, row = 0, signal, onWindow} = options;
  const {contextSource = "model"} = options;
  const calls = planRollout(options);
  if (x.rank < 3 || x.shape[1]! < context) {
    throw new RangeError(
      `rollout: expected trajectories [B, L, ..., C] of ${context} or more states, found [${x.shape.join(", ")}]`,
    );
  }
  const pieces: tf.Tensor[] = []; // what each call added
  let observed = tf.tidy(() => states(x, 0, context));
  try {
    for (const [n, {i, observed: count}] of calls.entries()) {
      signal?.throwIfAborted();
      const [added, last] = tf.tidy(() => {
        const mask = tf.tensor1d(contextMask(window, count));
        const answer = emulator(openWindow(observed, window), mask, label, {i, row});
        checkWindow(answer, observed, window);
        const made = contextSource === "input" ? tf.concat([observed, states(answer, count, window)], 1) : answer;
        return [states(made, n === 0 ? 0 : overlap, crop), states(made, crop - overlap, crop)];
      });
      pieces.push(added);
      observed.dispose();
      observed = last;
      onWindow?.(n + 1, calls.length);
      await setImmediate(); // lets an interrupt and a progress bar through
    }
    return tf.tidy(() => states(tf.concat(pieces, 1), 0, steps));
  } finally {
    tf.dispose([observed, ...pieces]);
  }
}

function checkWindow(made: tf.Tensor, observed: tf.Tensor, window: number): void {
  const expected = observed.shape.map((size, axis) => (axis === 1 ? window : size));
  if (made.shape.join() !== expected.join()) {
    throw new RangeError(
      `rollout: expected windows [${expected.join(", ")}] from the emulator, found [${made.shape.join(", ")}]`,
    );
  }
}

/** Rows of a piece: larger ones cost more memory and recording, and no less time per row. */
const ROWS = 40;

/** Trajectories of a piece: a divisor of their number where there is one, so that all pieces have one shape. */
function pieceSize(count: number, members: number): number {
  const most = Math.max(1, Math.min(count, Math.floor(ROWS / members)));
  for (let size = most; 2 * size > most; size--) if (count % size === 0) return size;
  return most;
}

export interface EnsembleOptions extends WindowOptions, ContextSourceOptions {
  /** Simulation parameters $[N, D]$. */
  label?: NdArray<Float32Array>;
  /** Rollouts $K$ of each trajectory. */
  members?: number;
  /** Trajectories that are rolled out at a time, about 40 rows unless told: bounds memory, changes nothing else. */
  chunk?: number;
  /** Stops the rollout between two windows. */
  signal?: AbortSignal;
  /** Told after each window how much of the whole is done, from 0 to 1. */
  onProgress?: (fraction: number) => void;
}

/** Rows `from` to `to` (excluded) of an array as a tensor, each `times` times in a row. */
function repeated(x: NdArray<Float32Array>, from: number, to: number, times: number): tf.Tensor {
  return tf.tidy(() => {
    const size = sizeOf(x.shape.slice(1));
    const rows = tf.tensor(flat(x).subarray(from * size, to * size), [to - from, 1, ...x.shape.slice(1)]);
    return tf.tile(rows, [1, times, ...x.shape.slice(1).map(() => 1)]).reshape([-1, ...x.shape.slice(1)]);
  });
}

/**
 * Roll out an ensemble for each of several trajectories.
 *
 * @param x trajectories $[N, l, \dots, C]$ with $l \ge$ `context`; only the first `context` states are looked at.
 * @returns rollouts $[N, K, \text{steps}, \dots, C]$; member $k$ of trajectory $n$ is the emulator's row $n K + k$.
 * @throws RangeError for options that do not fit each other or `x`; the signal's reason when it is aborted.
 */
export async function rolloutEnsemble(
  emulator: Emulator,
  x: NdArray<Float32Array>,
  {label, members = 1, chunk = pieceSize(x.shape[0], members), signal, onProgress, ...window}: EnsembleOptions,
): Promise<NdArray<Float32Array>> {
  for (const [name, value] of Object.entries({members, chunk})) {
    if (!(Number.isInteger(value) && value >= 1)) {
      throw new RangeError(`rolloutEnsemble: expected ${name} to be an integer of 1 or more, found ${value}`);
    }
  }
  const count = x.shape[0];
  if (label && label.shape[0] !== count) {
    throw new RangeError(`rolloutEnsemble: expected ${count} labels, one per trajectory, found ${label.shape[0]}`);
  }
  const shape = [count, members, window.steps, ...x.shape.slice(2)];
  const out = new Float32Array(sizeOf(shape));
  const size = out.length / count;
  for (let from = 0; from < count; from += chunk) {
    const to = Math.min(count, from + chunk);
    const start = repeated(x, from, to, members);
    const theta = label && (repeated(label, from, to, members) as tf.Tensor2D);
    try {
      const made = await rollout(emulator, start, {
        ...window,
        label: theta,
        row: from * members,
        signal,
        onWindow: (done, total) => onProgress?.((from + ((to - from) * done) / total) / count),
      });
      out.set(await made.data<"float32">(), from * size);
      made.dispose();
    } finally {
      tf.dispose([start, ...(theta ? [theta] : [])]);
    }
  }
  return ndarray(out, shape);
}
