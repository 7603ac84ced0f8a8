import {MaskedDenoiser} from "../../lib/diffusion/denoiser";
import {diffusionEmulator} from "../../lib/diffusion/emulator";
import {contextMask} from "../../lib/diffusion/mask";
import {Sampler} from "../../lib/diffusion/sampler";
import {tf} from "../../lib/tensor/backend";
import {Random} from "../../lib/tensor/random";
import {relativeError} from "../reference/reference";
import {sampledNetwork} from "./official";

const {model, load} = sampledNetwork();

let before = 0;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(before);
});

test("an emulator's windows keep what is observed, differ by row and position, and do not depend on the batch", () => {
  tf.tidy(() => {
    const {y, known} = load();
    const length = y.shape[1]!;
    const emulate = diffusionEmulator(model, {seed: 3, steps: 4});
    const mask = tf.tensor1d(contextMask(length, 1));
    const rows = tf.tile(y.slice(0, 1), [3, 1, 1, 1, 1]);
    const labels = tf.tile(known, [3, 1]) as tf.Tensor2D;
    const made = emulate(rows, mask, labels, {i: 0, row: 0});
    const values = (x: tf.Tensor, row: number) => x.slice(row, 1).dataSync();
    const observed = made.sub(rows).slice([0, 0], [3, 1]).abs().max().dataSync()[0];
    expect(observed).toBeLessThan(0.01); // sigma at t = 0 is 1e-3
    expect(relativeError(values(made, 0), values(made, 1))).toBeGreaterThan(0.01);
    const later = emulate(rows, mask, labels, {i: 4, row: 0});
    expect(relativeError(values(later, 0), values(made, 0))).toBeGreaterThan(0.01);
    const alone = emulate(rows.slice(0, 1), mask, labels.slice(0, 1), {i: 0, row: 2});
    expect(relativeError(alone.dataSync(), values(made, 2))).toBeLessThan(1e-4);
    emulate.dispose();
  });
});

test("a window is what the sampler makes, operation by operation, of the row's noise", () => {
  tf.tidy(() => {
    const {y, known} = load();
    const length = y.shape[1]!;
    const [seed, i, row] = [5, 8, 3];
    const options = {steps: 3, order: 2};
    const mask = tf.tensor1d(contextMask(length, 2));
    const rows = tf.tile(y.slice(0, 1), [2, 1, 1, 1, 1]);
    const labels = tf.tile(known.slice(0, 1), [2, 1]) as tf.Tensor2D;
    const emulate = diffusionEmulator(model, {seed, ...options});
    const made = emulate(rows, mask, labels, {i, row});
    emulate.dispose();

    const sampler = new Sampler(options);
    const denoise = new MaskedDenoiser(model.given(model.layout.bind(model.weights), labels), rows, mask);
    const noise = tf.stack([row, row + 1].map((number) => Random.of(seed, i).fold(number).normal(rows.shape.slice(1))));
    const expected = sampler.sample(denoise, sampler.start(model.schedule, noise));
    expect(relativeError(made.dataSync(), expected.dataSync())).toBeLessThan(1e-5);
  });
});

test("another seed draws other windows, the same seed the same", () => {
  tf.tidy(() => {
    const {y, known} = load();
    const mask = tf.tensor1d(contextMask(y.shape[1]!, 1));
    const [first, again, other] = [1, 1, 2].map((seed) => {
      const emulate = diffusionEmulator(model, {seed, steps: 2});
      const made = emulate(y, mask, known, {i: 0, row: 0}).dataSync();
      emulate.dispose();
      return made;
    });
    expect(again).toEqual(first);
    expect(relativeError(other, first)).toBeGreaterThan(0.01);
  });
});
