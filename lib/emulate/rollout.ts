/**
 * Autoregressive rollouts.
 *
 * An emulator completes a window of states whose first few are the context. A rollout calls it again and again, each time
 * with the last generated states as the context, and joins the windows (paper, sections 3.3 and B.5). By default, as in the
 * official code, a trajectory starts with the emulator's reconstruction of the context states (`contextSource`).
 *
 * An ensemble repeats each trajectory with other noise. It is generated in chunks of a few trajectories, which bound the
 * memory.
 */
import type * as z from "zod";
import {
  arrayOf,
  callable,
  having,
  checkOptions,
  checkParts,
  count,
  flag,
  oneOf,
  optional,
  section,
  whole,
  type RulesOf,
  flat,
  sizeOf,
} from "@lola-ts/core";
import {setImmediate} from "node:timers/promises";
import ndarray, {type NdArray} from "ndarray";
import {type Emulator} from "./emulators";
import {contextMask} from "../models/context";
import {statesOf} from "../models/context";
import {arrived, tf, floatsFrom} from "@lola-ts/engine";

export interface WindowOptions {
  /** Number of states of the trajectory, the context included. */
  steps: number;
  /** Number $L$ of states of the emulator's window. */
  window: number;
  /** Number of context states of the first call. Default: 1. */
  context?: number;
  /** Number of context states of later calls: the last states before. Default: 1. */
  overlap?: number;
  /** Number of states of each window that are used, from its start. Default: all. */
  crop?: number;
}

export const sourceRule = section({
  /**
   * Source of a window's context states in the trajectory, and in a later context that reaches back to them. "model": the
   * emulator's reconstruction of them, as in the official code. "input": the context itself, so that state 0 is
   * $z^0 = E(x^0)$ (paper, section 4). Default: "model".
   */
  contextSource: optional(oneOf(["model", "input"])),
});

export interface ContextSourceOptions extends z.infer<typeof sourceRule> {}

export interface RolloutOptions extends WindowOptions, ContextSourceOptions {
  /** Simulation parameters $[B, D]$. */
  label?: tf.Tensor2D;
  /** Index of the batch's first row in the ensemble. Default: 0. */
  row?: number;
  /** Signal that stops the rollout between two windows. */
  signal?: AbortSignal;
  /**
   * Called after each window, and awaited: with the number of finished windows and of all, and with the window's states
   * $[B, L, \dots, C]$, which are freed afterwards.
   */
  onWindow?: (done: number, total: number, states: tf.Tensor) => unknown;
}

const windowRules: RulesOf<WindowOptions> = {
  steps: count,
  window: count,
  context: optional(count),
  overlap: optional(count),
  crop: optional(count),
};
const windowRule = section(windowRules);
const signalRule = optional(having("a signal of an AbortController", "aborted", "throwIfAborted"));
const rolloutRule = section<RolloutOptions>({
  ...windowRules,
  ...sourceRule.shape,
  label: optional(floatsFrom(2)),
  row: optional(whole({min: 0})),
  signal: signalRule,
  onWindow: optional(callable),
});

export interface PlannedCall {
  /** Position of the window's first state. */
  readonly i: number;
  readonly context: number;
}

/**
 * List the calls of a rollout.
 *
 * @throws RangeError for a size that is not a positive integer, or a context that leaves no state to generate.
 */
export function planRollout(options: WindowOptions): PlannedCall[] {
  checkOptions("rollout", windowRule, options);
  const {steps, window, context = 1, overlap = 1, crop = window} = options;
  if (crop > window) throw new RangeError(`rollout: expected crop <= window, found ${crop} > ${window}.`);
  for (const [name, value] of Object.entries({context, overlap})) {
    if (value >= crop) {
      throw new RangeError(`rollout: expected ${name} below the ${crop} states used of a window, found ${value}.`);
    }
  }
  const calls: PlannedCall[] = [{i: 0, context: context}];
  for (let i = crop - overlap; i + overlap < steps; i += crop - overlap) calls.push({i, context: overlap});
  return calls;
}

/** Pad context states with zeros to a window, $[B, L, \dots, C]$. */
function openWindow(context: tf.Tensor, window: number): tf.Tensor {
  const padding = context.shape.map((_, axis): [number, number] => [0, axis === 1 ? window - context.shape[1]! : 0]);
  return tf.pad(context, padding);
}

/**
 * Roll an emulator out from its context states.
 *
 * @param x trajectories $[B, l, \dots, C]$ with $l \ge$ `context`; only the first `context` states are used.
 * @returns trajectories $[B, \text{steps}, \dots, C]$, the context first (see `contextSource`).
 * @throws RangeError for options that do not fit each other or `x`; the signal's reason when it is aborted.
 * @example const z = await rollout(emulator, z0, {steps: 26, window: 5, label});
 */
export async function rollout(emulator: Emulator, x: tf.Tensor, options: RolloutOptions): Promise<tf.Tensor> {
  checkParts("rollout", {emulator: callable, x: floatsFrom(3)}, {emulator, x});
  checkOptions("rollout", rolloutRule, options);
  const {contextSource = "model", label, row = 0, signal, onWindow, ...plan} = options;
  const {steps, window, context = 1, overlap = 1, crop = window} = plan;
  const calls = planRollout(plan);
  if (x.shape[1]! < context) {
    throw new RangeError(
      `rollout: expected trajectories [B, L, ..., C] of ${context} or more states, found [${x.shape.join(", ")}].`,
    );
  }
  const parts: tf.Tensor[] = []; // states that each call added
  let contextStates = tf.tidy(() => statesOf(x, 0, context).clone());
  let answer: tf.Tensor | undefined;
  try {
    for (const [n, {i, context: count}] of calls.entries()) {
      signal?.throwIfAborted();
      answer = tf.tidy(() => {
        const mask = tf.tensor1d(contextMask(window, count));
        return emulator(openWindow(contextStates, window), mask, label, {i, row});
      });
      checkWindow(answer, contextStates, window);
      await arrived(answer);
      const states = answer;
      const [added, last] = tf.tidy(() => {
        const made =
          contextSource === "input" ? tf.concat([contextStates, statesOf(states, count, window - count)], 1) : states;
        return [
          (n === 0 ? statesOf(made, 0, crop) : statesOf(made, overlap, crop - overlap)).clone(),
          statesOf(made, crop - overlap, overlap),
        ];
      });
      parts.push(added);
      contextStates.dispose();
      contextStates = last;
      await onWindow?.(n + 1, calls.length, answer);
      answer.dispose();
      await setImmediate(); // lets an interrupt and a progress bar through
    }
    return tf.tidy(() => statesOf(tf.concat(parts, 1), 0, steps));
  } finally {
    tf.dispose([contextStates, ...parts, ...(answer ? [answer] : [])]);
  }
}

function checkWindow(made: tf.Tensor, context: tf.Tensor, window: number): void {
  const expected = context.shape.map((size, axis) => (axis === 1 ? window : size));
  if (made.shape.join() !== expected.join()) {
    throw new RangeError(
      `rollout: expected windows [${expected.join(", ")}] from the emulator, found [${made.shape.join(", ")}].`,
    );
  }
}

const starts = arrayOf("N, L, C", "N, L, X, C", "N, L, X, Y, C", "N, L, X, Y, Z, C");

/** Rows of a chunk: larger chunks cost more memory and recording time, and no less time per row. */
const ROWS = 40;

/** Choose the trajectories of a chunk: a divisor of their number if possible, so that all chunks have one shape. */
export function chunkSize(count: number, members: number): number {
  const max = Math.max(1, Math.min(count, Math.floor(ROWS / members)));
  for (let size = max; 2 * size > max; size--) if (count % size === 0) return size;
  return max;
}

/** Rollouts of consecutive trajectories. */
export interface EnsembleChunk {
  /** Index of the first trajectory. */
  readonly from: number;
  /** $[n, K, \text{steps}, \dots, C]$, flat. */
  readonly values: Float32Array;
}

export interface EnsembleOptions extends WindowOptions, ContextSourceOptions {
  /** Simulation parameters $[N, D]$. */
  label?: NdArray<Float32Array>;
  /** Number $K$ of rollouts of each trajectory. Default: 1. */
  members?: number;
  /** Whether members start from states of their own: `x` is then $[N K, l, \dots, C]$, the members of a trajectory together. Default: false. */
  own?: boolean;
  /** Number of trajectories in a chunk, which bounds the memory. Default: up to 40 rows, and at least one trajectory. */
  chunk?: number;
  /** Signal that stops the rollout between two windows. */
  signal?: AbortSignal;
  /** Called after each window with the finished fraction of the whole, from 0 to 1. */
  onProgress?: (fraction: number) => void;
}

/** Options of {@link ensembleChunks}. */
export interface ChunkOptions extends EnsembleOptions {
  /** Whether the chunk that begins with a trajectory is there already: it is left out. Default: none is. */
  isDone?: (from: number) => boolean;
}

const chunkRule = section<ChunkOptions>({
  ...windowRules,
  ...sourceRule.shape,
  label: optional(arrayOf("N, D")),
  members: optional(count),
  own: optional(flag),
  chunk: optional(count),
  signal: signalRule,
  onProgress: optional(callable),
  isDone: optional(callable),
});

function trajectoriesOf({shape: [rows]}: NdArray, members: number, own = false): number {
  if (!own) return rows;
  if (rows % members === 0) return rows / members;
  throw new RangeError(
    `rolloutEnsemble: expected states for ${members} members of each trajectory, found ${rows} in all.`,
  );
}

function repeated(x: NdArray<Float32Array>, from: number, to: number, times: number): tf.Tensor {
  return tf.tidy(() => {
    const state = x.shape.slice(1);
    const size = sizeOf(state);
    const values = Float32Array.from(flat(x).subarray(from * size, to * size)); // of float64, too
    const rows = tf.tensor(values, [to - from, 1, ...state]);
    return tf.tile(rows, [1, times, ...state.map(() => 1)]).reshape([-1, ...state]);
  });
}

/**
 * Roll out an ensemble for each of several trajectories.
 *
 * @param x trajectories $[N, l, \dots, C]$ with $l \ge$ `context`; only the first `context` states are used.
 * @returns rollouts $[N, K, \text{steps}, \dots, C]$; member $k$ of trajectory $n$ is the emulator's row $n K + k$.
 * @throws RangeError for options that do not fit each other or `x`; the signal's reason when it is aborted.
 * @example const rollouts = await rolloutEnsemble(emulator, z0, {steps: 26, window: 5, members: 16, label});
 */
export async function rolloutEnsemble(
  emulator: Emulator,
  x: NdArray<Float32Array>,
  options: EnsembleOptions,
): Promise<NdArray<Float32Array>> {
  checkOptions("rolloutEnsemble", starts, x, "x");
  checkOptions("rolloutEnsemble", chunkRule, options);
  const {members = 1, steps, own} = options;
  const shape = [trajectoriesOf(x, members, own), members, steps, ...x.shape.slice(2)];
  const out = new Float32Array(sizeOf(shape));
  const size = out.length / shape[0];
  for await (const {from, values} of ensembleChunks(emulator, x, options)) out.set(values, from * size);
  return ndarray(out, shape);
}

/**
 * Roll out an ensemble as {@link rolloutEnsemble} does, one chunk of trajectories after the other: no more than one is in
 * memory.
 *
 * @throws as {@link rolloutEnsemble}.
 */
export async function* ensembleChunks(
  emulator: Emulator,
  x: NdArray<Float32Array>,
  options: ChunkOptions,
): AsyncGenerator<EnsembleChunk> {
  checkOptions("rolloutEnsemble", starts, x, "x");
  checkOptions("rolloutEnsemble", chunkRule, options);
  const {label, members = 1, own = false, chunk: given, signal, onProgress, isDone, ...window} = options;
  const count = trajectoriesOf(x, members, own);
  const chunk = given ?? chunkSize(count, members);
  if (label && label.shape[0] !== count) {
    throw new RangeError(`rolloutEnsemble: expected ${count} labels, one per trajectory, found ${label.shape[0]}.`);
  }
  for (let from = 0; from < count; from += chunk) {
    const to = Math.min(count, from + chunk);
    if (isDone?.(from)) continue;
    const start = own ? repeated(x, from * members, to * members, 1) : repeated(x, from, to, members);
    const theta = label && (repeated(label, from, to, members) as tf.Tensor2D);
    try {
      const made = await rollout(emulator, start, {
        ...window,
        label: theta,
        row: from * members,
        signal,
        onWindow: (done, total) => onProgress?.((from + ((to - from) * done) / total) / count),
      });
      const values = await made.data<"float32">();
      made.dispose();
      yield {from, values};
    } finally {
      tf.dispose([start, ...(theta ? [theta] : [])]);
    }
  }
}
