import ndarray from "ndarray";
import {stochasticSolverEmulator} from "../../lib/emulate/emulators";
import {rolloutEnsemble} from "../../lib/emulate/rollout";
import {coverageError} from "../../lib/evaluate/probability/calibration";
import {rankHistogram} from "../../lib/evaluate/probability/rank-histogram";
import {Rng} from "@lola-ts/core";
import {contextMask} from "../../lib/models/context";
import {StochasticSolver} from "../../lib/models/stochastic-solver";
import {tf} from "@lola-ts/engine";
import {adamW} from "../../lib/train/optimisers/adamw";
import {train} from "../../lib/train/loop";
import {relativeError} from "../reference/reference";
import {draw, labels, LATENT, tinyNetwork} from "../tiny";

let before = 0;
beforeEach(() => void (before = tf.memory().numTensors));
afterEach(() => expect(tf.memory().numTensors).toBe(before));

test("draws the same for the same seed, row and window, whatever the batch, and something else otherwise", () => {
  tf.tidy(() => {
    const model = StochasticSolver.create(tinyNetwork(), 5);
    const emulator = stochasticSolverEmulator(model, {seed: 2});
    const x = tf.tile(draw([1, 4, 2, 2, LATENT]), [3, 1, 1, 1, 1]);
    const mask = tf.tensor1d(contextMask(4, 1));
    const theta = tf.tile(labels(1), [3, 1]) as tf.Tensor2D;
    const all = emulator(x, mask, theta, {i: 0, row: 5});
    const [first, second] = tf.split(all, 3).map((part) => part.dataSync());
    const one = (i: number, row: number) =>
      emulator(x.slice([0], [1]), mask, theta.slice([0], [1]), {i, row}).dataSync();
    expect(relativeError(one(0, 6), second)).toBeLessThan(1e-6);
    expect(relativeError(first, second)).toBeGreaterThan(1e-4);
    expect(relativeError(one(3, 6), second)).toBeGreaterThan(1e-4);
    emulator.dispose();
    model.dispose();
  });
});

/** The process $x' = 0.8 x + 0.6 n$ with normal n: stationary with variance 1. */
function process(count: number, seed: string): Float32Array {
  const random = Rng.from("linear Gaussian", seed);
  const pairs = new Float32Array(2 * count);
  for (let i = 0; i < count; i++) {
    pairs[2 * i] = random.normal();
    pairs[2 * i + 1] = 0.8 * pairs[2 * i] + 0.6 * random.normal();
  }
  return pairs;
}

test("trained on a linear Gaussian process its ensemble is calibrated: a flat histogram by a chi-square test", async () => {
  const config = {...tinyNetwork(1, {channels: 1, labelFeatures: 0, hidChannels: 16, hidBlocks: 1}), noiseFeatures: 4};
  const model = StochasticSolver.create(config, 1);
  const batch = 256;
  await train(model, {
    loss: (p, [x, mask], random) => model.loss(p, [x, mask], {random, members: 4, alpha: 1}),
    nextBatch: (step) => [tf.tensor(process(batch, `${step}`), [batch, 2, 1, 1]), tf.tensor1d(contextMask(2, 1))],
    steps: 500,
    optimiser: adamW({betas: [0.9, 0.99]}),
    learningRate: (step) => 5e-3 * Math.min(1, (500 - step) / 250),
    clip: 1,
    seed: 0,
    config: {},
  });
  const count = 400;
  const truth = process(count, "test");
  const given = ndarray(truth, [count, 2, 1, 1]);
  const emulator = stochasticSolverEmulator(model, {seed: 1});
  const made = await rolloutEnsemble(emulator, given, {steps: 2, window: 2, members: 9});
  emulator.dispose();
  model.dispose();
  const members = Array.from({length: 9}, (_, k) =>
    Float32Array.from({length: count}, (_, n) => made.get(n, k, 1, 0, 0)),
  );
  const ranks = rankHistogram(truth.filter((_, i) => i % 2 === 1), members, Rng.from("ranks")); // prettier-ignore
  const chi2 = ranks.reduce((sum, found) => sum + (found - count / 10) ** 2 / (count / 10), 0);
  expect(chi2).toBeLessThan(27.9); // 99.9 % of a chi-square distribution with 9 degrees of freedom
  expect(coverageError(ranks)).toBeLessThan(0.06);
});
