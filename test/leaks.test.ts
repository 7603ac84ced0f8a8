import ndarray from "ndarray";
import {sizeOf} from "@lola-ts/core";
import {solverEmulator, diffusionEmulator, type Emulator} from "../lib/emulate/emulators";
import {MaskedDenoiser} from "../lib/diffusion/denoiser";
import {observeDecoded} from "../lib/diffusion/guidance";
import {guidedEmulator} from "../lib/emulate/guided-emulator";
import {Sampler, type SamplerScheme} from "../lib/diffusion/samplers/sampler";
import {evaluateRollout} from "../lib/evaluate/evaluate";
import {rollout, rolloutEnsemble} from "../lib/emulate/rollout";
import {tf, compile, Random} from "@lola-ts/engine";
import {adamW} from "../lib/train/optimisers/adamw";
import {train, type TrainOptions} from "../lib/train/loop";
import {psgd} from "../lib/train/optimisers/psgd";
import {soap} from "../lib/train/optimisers/soap";
import type {Trainable} from "../lib/train/state";
import {draw, FIELDS, LABEL, labels, LATENT, tinyAutoencoder, tinyDenoiser, tinyNetwork, tinySolver} from "./tiny";

const small = tinyNetwork(2, {hidBlocks: 1});
const autoencoder = tinyAutoencoder({dropout: 0.1, latentNoise: 0.1});
const denoiser = tinyDenoiser({...small, dropout: 0.1});
const solver = tinySolver({...small, dropout: 0.1});
const emulators = {diffusion: diffusionEmulator(denoiser, {seed: 0, steps: 2}), solver: solverEmulator(solver)};

const others = (
  [{kind: "eab"}, {kind: "ddim", eta: 0.5}, {kind: "ddpm"}, {kind: "pc"}] as const satisfies readonly SamplerScheme[]
).map((method) => diffusionEmulator(denoiser, {seed: 0, steps: 2, ...method}));
const guided = guidedEmulator(denoiser, {
  seed: 0,
  steps: 1,
  varY: 0.1,
  observe: observeDecoded(autoencoder, (x) => x.mean([2, 3])),
  observations: ({from, to}) => tf.zeros([1, to - from, FIELDS]),
});

const state = draw([1, 8, 8, FIELDS]);
const latent = draw([1, 2, 2, LATENT]);
const windows = draw([1, 3, 2, 2, LATENT]);
const mask = tf.tensor1d([1, 0, 0]);
const label = labels(1);
const short = tf.tensor1d([1, 0]);
const random = Random.of(0);

/** Options of a short training of each kind of model. */
const trainings: Record<string, {model: Trainable; loss: TrainOptions["loss"]; batch: () => tf.Tensor[]}> = {
  autoencoder: {
    model: autoencoder,
    loss: (p, batch, source) => autoencoder.loss(p, batch, {random: source}),
    batch: () => [state.clone()],
  },
  denoiser: {
    model: denoiser,
    loss: (p, batch, source) => denoiser.loss(p, batch, {random: source}),
    batch: () => [windows.clone(), mask.clone(), label.clone()],
  },
  solver: {
    model: solver,
    loss: (p, batch, source) => solver.loss(p, batch, {random: source}),
    batch: () => [windows.clone(), mask.clone(), label.clone()],
  },
};

/** Train; the model's own vector of weights is replaced by another. */
function learn(kind: string, options: Partial<TrainOptions>) {
  const {model, loss, batch} = trainings[kind];
  const defaults = {steps: 4, optimiser: adamW(), learningRate: () => 1e-4, loss, nextBatch: batch};
  return train(model, {...defaults, ...options});
}

const count = () => tf.memory().numTensors;

/** Numbers of tensors before and after `times` calls, the first call (which records) not counted. */
async function growth(times: number, once: () => unknown): Promise<number> {
  await once();
  const before = count();
  for (let i = 0; i < times; i++) await once();
  return count() - before;
}

const field = (shape: number[]) => ({data: new Float32Array(sizeOf(shape)).fill(1), shape});

const operations: Record<string, () => unknown> = {
  encode: () => autoencoder.encode(state).dispose(),
  "decode, with noise": () => autoencoder.decode(latent, {random}).dispose(),
  denoise: () => {
    const p = denoiser.layout.bind(denoiser.weights);
    new MaskedDenoiser(denoiser.condition(p, label), windows, mask).denoise(windows, 0.5);
  },
  "an eager sampler": () =>
    tf.tidy(() => {
      const given = denoiser.condition(denoiser.layout.bind(denoiser.weights), label);
      const sampler = new Sampler({steps: 2});
      sampler.trajectory(given, sampler.start(denoiser.schedule, windows));
    }),
  "a window of the diffusion emulator": () => emulators.diffusion(windows, mask, label, {i: 0, row: 0}).dispose(),
  "windows of other samplers": () =>
    others.forEach((emulator) => emulator(windows, mask, label, {i: 0, row: 0}).dispose()),
  "a window of a guided emulator": () => guided(windows, mask, label, {i: 0, row: 0}).dispose(),
  "a window of the solver": () => emulators.solver(windows, mask, label, {i: 0, row: 0}).dispose(),
  "a rollout": async () => (await rollout(emulators.solver, windows, {steps: 5, window: 3, label})).dispose(),
  "an ensemble of rollouts": () =>
    rolloutEnsemble(emulators.diffusion, ndarray(new Float32Array(4 * LATENT), [1, 1, 2, 2, LATENT]), {
      steps: 5,
      window: 3,
      members: 2,
      label: ndarray(new Float32Array(LABEL), [1, LABEL]),
    }),
  evaluation: () => evaluateRollout(field([1, 4, 4, 1]), field([2, 1, 4, 4, 1])),
  "recording anew": () => {
    const once = compile((x) => [x.add(1)]);
    once(latent)[0].dispose();
    once.dispose();
  },
};

describe("100 times", () => {
  // what binds outside a tidy leaves its named parameters: it belongs to the caller
  const wrapped = (name: string) =>
    name === "denoise" ? () => tf.tidy(() => void operations[name]()) : operations[name];

  test.each(Object.keys(operations))("%s leaves nothing behind", async (name) => {
    expect(await growth(100, wrapped(name))).toBe(0);
  });

  test.each(Object.keys(trainings))("a step of training leaves nothing behind: %s", async (kind) => {
    for (const optimiser of [adamW(), soap({frequency: 7}), psgd()]) {
      const before = count();
      await learn(kind, {steps: 100, optimiser, ema: 0.9});
      expect(count()).toBe(before);
    }
  });
});

describe("an error in the middle leaves nothing behind", () => {
  const boom = () => {
    throw new Error("in the middle");
  };

  const refused: [string, () => unknown][] = [
    ["encode", () => autoencoder.encode(latent)],
    ["decode", () => autoencoder.decode(state)],
    ["the diffusion emulator", () => emulators.diffusion(windows, mask, undefined, {i: 0, row: 0})],
    ["the solver", () => emulators.solver(latent, mask, label, {i: 0, row: 0})],
    ["a mask", () => emulators.solver(windows, short, label, {i: 0, row: 0})],
    ["a rollout", () => rollout(emulators.solver, latent, {steps: 5, window: 3, context: 3, label})],
    ["evaluation", () => evaluateRollout(field([1, 4, 4, 1]), field([2, 1, 4, 5, 1]))],
  ];

  test.each(refused)("a wrong shape in %s", async (_, call) => {
    const once = async () => expect(Promise.resolve().then(call)).rejects.toThrow(/expected/i);
    expect(await growth(3, once)).toBe(0);
  });

  test("inside a recorded function", async () => {
    const failing = compile((x) => [tf.grad((y) => (y.square().exp(), boom()))(x)]);
    const plain = compile((x) => (x.square().exp(), boom()));
    for (const step of [plain, failing]) {
      expect(await growth(3, () => expect(() => step(latent)).toThrow("in the middle"))).toBe(0);
    }
    const works = compile((x) => [x.neg()]); // recording goes on afterwards
    expect(works(latent)[0].dataSync()[0]).toBe(-latent.dataSync()[0]);
    works.dispose();
  });

  test("in the emulator of a rollout, at its second window", async () => {
    const failing: Emulator = (states, b, theta, call) =>
      call.i > 0 ? boom() : emulators.solver(states, b, theta, call);
    const once = () => expect(rollout(failing, windows, {steps: 7, window: 3, label})).rejects.toThrow("in the middle");
    expect(await growth(3, once)).toBe(0);
  });

  test("when a rollout is aborted", async () => {
    const once = async () => {
      const controller = new AbortController();
      const onWindow = () => controller.abort(new Error("enough"));
      const options = {steps: 7, window: 3, label, signal: controller.signal, onWindow};
      await expect(rollout(emulators.diffusion, windows, options)).rejects.toThrow("enough");
    };
    expect(await growth(3, once)).toBe(0);
  });

  test.each(Object.keys(trainings))("in a training: %s", async (kind) => {
    const aborted = () => {
      const controller = new AbortController();
      const nextBatch = (step: number) => {
        if (step === 2) controller.abort();
        return trainings[kind].batch();
      };
      return expect(learn(kind, {nextBatch, signal: controller.signal})).rejects.toThrow(/stopped|abort/i);
    };
    const failures: (() => unknown)[] = [
      aborted,
      () => expect(learn(kind, {loss: boom})).rejects.toThrow("in the middle"),
      () => expect(learn(kind, {loss: boom, compiled: false})).rejects.toThrow("in the middle"),
      () => expect(learn(kind, {nextBatch: boom})).rejects.toThrow("in the middle"),
      () =>
        expect(learn(kind, {nextBatch: () => [draw([1, 3, 3, 3, 1]), mask.clone(), label.clone()]})).rejects.toThrow(
          /expected/i,
        ),
      () => expect(learn(kind, {onProgress: boom})).rejects.toThrow("in the middle"),
      () => expect(learn(kind, {validate: {every: 1, error: boom}})).rejects.toThrow("in the middle"),
    ];
    for (const [i, failure] of failures.entries()) expect([i, await growth(1, failure)]).toEqual([i, 0]);
  });
});
