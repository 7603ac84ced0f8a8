/** Calls of optimisers, the training loop and checkpoints. */
import {join} from "node:path";
import * as lola from "./public";
import {temporaryFolder} from "../folder";
import {tinyNetwork, tinySolver} from "../tiny";
import type {Calls} from "./judge";
import {tensor} from "./samples";

const folder = temporaryFolder();
const layout = new lola.Solver(tinyNetwork()).layout;
/** Number of tensors in an optimiser's state. */
const states = (optimiser: {initial(all: typeof layout): lola.tf.Tensor[]}) => {
  const all = optimiser.initial(layout);
  lola.tf.dispose(all);
  return all.length;
};
const rate = () => ({rate: 1e-3, steps: 10, decay: "cosine", warmup: 2, epoch: 1});
const training = () => ({
  loss: (p: never, batch: never) => new lola.Solver(tinyNetwork()).loss(p, batch),
  nextBatch: () => [tensor([2, 3, 2, 2, 2]), lola.tf.tensor1d([1, 0, 0]), tensor([2, 2])],
  optimiser: lola.adamW(),
  steps: 1,
  learningRate: lola.learningRate({rate: 1e-3, steps: 10}),
  clip: 1,
  microBatches: 1,
  seed: 0,
  ema: 0.9,
  saveEvery: 1,
  validate: {every: 1, error: () => 0},
  patience: 20,
  compiled: false,
});

/** A checkpoint without weights. */
const checkpoint = () => ({
  config: {kind: "none"},
  step: 0,
  weights: new Map([["a", {shape: [2], data: Float32Array.of(1, 2)}]]),
  optimiser: {name: "adamw", updates: 0, state: []},
  history: {loss: new Float32Array(0), norm: new Float32Array(0), validation: []},
});
const saved = async () => {
  await lola.saveCheckpoint(folder("saved.safetensors"), checkpoint());
  return folder("saved.safetensors");
};

export const trainCalls: Calls = {
  adamW: {
    call: (options: never) => states(lola.adamW(options)),
    args: () => [{betas: [0.9, 0.99], eps: 1e-8, weightDecay: 0.01}],
  },
  psgd: {
    call: (options: never) => states(lola.psgd(options)),
    args: () => [
      {beta: 0.9, weightDecay: 0, frequency: 2, frequencyDecay: 0.9, preconditionSize: 64, preconditionRate: 0.1},
    ],
  },
  soap: {
    call: (options: never) => states(lola.soap(options)),
    args: () => [{betas: [0.9, 0.99, 0.99], eps: 1e-8, weightDecay: 0, frequency: 2, warmup: 1, preconditionSize: 64}],
  },
  learningRate: {call: (options: never) => lola.learningRate(options)(3), args: () => [rate()]},
  train: {
    call: async (...args: [never, never]) => (await lola.train(...args)).step,
    args: () => [tinySolver(), training()],
    fine: ["1.seed: -1", "1.optimiser.name: another text"],
  },
  saveCheckpoint: {
    call: (path: string, made: never) => lola.saveCheckpoint(folder(path), made),
    args: () => ["one.safetensors", checkpoint()],
    fine: [
      "0: another text",
      "1.config.kind: another text",
      "1.optimiser.name: another text",
      "1.*: empty",
      "1.*: one less",
      "1.history.*: texts",
    ],
  },
  loadCheckpoint: {
    call: async (_: never, path: string, options: never) => {
      await saved();
      return lola.loadCheckpoint(path === "nonesuch" ? join(folder("x"), path) : folder("saved.safetensors"), options)
        .step;
    },
    args: () => ["", "a file", {config: {kind: "none"}}],
    options: [2],
    fine: ["0: another text", "1: another text"],
  },
};
