/** Peak memory of trainings from their configuration: known dependences, and real peaks of processes that train. */
import {spawnSync} from "node:child_process";
import path from "node:path";
import {adamW, psgd, soap} from "lola/train";
import {Autoencoder} from "lola/models";
import {changedConfig, type Change} from "../../src/changes";
import {optimiserValues, trainingMemory} from "../../src/training-memory";
import {preset, presetNames, systemNames} from "../../src/presets/presets";
import {type Job} from "../../src/model-changes";
import {tf} from "@lola-ts/engine";

const autoencoder: Job = {stage: "autoencoder", latentChannels: 16, changes: {}};
const diffusion: Job = {stage: "emulator", method: {kind: "diffusion", latentChannels: 16}, changes: {}};
const pixel: Job = {stage: "emulator", method: {kind: "solver", latentChannels: null}, changes: {}};
const memory = (job: Job, change: Change = {}, name = "mini") =>
  trainingMemory(changedConfig("test", preset("euler", name), change), job);

/** Options of the training or the network that a job reads. */
const options = (job: Job, training: object, network: object = {}): Change => ({
  autoencoder: job === autoencoder ? {training, model: network} : {},
  latent: job === diffusion ? {training, ...network} : {},
  pixel: job === pixel ? {training, ...network} : {},
});

describe.each([
  ["autoencoder", autoencoder],
  ["latent emulator", diffusion],
  ["pixel solver", pixel],
])("memory: %s", (_, job) => {
  const large = {batch: 512};

  test("grows with the batch, in proportion to it where activations are large", () => {
    const all = [16, 64, 256, 512, 1024].map((batch) => memory(job, options(job, {batch})));
    all.slice(1).forEach(({total}, i) => expect(total).toBeGreaterThanOrEqual(all[i].total));
    expect(all[4].activations / all[3].activations).toBeCloseTo(2, job === autoencoder ? 6 : 1);
    expect(all[4].parameters).toBe(all[0].parameters);
  });

  test("halves with two micro-batches, and is that of the smaller batch", () => {
    const [whole, halves] = [{}, {microBatches: 2}].map((more) => memory(job, options(job, {...large, ...more})));
    expect(halves.activations / whole.activations).toBeCloseTo(0.5, job === autoencoder ? 6 : 1);
    expect(halves).toEqual(memory(job, options(job, {batch: 256})));
  });

  test("falls with checkpointing", () => {
    const deep = job === autoencoder ? {hidBlocks: [4, 4, 4]} : {hidBlocks: 12};
    for (const network of [{}, deep]) {
      const of = (checkpointing: boolean) => memory(job, options(job, large, {...network, checkpointing})).activations;
      expect(of(true)).toBeLessThan(of(false));
    }
  });
});

test("the state of an optimiser has as many values as the optimiser itself begins with", () => {
  const {model} = preset("euler", "smoke").autoencoder;
  const {layout} = new Autoencoder({...model, pixChannels: 5, latChannels: 4});
  for (const [name, optimiser] of Object.entries({adamw: adamW(), soap: soap(), psgd: psgd()})) {
    const sizes = tf.tidy(() => optimiser.initial(layout).map(({size}) => size));
    expect([name, optimiserValues(name as "adamw", layout)]).toEqual([name, sizes.reduce((a, b) => a + b, 0)]);
  }
});

test("data are counted where they are kept in memory, once: states up to the option memory, latents in all copies", () => {
  const states = 4 * 1640 * 26 * 64 ** 2 * 5;
  expect(memory(autoencoder, {memory: 1e12}).data).toBe(states);
  expect(memory(autoencoder, {memory: 0}).data).toBe(0);
  expect(memory(diffusion, {memory: 0}).data).toBe(4 * (4 * 1600 + 40) * 26 * 4 ** 2 * 16);
});

test("every preset has an estimate for each of its trainings, from 0.5 GB of a smoke to what needs a cluster", () => {
  for (const system of systemNames()) {
    for (const name of presetNames(system)) {
      const config = preset(system, name);
      const [latentChannels] = config.latentChannels;
      const jobs: Job[] = [
        {stage: "autoencoder", latentChannels, changes: {}},
        {stage: "emulator", method: {kind: "diffusion", latentChannels}, changes: {}},
        {stage: "emulator", method: {kind: "crps", latentChannels}, changes: {}},
      ];
      for (const job of jobs) {
        const {total} = trainingMemory(config, job);
        expect(total).toBeGreaterThan(0.5e9);
        if (name === "smoke") expect(total).toBeLessThan(0.6e9);
        if (name === "paper") expect(total).toBeGreaterThan(10e9);
      }
    }
  }
});

test.each([
  ["a batch", {}],
  ["two micro-batches", {microBatches: 2}],
])(
  "a process that trains on %s peaks between 0.75 and 1.3 times the estimate",
  (_, micro) => {
    const training = {optimiser: "adamw", batch: 3072, ...micro} as const;
    const model = {hidChannels: [16, 16], hidBlocks: [3, 1], patchSize: 1};
    const change: Change = {
      autoencoder: {model, training},
      pixel: {patchSize: 4},
      data: {trajectories: {train: 1, valid: 1, test: 1}},
      rollout: {trajectories: 1},
    };
    const config = changedConfig("test", preset("euler", "smoke"), change);
    const {total, activations} = trainingMemory(config, autoencoder);
    expect(activations).toBeGreaterThan("microBatches" in micro ? 0.5e9 : 1e9);
    const order = {
      model: {...config.autoencoder.model, pixChannels: 5, latChannels: 16},
      grid: [16, 16],
      ...training,
    };
    const program = [
      "-r",
      "./environment/typescript.cjs",
      "packages/laboratory/test/memory/peak.ts",
      JSON.stringify(order),
    ];
    const env = {...process.env, NODE_OPTIONS: "", TF_CPP_MIN_LOG_LEVEL: "3"};
    const {stdout, stderr} = spawnSync(process.execPath, program, {
      cwd: path.resolve(__dirname, "../../../.."),
      encoding: "utf8",
      env,
    });
    const found = Number(stdout);
    if (!(found > 0)) throw new Error(stderr);
    expect(found / total).toBeGreaterThan(0.75);
    expect(found / total).toBeLessThan(1.3);
  },
  60_000,
);
