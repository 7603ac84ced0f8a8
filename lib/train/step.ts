/**
 * One training step: loss, gradient, clipping, update and the guard against non-finite numbers, recorded as one function.
 */
import {type Parameters, type Layout} from "../nn/module";
import {tf} from "../tensor/backend";
import {compile, type Compiled} from "../tensor/compile";
import {Random} from "../tensor/random";
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
}

/** A training step, recorded for each variant of the optimiser when it is first needed. */
export class TrainingStep {
  private readonly variants = new Map<string, Compiled | ((...inputs: tf.Tensor[]) => tf.Tensor[])>();

  constructor(private readonly options: TrainingStepOptions) {}

  /**
   * Run a step.
   *
   * @param index number of the step: it chooses the optimiser's variant.
   * @param random what the loss draws from.
   * @returns the new state and [loss, norm of the gradient]; both belong to the caller, as the old state does.
   */
  run(
    state: TrainState,
    batch: tf.Tensor[],
    {index, rate, random}: {index: number; rate: number; random: Random},
  ): {state: TrainState; metrics: tf.Tensor1D} {
    const variant = this.options.optimiser.variant(index);
    const learningRate = tf.scalar(rate);
    try {
      const outputs = this.variant(variant, batch.length)(learningRate, random.key, ...batch, ...stateTensors(state));
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
    }
  }

  /** Forget what was recorded. */
  dispose(): void {
    for (const step of this.variants.values()) if ("dispose" in step) step.dispose();
    this.variants.clear();
  }

  private variant(name: string, batchSize: number): (...inputs: tf.Tensor[]) => tf.Tensor[] {
    const key = `${name} ${batchSize}`;
    let step = this.variants.get(key);
    if (!step) {
      const body = (...inputs: tf.Tensor[]) => this.body(name, batchSize, inputs);
      step = this.options.compiled
        ? compile(body, `train_${name}`)
        : (...inputs) => tf.tidy(() => body(...inputs).map((output) => output.clone()));
      this.variants.set(key, step);
    }
    return step;
  }

  private body(variant: string, batchSize: number, inputs: tf.Tensor[]): tf.Tensor[] {
    const {layout, loss, optimiser, clip, ema} = this.options;
    const [learningRate, key, ...tensors] = inputs;
    const batch = tensors.slice(0, batchSize);
    const previous = tensors.slice(batchSize);
    const [weights, updates] = previous as [tf.Tensor1D, tf.Scalar];
    const averages = ema === undefined ? 0 : 1;

    const random = new Random(key as tf.Tensor1D);
    const objective = (flat: tf.Tensor1D) => loss(layout.bind(flat), batch, random);
    const {value, grad: raw} = valueAndGradient(objective, weights);
    const norm = globalNorm(raw);
    const sane = finite(value, norm);
    const gradient = choose(sane, clip === Infinity ? raw : clipToNorm(raw, norm, clip), tf.zerosLike(raw));

    const updated = optimiser.update({
      weights,
      gradient,
      state: previous.slice(2 + averages),
      learningRate: learningRate as tf.Scalar,
      step: updates,
      layout,
      variant,
    });
    const mean = ema === undefined ? [] : [average(previous[2] as tf.Tensor1D, updated.weights, ema)];
    const next = [updated.weights, updates.add(1), ...mean, ...updated.state];
    return [tf.stack([value, norm]), ...next.map((tensor, i) => choose(sane, tensor, previous[i]))];
  }
}

/**
 * Compute a loss and its gradient.
 *
 * tfjs keeps what the backward pass will need out of reach of `tidy`, and forgets about it if the loss throws: here it is
 * freed.
 */
function valueAndGradient(f: (x: tf.Tensor1D) => tf.Scalar, x: tf.Tensor1D): {value: tf.Scalar; grad: tf.Tensor1D} {
  const engine = tf.engine();
  const kept: tf.Tensor[] = [];
  const keep = <T extends tf.Tensor>(tensor: T): T => {
    kept.push(tensor);
    tensor.kept = true;
    return tensor;
  };
  Object.defineProperty(engine, "keep", {value: keep, configurable: true});
  try {
    return tf.valueAndGrad((flat) => f(flat as tf.Tensor1D))(x) as {value: tf.Scalar; grad: tf.Tensor1D};
  } catch (error) {
    tf.dispose(kept);
    throw error;
  } finally {
    Reflect.deleteProperty(engine, "keep"); // the class's own method again
  }
}
