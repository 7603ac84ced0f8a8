/**
 * One training step: loss, gradient, clipping, update and the guard against non-finite numbers, recorded as one function.
 */
import {type Parameters, type Layout} from "../nn/module";
import {tf} from "../tensor/backend";
import {compile, type Compiled} from "../tensor/compile";
import {Random} from "../tensor/random";
import {runStep, type Step} from "../tensor/step";
import {choose, clipToNorm, finite, globalNorm} from "./clip";
import {average} from "./ema";
import type {Optimiser} from "./optimiser";
import {stateTensors, type TrainState} from "./state";

/** Computes what is minimised, a scalar. Recordable: randomness comes from `random` only. */
export type Loss = (p: Parameters, batch: tf.Tensor[], random: Random) => tf.Scalar;

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

/** A training step, recorded for each variant of the optimiser when it is first needed. */
export class TrainingStep {
  private readonly operations = new Map<string, Compiled | Step>();
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
    const inputs = this.pieces === 1 ? batch : this.accumulate(state.weights, cut(batch, this.pieces), random);
    const learningRate = tf.scalar(rate);
    try {
      const body = (...all: tf.Tensor[]) => this.update(variant, inputs.length, all);
      const step = this.operation(`train_${variant}`, inputs.length, body);
      const outputs = step(learningRate, random.key, ...inputs, ...stateTensors(state));
      const [metrics, weights, updates, ...rest] = outputs;
      const next = {
        weights: weights as tf.Tensor1D,
        updates: updates as tf.Scalar,
        average: rest.slice(0, state.average.length) as tf.Tensor1D[],
        optimiser: rest.slice(state.average.length),
      };
      return {state: next, metrics: metrics as tf.Tensor1D};
    } finally {
      learningRate.dispose();
      if (inputs !== batch) tf.dispose(inputs);
    }
  }

  /** Forget what was recorded. */
  dispose(): void {
    for (const operation of this.operations.values()) if ("dispose" in operation) operation.dispose();
    this.operations.clear();
  }

  /** Record an operation when it is first needed. */
  private operation(name: string, batchSize: number, body: Step): Step {
    const key = `${name} ${batchSize}`;
    let operation = this.operations.get(key);
    if (!operation) {
      operation = this.options.compiled ? compile(body, name) : (...inputs) => runStep(body, name, inputs);
      this.operations.set(key, operation);
    }
    return operation;
  }

  /** Average loss and gradient over the pieces of a batch, which are freed. */
  private accumulate(weights: tf.Tensor1D, pieces: tf.Tensor[][], random: Random): tf.Tensor[] {
    let sums: tf.Tensor[] = [tf.scalar(0), tf.zerosLike(weights)];
    const add = this.operation("accumulate", pieces[0].length, (...inputs) => this.add(inputs));
    try {
      pieces.forEach((piece, i) => {
        const next = tf.tidy(() => add(random.fold(i).key, weights, ...sums, ...piece));
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

  /** Add a piece's share to the loss and the gradient. */
  private add([key, weights, value, gradient, ...piece]: tf.Tensor[]): tf.Tensor[] {
    const share = this.gradient(weights as tf.Tensor1D, piece, new Random(key as tf.Tensor1D));
    return [value.add(share.value.div(this.pieces)), gradient.add(share.grad.div(this.pieces))];
  }

  private gradient(weights: tf.Tensor1D, batch: tf.Tensor[], random: Random): Gradient {
    const {layout, loss} = this.options;
    return tf.valueAndGrad((flat) => loss(layout.bind(flat as tf.Tensor1D), batch, random))(weights) as Gradient;
  }

  /** Update the state by a batch, or by the loss and the gradient accumulated from one. */
  private update(variant: string, count: number, [learningRate, key, ...tensors]: tf.Tensor[]): tf.Tensor[] {
    const {layout, optimiser, clip, ema} = this.options;
    const [inputs, previous] = [tensors.slice(0, count), tensors.slice(count)];
    const [weights, updates] = previous as [tf.Tensor1D, tf.Scalar];
    const averages = ema === undefined ? 0 : 1;

    const random = new Random(key as tf.Tensor1D);
    const [sum, sumGradient] = inputs as [tf.Scalar, tf.Tensor1D];
    const {value, grad: raw} =
      this.pieces === 1 ? this.gradient(weights, inputs, random) : {value: sum, grad: sumGradient};
    const norm = globalNorm(raw);
    const sane = finite(value, norm);
    const gradient = clipToNorm(raw, norm, clip);

    const updated = optimiser.update({
      weights,
      gradient,
      state: previous.slice(2 + averages),
      learningRate: learningRate as tf.Scalar,
      step: updates,
      layout,
      random,
      variant,
    });
    const mean = ema === undefined ? [] : [average(previous[2] as tf.Tensor1D, updated.weights, ema)];
    const next = [updated.weights, updates.add(1), ...mean, ...updated.state];
    return [tf.stack([value, norm]), ...next.map((tensor, i) => choose(sane, tensor, previous[i]))];
  }
}

interface Gradient {
  value: tf.Scalar;
  grad: tf.Tensor1D;
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
