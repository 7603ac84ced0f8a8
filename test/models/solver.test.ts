import {Solver} from "../../lib/models/solver";
import {tf} from "@lola-ts/engine";
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

test("the loss is the mean squared error of all states, or of the generated ones alone", () => {
  tf.tidy(() => {
    const model = tinySolver();
    const p = model.layout.bind(model.weights);
    const x = draw([2, 4, 2, 1, LATENT]);
    const [mask, label] = [tf.tensor1d(contextMask(4, 2)), labels(2)];
    const squares = model.forward(p, x, {mask, label}).sub(x).square();
    const loss = (over?: "generated") => model.loss(p, [x, mask, label], {over}).dataSync()[0];
    expect(loss()).toBeCloseTo(squares.mean().dataSync()[0], 5);
    expect(loss("generated")).toBeCloseTo(tf.split(squares, 2, 1)[1].mean().dataSync()[0], 5);
    model.dispose();
  });
});
