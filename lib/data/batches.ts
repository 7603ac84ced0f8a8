/** Batches of windows of trajectories for training. */
import {
  flat,
  requireInteger,
  having,
  row,
  rowOf,
  checkOptions,
  checkParts,
  list,
  number,
  optional,
  whole,
  sizeOf,
  Rng,
  boundaryRule,
  fieldRule,
  type BoundaryCodes,
} from "@lola-ts/core";
import {augmentation, Gather, randomAugmentation, type FieldOrders, type RandomAugmentationOptions} from "./augment";
import type {TrajectorySource} from "./source";

/**
 * Count the windows of `length` states, `stride` apart, in a trajectory of `frames` states:
 * $\max(0, T - (1 + s (n - 1)) + 1)$.
 *
 * @throws RangeError unless they are whole numbers, length and stride positive.
 */
export function countWindows(frames: number, length: number, stride: number): number {
  requireInteger("countWindows", "frames", frames, {min: 0});
  requireInteger("countWindows", "length", length);
  requireInteger("countWindows", "stride", stride);
  return Math.max(0, frames - stride * (length - 1));
}

/** Get trajectory and first state of the window with this index: trajectories in order, starts fastest. */
export function windowAt(index: number, windows: number): {trajectory: number; start: number} {
  return {trajectory: Math.floor(index / windows), start: index % windows};
}

export interface EvaluationOptions {
  /** Stored state at lead time 0, the last one of the context. Default: 0. */
  start?: number;
  /** Stored states between consecutive states of the evaluation. Default: 1. */
  stride?: number;
  /** Number of context states: the one at `start` and those before it. Default: 1. */
  context?: number;
}

/** States of an evaluation: a window of a trajectory, and the place of lead time 0 in it. */
export interface EvaluationWindow {
  readonly start: number;
  readonly stride: number;
  readonly length: number;
  /** Number of the window's first state, counted from the last state of the context, which is 0. */
  readonly firstState: number;
}

/**
 * Choose the states of a trajectory for an evaluation: the context, then all that follow.
 *
 * As in the official code, the context begins at $\max(0, s_0 - (c - 1) \Delta)$: without room for it before
 * `start`, it begins at the initial state and lead time 0 is later.
 *
 * @param frames stored states of the trajectory.
 * @returns window for `WellDataset.read`, and `firstState` for the rows of an evaluation.
 * @throws RangeError if the trajectory has no state to predict.
 */
export function evaluationWindow(
  frames: number,
  {start = 0, stride = 1, context = 1}: EvaluationOptions = {},
): EvaluationWindow {
  requireInteger("evaluationWindow", "frames", frames);
  const begin = Math.max(0, start - (context - 1) * stride);
  const length = Math.ceil((frames - begin) / stride);
  const valid = Number.isInteger(start) && start >= 0 && [stride, context].every((n) => Number.isInteger(n) && n >= 1);
  if (!valid || length <= context) {
    const found = `start ${start}, stride ${stride}, context ${context}`;
    throw new RangeError(
      `evaluationWindow: expected states to predict among the ${frames} stored ones, found ${found}.`,
    );
  }
  return {start: begin, stride, length, firstState: 1 - context};
}

/** Options of the batches: plain data, so that another thread can draw the same. */
export interface BatchesOptions {
  window: number;
  /** States between consecutive states of a window. Default: 1. */
  stride?: number;
  /** Windows per batch. */
  batch: number;
  seed: number;
  /** Random symmetries, drawn again for each window. Default: windows as they are stored. */
  augment?: AugmentOptions;
  /** Rows of each batch to make, in this order. Default: all. */
  rows?: readonly number[];
  /** Label of each trajectory. Default: batches have no labels. */
  labels?: readonly Float32Array[];
}

export interface AugmentOptions extends Pick<RandomAugmentationOptions, "flip" | "permute" | "roll" | "gridType"> {
  fields: FieldOrders;
  boundaries: readonly BoundaryCodes[];
}

/** A batch of windows: `x` is $[B, L, X, Y(, Z), C]$, `label` is $[B, K]$, both row-major. */
export interface Batch {
  readonly x: Float32Array;
  readonly shape: readonly number[];
  readonly label?: Float32Array;
}

/** An endless stream of batches, each determined by the number of its step. */
export interface BatchStream {
  /** Shape of a batch $[B, L, X, Y(, Z), C]$. */
  readonly shape: readonly number[];
  /** Windows of an epoch. */
  readonly epoch: number;
  /** Get the batch of the current step and advance. */
  next(): Batch | Promise<Batch>;
  /** Go to a step. @throws RangeError unless it is a non-negative integer. */
  seek(step: number): void;
  /** Release the resources of the stream. */
  close?(): Promise<void>;
}

/**
 * Shuffled windows without replacement.
 *
 * A batch depends on the seed and the number of its step alone: each epoch is a shuffle of all windows keyed by
 * (seed, epoch), each augmentation is keyed by (seed, position in the stream). So a run that resumes at a step sees
 * the same batches. Epochs follow each other without a gap; a batch may end one and begin the next.
 */
export class Batches implements BatchStream {
  readonly shape: readonly number[];
  readonly epoch: number;
  private readonly windows: number;
  private readonly stateSize: number;
  private order: number[] = [];
  private orderOf = -1;
  private step = 0;

  /**
   * @param source Trajectories $[N, T, X, Y(, Z), C]$ or latents of the same kind.
   * @throws RangeError if no window fits into a trajectory, labels or boundary codes are missing, or a permutation would
   * change the grid.
   */
  constructor(
    private readonly source: TrajectorySource,
    private readonly options: BatchesOptions,
  ) {
    checkOptions("Batches", having("a source of trajectories", "shape", "read"), source, "source");
    const {window, stride = 1, batch, seed, augment, labels, rows} = options;
    requireInteger("Batches", "window", window);
    requireInteger("Batches", "stride", stride);
    checkParts("Batches", {seed: number(), labels: optional(list(row))}, {seed, labels});
    if (labels) checkOptions("Batches", list(rowOf(labels[0].length)), labels, "labels");
    const [trajectories, frames, ...state] = source.shape;
    this.stateSize = sizeOf(state);
    this.windows = countWindows(frames, window, stride);
    this.epoch = trajectories * this.windows;
    this.shape = [rows?.length ?? batch, window, ...state];

    requireInteger("Batches", "batch", batch);
    checkOptions("Batches", optional(list(whole({min: 0, max: batch - 1}))), rows, "rows");
    if (this.epoch === 0) {
      const found = `${trajectories} trajectories of ${frames} states`;
      throw new RangeError(`Batches: expected room for ${window} states with stride ${stride}, found ${found}.`);
    }
    for (const [what, list] of Object.entries({"a label": labels, "boundary codes": augment?.boundaries})) {
      if (!list || list.length === trajectories) continue;
      throw new RangeError(`Batches: expected ${what} for each of ${trajectories} trajectories, found ${list.length}.`);
    }
    const grid = state.slice(0, -1);
    if (augment) checkOptions("Batches", list(fieldRule), augment.fields, "augment.fields");
    if (augment) checkOptions("Batches", list(boundaryRule(grid.length)), augment.boundaries, "augment.boundaries");
    const moves = augment && (augment.gridType ?? "cartesian") === "cartesian";
    if (moves && (augment.permute ?? true) && grid.some((n) => n !== grid[0])) {
      throw new RangeError(`Batches: expected equal axes for permutations, found the grid [${grid}].`);
    }
    const gathered = augment && new Gather(grid, augment.fields, augmentation(grid.length)).size;
    if (gathered !== undefined && gathered !== this.stateSize) {
      throw new RangeError(
        `Batches: expected states of ${gathered} values for these fields, found the shape [${state}].`,
      );
    }
  }

  next(): Batch {
    const {batch, window, labels, rows} = this.options;
    const count = rows?.length ?? batch;
    const x = new Float32Array(count * window * this.stateSize);
    const label = labels && new Float32Array(count * labels[0].length);
    for (let slot = 0; slot < count; slot++) {
      const position = this.step * batch + (rows?.[slot] ?? slot);
      const {trajectory, start} = windowAt(this.draw(position), this.windows);
      this.copy(trajectory, start, position, x, slot * window * this.stateSize);
      if (label) label.set(labels[trajectory], slot * labels[0].length);
    }
    this.step++;
    return {x, shape: this.shape, label};
  }

  seek(step: number): void {
    requireInteger("Batches.seek", "step", step, {min: 0});
    this.step = step;
  }

  /** The window at a position of the endless stream. */
  private draw(position: number): number {
    const epoch = Math.floor(position / this.epoch);
    if (epoch !== this.orderOf) {
      this.order = Array.from({length: this.epoch}, (_, i) => i);
      Rng.from("batches", this.options.seed, epoch).shuffle(this.order);
      this.orderOf = epoch;
    }
    return this.order[position % this.epoch];
  }

  private copy(trajectory: number, start: number, position: number, x: Float32Array, to: number): void {
    const {window, stride = 1, seed, augment} = this.options;
    const data = flat(this.source.read(trajectory, {start, length: window, stride}));
    if (!augment) {
      x.set(data, to);
      return;
    }
    const {fields, boundaries} = augment;
    const grid = this.shape.slice(2, -1);
    const generator = Rng.from("augment", seed, position);
    const change = randomAugmentation(generator, {...augment, grid, boundary: boundaries[trajectory]});
    new Gather(grid, fields, change).run(data, 0, x, to, window);
  }
}
