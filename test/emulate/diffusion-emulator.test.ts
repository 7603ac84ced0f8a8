import {MaskedDenoiser} from "../../lib/diffusion/denoiser";
import {diffusionEmulator} from "../../lib/emulate/emulators";
import {contextMask} from "../../lib/models/context";
import {Sampler, type SamplerScheme} from "../../lib/diffusion/samplers/sampler";
import {tf, Random, RowRandom} from "@lola-ts/engine";
import {relativeError} from "../reference/reference";
import {draw, labels, LATENT, tinyDenoiser} from "../tiny";

const model = tinyDenoiser();
const load = () => ({y: draw([2, 4, 2, 2, LATENT]), label: labels(1)});

const kinds: SamplerScheme[] = [{}, {kind: "eab"}, {kind: "ddim", eta: 0.5}, {kind: "ddpm"}, {kind: "pc", delta: 0.1}];

let before = 0;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(before);
});

test.each(kinds)("%j: windows preserve the context, differ by row and position, not with the batch", (method) => {
  tf.tidy(() => {
    const {y, label} = load();
    const length = y.shape[1]!;
    const emulator = diffusionEmulator(model, {seed: 3, steps: 4, ...method});
    const mask = tf.tensor1d(contextMask(length, 1));
    const rows = tf.tile(y.slice(0, 1), [3, 1, 1, 1, 1]);
    const labels = tf.tile(label, [3, 1]) as tf.Tensor2D;
    const made = emulator(rows, mask, labels, {i: 0, row: 0});
    const values = (x: tf.Tensor, row: number) => x.slice(row, 1).dataSync();
    const change = made.sub(rows).slice([0, 0], [3, 1]).abs().max().dataSync()[0];
    expect(change).toBeLessThan(0.01); // sigma at t = 0 is 1e-3
    expect(relativeError(values(made, 0), values(made, 1))).toBeGreaterThan(0.01);
    const later = emulator(rows, mask, labels, {i: 4, row: 0});
    expect(relativeError(values(later, 0), values(made, 0))).toBeGreaterThan(0.01);
    const alone = emulator(rows.slice(0, 1), mask, labels.slice(0, 1), {i: 0, row: 2});
    expect(relativeError(alone.dataSync(), values(made, 2))).toBeLessThan(1e-4);
    emulator.dispose();
  });
});

test.each(kinds)("%j: a window is what the sampler makes, operation by operation, of the rows' noise", (method) => {
  tf.tidy(() => {
    const {y, label} = load();
    const length = y.shape[1]!;
    const seed = 5;
    const i = 8;
    const row = 3;
    const options = {steps: 3, ...method};
    const mask = tf.tensor1d(contextMask(length, 2));
    const rows = tf.tile(y.slice(0, 1), [2, 1, 1, 1, 1]);
    const labels = tf.tile(label.slice(0, 1), [2, 1]) as tf.Tensor2D;
    const emulator = diffusionEmulator(model, {seed, ...options});
    const made = emulator(rows, mask, labels, {i, row});
    emulator.dispose();

    const sampler = new Sampler(options);
    const denoise = new MaskedDenoiser(model.condition(model.layout.bind(model.weights), labels), rows, mask);
    const random = RowRandom.of([row, row + 1].map((number) => Random.of(seed, i).fold(number)));
    const expected = sampler.sample(denoise, sampler.start(model.schedule, random.normal(rows.shape)), random);
    expect(relativeError(made.dataSync(), expected.dataSync())).toBeLessThan(1e-5);
  });
});

test("another seed draws other windows, the same seed the same", () => {
  tf.tidy(() => {
    const {y} = load();
    const mask = tf.tensor1d(contextMask(y.shape[1]!, 1));
    const [first, again, other] = [1, 1, 2].map((seed) => {
      const emulator = diffusionEmulator(model, {seed, steps: 2});
      const made = emulator(y, mask, labels(2), {i: 0, row: 0}).dataSync();
      emulator.dispose();
      return made;
    });
    expect(again).toEqual(first);
    expect(relativeError(other, first)).toBeGreaterThan(0.01);
  });
});

test("draws the recorded window of a seed, position and row", () => {
  tf.tidy(() => {
    const y = draw([2, 4, 2, 2, LATENT]);
    const mask = tf.tensor1d(contextMask(4, 1));
    const emulator = diffusionEmulator(model, {seed: 7, steps: 2});
    const made = emulator(y, mask, labels(2), {i: 3, row: 5});
    emulator.dispose();
    const noise = tf.stack([5, 6].map((row) => Random.of(7, 3).fold(row).normal(y.shape.slice(1))));
    const sampler = new Sampler({steps: 2});
    const denoise = new MaskedDenoiser(model.condition(model.layout.bind(model.weights), labels(2)), y, mask);
    const expected = sampler.sample(denoise, sampler.start(model.schedule, noise));
    expect(relativeError(made.dataSync(), expected.dataSync())).toBeLessThan(1e-5);
  });
});

test.each(kinds)("%j: a hundred windows leave no tensor behind, nor does one that fails", (method) => {
  const y = draw([2, 4, 2, 2, LATENT]);
  const mask = tf.tensor1d(contextMask(4, 1));
  const label = labels(2);
  const emulator = diffusionEmulator(model, {seed: 1, steps: 2, ...method});
  emulator(y, mask, label, {i: 0, row: 0}).dispose(); // recorded
  const held = tf.memory().numTensors;
  for (let i = 0; i < 100; i++) emulator(y, mask, label, {i, row: i}).dispose();
  expect(tf.memory().numTensors).toBe(held);
  const short = tf.tensor1d(contextMask(3, 1));
  expect(() => emulator(y, short, label, {i: 0, row: 0})).toThrow("expected one element per state");
  short.dispose();
  expect(tf.memory().numTensors).toBe(held);
  emulator.dispose();
  tf.dispose([y, mask, label]);
});

test("refuses invalid options of a sampler, before anything is drawn", () => {
  const options = {seed: 1, kind: "ddpm", order: 2} as unknown as Parameters<typeof diffusionEmulator>[1];
  expect(() => diffusionEmulator(model, options)).toThrow('unknown option "order"; known are kind, steps.');
});
