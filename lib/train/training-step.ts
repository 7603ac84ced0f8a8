/**
 * One training step in two recorded functions: loss and gradient; clipping, update and the guard against non-finite numbers.
 */
import {requireInteger} from "@lola-ts/core";
import {type BoundParameters, type Layout} from "../nn/module";
import {tf, compile, type Compiled, Random, type BatchShare, runTracedStep, type TracedStep} from "@lola-ts/engine";
import {choose, clipFactor, finite, globalNorm, scaleGradient} from "./clip";
import {lerp, type Optimiser} from "./optimisers/optimiser";
import {stateTensors, type TrainState} from "./state";

/** Compute the loss of a batch, a scalar; recordable, with randomness from `random` only. */
export type Loss = (p: BoundParameters, batch: tf.Tensor[], random: Random) => tf.Scalar;

export interface TrainingStepOptions {
  layout: Layout;
  /** Loss of a batch; its randomness comes from its last argument. */
  loss: Loss;
  optimiser: Optimiser;
  /** Maximum norm of the gradient; Infinity for no limit. */
  clip: number;
  /** Decay of the weights' moving average, in [0, 1). By default there is no average. */
  ema?: number;
  /** Record the step; false runs it operation by operation. */
  compiled: boolean;
  /** Number of micro-batches of a batch, whose gradients are computed in turn and averaged to save memory. Default: 1. */
  microBatches?: number;
  /** Which of several ranks has this share of every batch. Default: the only one. */
  share?: Omit<BatchShare, "rows">;
}

/** A training step. The gradient is recorded once, the update once for each variant of the optimiser, at first use. */
export class TrainingStep {
  private readonly operations = new Map<string, Compiled | TracedStep>();
  private readonly microBatches: number;

  /** @throws RangeError unless `microBatches` is a positive integer. */
  constructor(private readonly options: TrainingStepOptions) {
    this.microBatches = options.microBatches ?? 1;
    requireInteger("train", "microBatches", this.microBatches);
  }

  /**
   * Run a step.
   *
   * @param index index of the step, which determines the optimiser's variant.
   * @param random source of randomness of loss and optimiser.
   * @returns the new state and [loss, norm of the gradient]; both belong to the caller, as the old state does.
   * @throws RangeError when the batch does not split into equal micro-batches.
   */
  run(
    state: TrainState,
    batch: tf.Tensor[],
    {index, rate, random}: {index: number; rate: number; random: Random},
  ): {state: TrainState; metrics: tf.Tensor1D} {
    return this.apply(this.lossAndGradient(state, batch, random), state, {index, rate, random});
  }

  /** Compute loss and gradient of a batch alone; the batch belongs to the caller, as the results do. */
  lossAndGradient(state: TrainState, batch: tf.Tensor[], random: Random): tf.Tensor[] {
    return this.microBatches === 1 ? this.gradient(random, state, batch) : this.accumulate(random, state, batch);
  }

  /** Update a state by loss and gradient, which are disposed of. @returns as {@link run}. */
  apply(
    gradient: tf.Tensor[],
    state: TrainState,
    {index, rate, random}: {index: number; rate: number; random: Random},
  ): {state: TrainState; metrics: tf.Tensor1D} {
    const variant = this.options.optimiser.variant(index);
    const learningRate = tf.scalar(rate);
    try {
      const update = this.operation(`update_${variant}`, (...inputs) => this.update(variant, inputs));
      const outputs = update(learningRate, random.key, ...gradient, ...stateTensors(state));
      const [metrics, weights, updates, ...rest] = outputs;
      const next = {
        weights: weights as tf.Tensor1D,
        updates: updates as tf.Scalar,
        average: rest.slice(0, state.average.length) as tf.Tensor1D[],
        optimiser: rest.slice(state.average.length),
      };
      return {state: next, metrics: metrics as tf.Tensor1D};
    } finally {
      tf.dispose([learningRate, ...gradient]);
    }
  }

  /** Read the gradient of a batch; the batch belongs to the caller. */
  gradientOf(state: TrainState, batch: tf.Tensor[], random: Random): Float32Array {
    const [loss, gradient] = this.lossAndGradient(state, batch, random);
    const values = gradient.dataSync() as Float32Array;
    tf.dispose([loss, gradient]);
    return values;
  }

  dispose(): void {
    for (const operation of this.operations.values()) if ("dispose" in operation) operation.dispose();
    this.operations.clear();
  }

  private operation(name: string, body: TracedStep): TracedStep {
    let operation = this.operations.get(name);
    if (!operation) {
      operation = this.options.compiled ? compile(body, name) : (...inputs) => runTracedStep(body, name, inputs);
      this.operations.set(name, operation);
    }
    return operation;
  }

  /** Compute loss and gradient of a batch, or add a micro-batch's, divided by their number, to `sums`. */
  private gradient(random: Random, {weights}: TrainState, batch: tf.Tensor[], sums: tf.Tensor[] = []): tf.Tensor[] {
    const {layout, loss, share} = this.options;
    const rows = share && {...share, rows: batch[0].shape[0]};
    const run = this.operation(sums.length > 0 ? "accumulate" : "gradient", (key, flat, ...inputs) => {
      const before = inputs.slice(0, sums.length);
      const tensors = inputs.slice(sums.length);
      const lossOf = (x: tf.Tensor) =>
        loss(layout.bind(x as tf.Tensor1D), tensors, new Random(key as tf.Tensor1D, rows));
      const {value, grad} = tf.valueAndGrad(lossOf)(flat);
      if (this.microBatches === 1) return [value, grad];
      const shares = [value, grad].map((tensor) => tensor.div(this.microBatches));
      return shares.map((share, i) => (before.length > 0 ? before[i].add(share) : share));
    });
    return run(random.key, weights, ...sums, ...batch);
  }

  private accumulate(random: Random, state: TrainState, batch: tf.Tensor[]): tf.Tensor[] {
    const microBatches = split(batch, this.microBatches);
    let sums: tf.Tensor[] = [];
    try {
      microBatches.forEach((microBatch, i) => {
        const next = tf.tidy(() => this.gradient(random.fold(i), state, microBatch, sums));
        tf.dispose(sums);
        sums = next;
      });
      return sums;
    } catch (error) {
      tf.dispose(sums);
      throw error;
    } finally {
      tf.dispose(microBatches);
    }
  }

  private update(variant: string, [learningRate, key, value, raw, ...previous]: tf.Tensor[]): tf.Tensor[] {
    const {layout, optimiser, clip, ema} = this.options;
    const [weights, updates] = previous as [tf.Tensor1D, tf.Scalar];
    const averages = ema === undefined ? 0 : 1;

    const norm = globalNorm(raw as tf.Tensor1D);
    const sane = finite(value as tf.Scalar, norm);
    const gradient = raw as tf.Tensor1D;
    const scale = clipFactor(norm, clip);
    const updated = optimiser.update({
      weights,
      ...(optimiser.scalesGradient ? {gradient, scale} : {gradient: scaleGradient(gradient, scale)}),
      state: previous.slice(2 + averages),
      learningRate: learningRate as tf.Scalar,
      step: updates,
      layout,
      random: new Random(key as tf.Tensor1D),
      variant,
    });
    const mean = ema === undefined ? [] : [lerp(previous[2] as tf.Tensor1D, updated.weights, tf.scalar(1 - ema))];
    const next = [updated.weights, updates.add(1), ...mean, ...updated.state];
    return [tf.stack([value, norm]), ...next.map((tensor, i) => choose(sane, tensor, previous[i]))];
  }
}

/** Split tensors into equal parts along their first axes. @throws RangeError when that is impossible. */
function split(batch: tf.Tensor[], count: number): tf.Tensor[][] {
  const odd = batch.find(({shape}) => shape.length === 0 || shape[0] % count !== 0);
  if (odd) {
    throw new RangeError(
      `train: expected batches whose first axis divides by the number ${count} of micro-batches, found [${odd.shape.join(", ")}].`,
    );
  }
  const splits = batch.map((tensor) => tf.split(tensor, count));
  return Array.from({length: count}, (_, i) => splits.map((parts) => parts[i]));
}
