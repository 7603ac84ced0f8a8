/**
 * One training step in two recorded functions: loss and gradient; clipping, update and the guard against non-finite numbers.
 */
import {type BoundParameters, type Layout} from "../nn/module";
import {tf} from "../tensor/backend";
import {compile, type Compiled} from "../tensor/compile/compile";
import {Random} from "../tensor/random";
import {runTracedStep, type TracedStep} from "../tensor/compile/traced-step";
import {choose, clipToNorm, finite, globalNorm} from "./clip";
import {average} from "./ema";
import type {Optimiser} from "./optimisers/optimiser";
import {stateTensors, type TrainState} from "./state";

/** Computes what is minimised, a scalar. Recordable: randomness comes from `random` only. */
export type Loss = (p: BoundParameters, batch: tf.Tensor[], random: Random) => tf.Scalar;

export interface TrainingStepOptions {
  layout: Layout;
  loss: Loss;
  optimiser: Optimiser;
  /** Largest norm of the gradient; Infinity to leave it. */
  clip: number;
  /** Share of the moving average that stays in each step; undefined for no average. */
  ema?: number;
  /** Record the step; false runs it operation by operation. */
  compiled: boolean;
  /** Pieces into which a batch is cut, to save memory: their gradients are computed one after the other and averaged. */
  accumulation?: number;
}

/**
 * A training step. The gradient is recorded once, the update once for each variant of the optimiser, when it is first
 * needed.
 */
export class TrainingStep {
  private readonly operations = new Map<string, Compiled | TracedStep>();
  private readonly pieces: number;

  /** @throws RangeError unless `accumulation` is a positive integer. */
  constructor(private readonly options: TrainingStepOptions) {
    this.pieces = options.accumulation ?? 1;
    if (!(Number.isInteger(this.pieces) && this.pieces > 0)) {
      throw new RangeError(`train: expected an accumulation that is a positive integer, found ${this.pieces}.`);
    }
  }

  /**
   * Run a step.
   *
   * @param index number of the step: it chooses the optimiser's variant.
   * @param random what loss and optimiser draw from.
   * @returns the new state and [loss, norm of the gradient]; both belong to the caller, as the old state does.
   * @throws RangeError when the batch cannot be cut into equal pieces.
   */
  run(
    state: TrainState,
    batch: tf.Tensor[],
    {index, rate, random}: {index: number; rate: number; random: Random},
  ): {state: TrainState; metrics: tf.Tensor1D} {
    const variant = this.options.optimiser.variant(index);
    const slope = this.pieces === 1 ? this.slope(random, state, batch) : this.accumulate(random, state, batch);
    const learningRate = tf.scalar(rate);
    try {
      const update = this.operation(`update_${variant}`, (...inputs) => this.update(variant, inputs));
      const outputs = update(learningRate, random.key, ...slope, ...stateTensors(state));
      const [metrics, weights, updates, ...rest] = outputs;
      const next = {
        weights: weights as tf.Tensor1D,
        updates: updates as tf.Scalar,
        average: rest.slice(0, state.average.length) as tf.Tensor1D[],
        optimiser: rest.slice(state.average.length),
      };
      return {state: next, metrics: metrics as tf.Tensor1D};
    } finally {
      tf.dispose([learningRate, ...slope]);
    }
  }

  /** Forget what was recorded. */
  dispose(): void {
    for (const operation of this.operations.values()) if ("dispose" in operation) operation.dispose();
    this.operations.clear();
  }

  /** Record an operation when it is first needed. */
  private operation(name: string, body: TracedStep): TracedStep {
    let operation = this.operations.get(name);
    if (!operation) {
      operation = this.options.compiled ? compile(body, name) : (...inputs) => runTracedStep(body, name, inputs);
      this.operations.set(name, operation);
    }
    return operation;
  }

  /** Compute loss and gradient of a batch, or add those of one piece to `sums`, each with its share. */
  private slope(random: Random, {weights}: TrainState, batch: tf.Tensor[], sums: tf.Tensor[] = []): tf.Tensor[] {
    const {layout, loss} = this.options;
    const run = this.operation(sums.length > 0 ? "accumulate" : "gradient", (key, flat, ...inputs) => {
      const [before, piece] = [inputs.slice(0, sums.length), inputs.slice(sums.length)];
      const lossOf = (x: tf.Tensor) => loss(layout.bind(x as tf.Tensor1D), piece, new Random(key as tf.Tensor1D));
      const {value, grad} = tf.valueAndGrad(lossOf)(flat);
      if (this.pieces === 1) return [value, grad];
      const shares = [value, grad].map((tensor) => tensor.div(this.pieces));
      return shares.map((share, i) => (before.length > 0 ? before[i].add(share) : share));
    });
    return run(random.key, weights, ...sums, ...batch);
  }

  /** Average loss and gradient over the pieces of a batch. */
  private accumulate(random: Random, state: TrainState, batch: tf.Tensor[]): tf.Tensor[] {
    const pieces = cut(batch, this.pieces);
    let sums: tf.Tensor[] = [];
    try {
      pieces.forEach((piece, i) => {
        const next = tf.tidy(() => this.slope(random.fold(i), state, piece, sums));
        tf.dispose(sums);
        sums = next;
      });
      return sums;
    } catch (error) {
      tf.dispose(sums);
      throw error;
    } finally {
      tf.dispose(pieces);
    }
  }

  /** Update the state by loss and gradient. */
  private update(variant: string, [learningRate, key, value, raw, ...previous]: tf.Tensor[]): tf.Tensor[] {
    const {layout, optimiser, clip, ema} = this.options;
    const [weights, updates] = previous as [tf.Tensor1D, tf.Scalar];
    const averages = ema === undefined ? 0 : 1;

    const norm = globalNorm(raw as tf.Tensor1D);
    const sane = finite(value as tf.Scalar, norm);
    const updated = optimiser.update({
      weights,
      gradient: clipToNorm(raw as tf.Tensor1D, norm, clip),
      state: previous.slice(2 + averages),
      learningRate: learningRate as tf.Scalar,
      step: updates,
      layout,
      random: new Random(key as tf.Tensor1D),
      variant,
    });
    const mean = ema === undefined ? [] : [average(previous[2] as tf.Tensor1D, updated.weights, ema)];
    const next = [updated.weights, updates.add(1), ...mean, ...updated.state];
    return [tf.stack([value, norm]), ...next.map((tensor, i) => choose(sane, tensor, previous[i]))];
  }
}

/** Cut tensors into equal pieces along their first axes. @throws RangeError when that is impossible. */
function cut(batch: tf.Tensor[], count: number): tf.Tensor[][] {
  const odd = batch.find(({shape}) => shape.length === 0 || shape[0] % count !== 0);
  if (odd) {
    throw new RangeError(
      `train: expected batches whose first axis divides by the accumulation ${count}, found [${odd.shape.join(", ")}].`,
    );
  }
  const parts = batch.map((tensor) => tf.split(tensor, count));
  return Array.from({length: count}, (_, i) => parts.map((pieces) => pieces[i]));
}
