import {Solver, type SolverLossOptions} from "../../lib/models/solver";
import {unrolledStates} from "../../lib/models/unrolled";
import {Random, tf} from "@lola-ts/engine";
import {contextMask} from "../../lib/models/context";
import {relativeError} from "../reference/reference";
import {draw, labels, LATENT, tinyNetwork, tinySolver} from "../tiny";

let before = 0;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(before);
});

test("a pixel solver has patches of pixels as tokens", () => {
  tf.tidy(() => {
    const config = tinyNetwork(2, {channels: 2, patchSize: [1, 8, 8], hidBlocks: 1});
    const solver = Solver.create(config, 1);
    const features = config.hidChannels;
    expect(solver.specs["backbone.in_proj.weight"].shape).toEqual([features, 2 * 2 * 64]);
    const x = tf.randomNormal([2, 3, 16, 24, 2]);
    const y = solver.forward(solver.layout.bind(solver.weights), x, {
      mask: tf.tensor1d(contextMask(3, 1)),
      label: tf.zeros([1, config.labelFeatures]),
    });
    expect(y.shape).toEqual(x.shape);
    solver.dispose();
  });
});

describe("every context, forward and backward", () => {
  const length = 5;
  const contexts = Array.from({length}, (_, i) => i + 1).flatMap((count) =>
    (["start", "end"] as const).map((side) => ({count, side})),
  );

  test.each(contexts)("$count states at the $side: only context states are used", ({count, side}) => {
    tf.tidy(() => {
      const model = tinySolver();
      const p = model.layout.bind(model.weights);
      const [x, other] = [1, 2].map((seed) => draw([2, length, 2, 1, LATENT], seed));
      const mask = tf.tensor1d(contextMask(length, count, side));
      const b = mask.reshape([1, length, 1, 1, 1]);
      const run = (states: tf.Tensor) => model.forward(p, states, {mask, label: labels(2)}).dataSync();
      const found = run(x);
      expect(run(x.add(other.mul(tf.sub(1, b))))).toEqual(found);
      expect(relativeError(run(x.add(other.mul(b))), found)).toBeGreaterThan(1e-3);
      model.dispose();
    });
  });
});

describe("the loss", () => {
  const states = (x: tf.Tensor, from: number, count: number) => tf.split(x, x.shape[1]!, 1).slice(from, from + count);
  const window = (parts: tf.Tensor[]) => tf.concat(parts, 1);

  test("of an unrolled forecast is the mean over windows, each from the last state of the one before", () => {
    tf.tidy(() => {
      const model = tinySolver();
      const p = model.layout.bind(model.weights);
      const x = draw([2, unrolledStates(4, 2), 2, 1, LATENT]);
      const mask = tf.tensor1d(contextMask(4, 2));
      const label = labels(2);
      const first = model.forward(p, window(states(x, 0, 4)), {mask, label});
      const last = states(first, 3, 1)[0];
      const one = tf.tensor1d(contextMask(4, 1));
      const zero = tf.zerosLike(last);
      const second = model.forward(p, window([last, zero, zero, zero]), {mask: one, label});
      const error = (guess: tf.Tensor, from: number, context = 0) =>
        window(states(guess, context, 4 - context))
          .sub(window(states(x, from + context, 4 - context)))
          .square()
          .mean()
          .dataSync()[0];
      const loss = (over?: "generated") => model.loss(p, [x, mask, label], {unroll: 2, over}).dataSync()[0];
      expect(loss()).toBeCloseTo((error(first, 0) + error(second, 3)) / 2, 5);
      // each window leaves out its own context: two states, then one
      expect(loss("generated")).toBeCloseTo((error(first, 0, 2) + error(second, 3, 1)) / 2, 5);
      model.dispose();
    });
  });

  test("sees noise on the context, which the target does not have", () => {
    tf.tidy(() => {
      const model = tinySolver();
      const p = model.layout.bind(model.weights);
      const batch = [draw([2, 4, 2, 1, LATENT]), tf.tensor1d(contextMask(4, 1)), labels(2)];
      const loss = (options: SolverLossOptions) => model.loss(p, batch, options).dataSync()[0];
      const random = Random.of(1);
      expect(loss({random, contextNoise: 0})).toBe(loss({}));
      expect(loss({random, contextNoise: 0.5})).not.toBeCloseTo(loss({}), 3);
      expect(loss({contextNoise: 0.5})).toBe(loss({})); // a validation has no source of noise
      model.dispose();
    });
  });
});
