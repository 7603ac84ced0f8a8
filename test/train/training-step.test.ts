import {Layout, type Model, type BoundParameters} from "../../lib/nn/module";
import {tf, Random} from "@lola-ts/engine";
import {executionModeNames} from "../../packages/engine/src/compile/compile";
import {adamW} from "../../lib/train/optimisers/adamw";
import type {Optimiser} from "../../lib/train/optimisers/optimiser";
import {psgd} from "../../lib/train/optimisers/psgd";
import {soap} from "../../lib/train/optimisers/soap";
import {beginState, disposeState, stateTensors} from "../../lib/train/state";
import {TrainingStep, type Loss} from "../../lib/train/training-step";
import {relativeError} from "../reference/reference";
import {withExecutionMode} from "../execution-modes";
import {draw, FIELDS, labels, LATENT, tinyAutoencoder, tinyDenoiser, tinyNetwork, tinySolver} from "../tiny";

const layout = new Layout({w: {shape: [4], init: () => Float32Array.of(1, 2, 3, 4)}});
const optimiser = adamW();

/** Run one step of sum (w - x)^2 from w = (1, 2, 3, 4); loss, norm and the number of times the loss was evaluated. */
function runSteps(batches: number[][], compiled: boolean) {
  let evaluations = 0;
  const loss = (p: BoundParameters, [x]: tf.Tensor[]) => {
    evaluations++;
    return tf.sum<tf.Scalar>(tf.squaredDifference(p.get("w"), x));
  };
  const step = new TrainingStep({layout, loss, optimiser, clip: 1, compiled});
  const weights = tf.tensor1d(layout.initialise(0));
  let state = beginState({layout, weights}, {optimiser, steps: 1});
  const metrics = batches.map((values, index) => {
    const batch = [tf.tensor1d(values)];
    const random = Random.of(0, index);
    const result = step.run(state, batch, {index, rate: 0.1, random});
    disposeState(state);
    state = result.state;
    const numbers = [...result.metrics.dataSync()];
    tf.dispose([batch, random.key, result.metrics]);
    return numbers;
  });
  const final = [...state.weights.dataSync()];
  disposeState(state);
  weights.dispose();
  step.dispose();
  return {metrics, final, evaluations};
}

test.each([true, false])("reports loss and gradient norm before clipping, recorded: %p", (compiled) => {
  const {metrics, final} = runSteps([[0, 2, 3, 4]], compiled);
  expect(metrics).toEqual([[1, 2]]);
  expect(final[0]).toBeCloseTo(0.9, 5);
  expect(final.slice(1)).toEqual([2, 3, 4]);
});

test.each([true, false])(
  "the moving average keeps a share of itself and takes the rest of the new weights, recorded: %p",
  (compiled) => {
    tf.tidy(() => {
      const loss: Loss = (p, [x]) => tf.sum<tf.Scalar>(tf.squaredDifference(p.get("w"), x));
      const step = new TrainingStep({layout, loss, optimiser, clip: 1, ema: 0.9, compiled});
      let state = beginState({layout, weights: tf.tensor1d(layout.initialise(0))}, {optimiser, steps: 2, ema: 0.9});
      let expected = [1, 2, 3, 4];
      for (const index of [0, 1]) {
        ({state} = step.run(state, [tf.zeros([4])], {index, rate: 0.1, random: Random.of(0, index)}));
        const weights = state.weights.dataSync();
        expected = expected.map((mean, i) => 0.9 * mean + 0.1 * weights[i]);
        expect(relativeError(state.average[0].dataSync(), expected)).toBeLessThan(1e-6);
      }
      step.dispose();
    });
  },
);

test("a recorded loss is evaluated once, whatever the number of steps", () => {
  const batches = [1, 2, 3].map((x) => [x, x, x, x]);
  expect(runSteps(batches, true).evaluations).toBe(1);
  expect(runSteps(batches, false).evaluations).toBe(3);
});

test("frees everything, also what a failing loss left for its gradient", () => {
  const before = tf.memory().numTensors;
  runSteps([[0, 0, 0, 0]], true);
  const weights = tf.tensor1d(layout.initialise(0));
  const state = beginState({layout, weights}, {optimiser, steps: 1});
  const loss = (p: BoundParameters): tf.Scalar => {
    tf.exp(p.get("w").square());
    throw new Error("in the middle");
  };
  for (const compiled of [true, false]) {
    const random = Random.of(0);
    const step = new TrainingStep({layout, loss, optimiser, clip: 1, compiled});
    expect(() => step.run(state, [], {index: 0, rate: 0.1, random})).toThrow("in the middle");
    random.key.dispose();
    step.dispose();
  }
  disposeState(state);
  weights.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

/**
 * A noisy regression by one layer. Its gradients have full rank: the eigenbases that SOAP keeps of a singular matrix, as
 * larger networks have, are as sensitive to rounding as they are arbitrary.
 */
function regression() {
  const layout = new Layout({
    w: {shape: [3, 3], init: () => Float32Array.of(1, 0.2, -0.3, 0.4, -0.8, 0.1, 0.3, -0.2, 0.6)},
    b: {shape: [3], init: () => new Float32Array(3)},
  });
  const loss: Loss = (p, [x, y], random) => {
    const noisy = x.add(random.normal(x.shape).mul(0.1)) as tf.Tensor2D;
    return tf.mean<tf.Scalar>(
      tf.squaredDifference(
        tf
          .matMul(noisy, p.get("w") as tf.Tensor2D)
          .add(p.get("b"))
          .tanh(),
        y,
      ),
    );
  };
  return {layout, batch: [draw([16, 3], 1), draw([16, 3], 2)], loss};
}

const optimisers: Record<string, () => Optimiser> = {adamw: adamW, soap: () => soap({frequency: 2}), psgd};

/** The losses of every kind of model, with all randomness that training has. */
const trainings: Record<string, () => {model: Model; batch: tf.Tensor[]; loss: Loss}> = {
  autoencoder: () => {
    const model = tinyAutoencoder({dropout: 0.2});
    const loss: Loss = (p, batch, random) => model.loss(p, batch, {random});
    return {model, batch: [draw([2, 8, 8, FIELDS], 1)], loss};
  },
  denoiser: () => {
    const model = tinyDenoiser(tinyNetwork(2, {dropout: 0.2}));
    const loss: Loss = (p, batch, random) => model.loss(p, batch, {random});
    return {
      model,
      batch: [draw([2, 4, 2, 2, LATENT], 1), tf.tensor2d([1, 0, 0, 0, 0, 0, 1, 1], [2, 4]), labels(2)],
      loss,
    };
  },
  solver: () => {
    const model = tinySolver(tinyNetwork(2, {dropout: 0.2}));
    const loss: Loss = (p, batch, random) => model.loss(p, batch, {random});
    return {
      model,
      batch: [draw([2, 4, 2, 2, LATENT], 1), tf.tensor2d([1, 0, 0, 0, 0, 0, 1, 1], [2, 4]), labels(2)],
      loss,
    };
  },
};

describe.each(executionModeNames)("in the mode %s", (mode) => {
  withExecutionMode(mode);

  test.each(Object.keys(optimisers))("steps of every optimiser equal eager ones: %s", (name) => {
    tf.tidy(() => {
      const {layout, batch, loss} = regression();
      const optimiser = optimisers[name]();
      const run = (compiled: boolean) => {
        const step = new TrainingStep({layout, loss, optimiser, clip: 1, ema: 0.9, compiled});
        let state = beginState({layout, weights: tf.tensor1d(layout.initialise(0))}, {optimiser, steps: 4, ema: 0.9});
        for (let index = 0; index < 4; index++) {
          ({state} = step.run(state, batch, {index, rate: 1e-2, random: Random.of(5, index)}));
        }
        step.dispose();
        return stateTensors(state).map((tensor) => tensor.dataSync());
      };
      const [recorded, eager] = [true, false].map(run);
      recorded.forEach((tensor, i) => expect(relativeError(tensor, eager[i])).toBeLessThan(1e-5));
      expect(relativeError(eager[0], layout.initialise(0))).toBeGreaterThan(1e-3); // it did train
    });
  });
});

test.each(Object.keys(trainings))("recorded steps of a training equal eager ones: %s", (kind) => {
  tf.tidy(() => {
    const {model, batch, loss} = trainings[kind]();
    const run = (compiled: boolean) => {
      const step = new TrainingStep({layout: model.layout, loss, optimiser, clip: 1, ema: 0.9, compiled});
      let state = beginState(model, {optimiser, steps: 3, ema: 0.9});
      const metrics = [0, 1, 2].flatMap((index) => {
        const result = step.run(state, batch, {index, rate: 1e-2, random: Random.of(5, index)});
        state = result.state;
        return [...result.metrics.dataSync()];
      });
      step.dispose();
      return {metrics, weights: state.weights.dataSync(), average: state.average[0].dataSync()};
    };
    const [recorded, eager] = [true, false].map(run);
    expect(relativeError(recorded.metrics, eager.metrics)).toBeLessThan(1e-4);
    expect(relativeError(recorded.weights, eager.weights)).toBeLessThan(1e-4);
    expect(relativeError(recorded.average, eager.average)).toBeLessThan(1e-4);
    expect(relativeError(eager.weights, model.weights.dataSync())).toBeGreaterThan(1e-3); // it did train
    model.dispose();
  });
});
