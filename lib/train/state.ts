/** The state of a training as tensors. */
import type {Layout} from "../nn/module";
import {tf} from "@lola-ts/engine";
import type {Checkpoint} from "./checkpoint";
import type {Optimiser} from "./optimisers/optimiser";

/** A model with its parameters in a flat vector. */
export interface Trainable {
  readonly layout: Layout;
  weights: tf.Tensor1D;
}

export interface TrainState {
  weights: tf.Tensor1D;
  /** Number of updates so far, skipped steps not counted; float32. */
  updates: tf.Scalar;
  /** Moving average of the weights, or none. */
  average: tf.Tensor1D[];
  optimiser: tf.Tensor[];
}

export interface StateOptions {
  optimiser: Optimiser;
  steps: number;
  ema?: number;
}

/** List the tensors of a state: weights, updates, average if there is one, then the optimiser's. */
export function stateTensors({weights, updates, average, optimiser}: TrainState): tf.Tensor[] {
  return [weights, updates, ...average, ...optimiser];
}

export function disposeState(state: TrainState): void {
  tf.dispose(stateTensors(state));
}

/** Make the state before the first step. */
export function beginState({weights, layout}: Trainable, {optimiser, ema}: StateOptions): TrainState {
  return {
    weights: weights.clone(),
    updates: tf.scalar(0),
    average: ema === undefined ? [] : [weights.clone()],
    optimiser: optimiser.initial(layout),
  };
}

export function restoreState(layout: Layout, options: StateOptions, checkpoint: Checkpoint): TrainState {
  const {optimiser, steps, ema} = options;
  const {name, updates, state} = checkpoint.optimiser;
  if (checkpoint.step > steps) {
    throw new Error(`train: expected a checkpoint of at most ${steps} steps, found one of ${checkpoint.step}.`);
  }
  if (name !== optimiser.name) {
    throw new Error(`train: expected a checkpoint of optimiser ${optimiser.name}, found ${name}.`);
  }
  const shapes = tf.tidy(() => optimiser.initial(layout).map(({shape}) => shape.join("x")));
  const found = state.map(({shape}) => shape.join("x"));
  if (shapes.join() !== found.join()) {
    throw new Error(`train: expected optimiser state of shapes ${shapes.join(", ")}, found ${found.join(", ")}.`);
  }
  if ((ema !== undefined) !== (checkpoint.average !== undefined)) {
    const [expected, other] = ema === undefined ? ["no", "one"] : ["a", "none"];
    throw new Error(`train: expected a checkpoint with ${expected} moving average, found ${other}.`);
  }
  const weights = layout.fromOfficial(checkpoint.weights);
  const average = checkpoint.average ? [layout.fromOfficial(checkpoint.average)] : [];
  return {
    weights: tf.tensor1d(weights),
    updates: tf.scalar(updates),
    average: average.map((mean) => tf.tensor1d(mean)),
    optimiser: state.map(({shape, data}) => tf.tensor(data, [...shape])),
  };
}
