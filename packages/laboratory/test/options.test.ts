/**
 * Every option of the README's "Paper or code?" is reachable as `openLab({change})`: it renames the artefacts of the first
 * stage that it touches and of all later ones, and none before, and so decides what labs share in memory; and it changes that
 * stage's numbers.
 */
import ndarray from "ndarray";
import {KarrasDenoiser} from "lola/diffusion";
import {node} from "@lola-ts/cache";
import {autoencoderStage} from "../src/stages/autoencoders";
import {Dataset} from "../src/stages/dataset";
import {type EmulatorSpec} from "../src/model-changes";
import {type EmulatorData} from "../src/stages/emulators";
import {evaluationRecipe} from "../src/scoring/score";
import {evaluate} from "../src/stages/evaluation";
import {latentsStage} from "../src/stages/latents";
import type {Rollout} from "../src/stages/rollouts";
import {STAGES, type Config, type Stage} from "../src/config";
import {preset} from "../src/presets/presets";
import {Autoencoder, codeContext} from "lola/models";
import {
  asContestants,
  asTrained,
  randomData,
  smokeLabs,
  tiny,
  obtainRollout,
  inContext,
  latentsBy,
  emulatorOn,
  rolloutsOf,
} from "./smoke";

const {artifacts} = smokeLabs();
const CHANNELS = 4;
const method: EmulatorSpec = {kind: "diffusion", latentChannels: CHANNELS};

/** The smallest experiment that has every stage; AdamW, whose step is recorded fastest. */
function smallest(system: string): Config {
  const config = preset(system, "smoke");
  const {autoencoder, latent, rollout} = config;
  return {
    ...config,
    autoencoder: {
      ...autoencoder,
      model: {...autoencoder.model, hidChannels: [4, 6], hidBlocks: [1, 1], latentNoise: 0.5},
      training: {...autoencoder.training, optimiser: "adamw", batch: 2, warmup: 0},
      steps: {[CHANNELS]: 3},
    },
    latent: {
      ...latent,
      hidChannels: 8,
      embFeatures: 8,
      ffnFactor: 2,
      hidBlocks: 2,
      training: {...latent.training, optimiser: "adamw", steps: 3, batch: 2, warmup: 0},
    },
    rollout: {...rollout, steps: 2},
  };
}

/** Latents [2, 8, 2, 2, 4] as if they had been encoded, with the labels of the dataset. */
function latentData(dataset: Dataset, key: string): EmulatorData {
  const labels = [0, 1].map((n) => dataset.labels("train")[n]);
  return {...randomData("latents", [2, 8, 2, 2, CHANNELS]), labels, key: dataset.labelledKey(key)};
}

const datasets = new Map<Config, Promise<Dataset>>();

/** The dataset of a configuration, opened once. */
function datasetOf(config: Config): Promise<Dataset> {
  const dataset = datasets.get(config) ?? Dataset.obtain(config, artifacts());
  datasets.set(config, dataset);
  return dataset;
}

/** Keys of all stages; nothing is made but the dataset. */
async function keysOf(config: Config): Promise<Record<Stage, string>> {
  const store = artifacts();
  const dataset = await datasetOf(config);
  const context = inContext(config, store, dataset);
  const autoencoder = node(autoencoderStage, context, {latentChannels: CHANNELS}).key;
  const latents = node(latentsStage, context, {latentChannels: CHANNELS, split: "train"}).key;
  const data = latentData(dataset, latents);
  const emulator = emulatorOn({train: data, valid: data}, config, store, method).key;
  const rollout = rolloutsOf(config, store, method, asTrained(undefined as never, emulator), data).key;
  const labels = {method: "diffusion", space: "latent", compression: 1} as const;
  const evaluation = store.key(evaluationRecipe({config, dataset}, {name: "diffusion", labels, inputs: [rollout]}));
  return {dataset: dataset.key, autoencoder, latents, emulator, rollout, evaluation};
}

/** An ensemble of two that is the truth with noise, as if it had been made in pixel space. */
function noisyTruth(dataset: Dataset): Rollout {
  const {data, shape} = dataset.states("test");
  const noise = randomData("noise", [2, data.length]).states.data;
  const states = ndarray(
    Float32Array.from({length: 2 * data.length}, (_, i) => data[i % data.length] + 0.1 * noise[i]),
    [1, 2, ...shape.slice(1)],
  );
  return {
    method: {kind: "diffusion", latentChannels: null},
    trajectories: dataset.testTrajectories,
    states,
    key: "noisy",
  };
}

const freshAutoencoder = (config: Config, dataset: Dataset) => {
  const pixChannels = dataset.wells.train.channels.length;
  return Autoencoder.create({...config.autoencoder.model, pixChannels, latChannels: CHANNELS}, 1);
};

/** Numbers of one stage; the stages before it are not run. */
const results: Record<Stage, (config: Config) => Promise<unknown>> = {
  dataset: async (config) => {
    const dataset = await datasetOf(config);
    return [dataset.standardization, dataset.symmetries("train", 0)];
  },
  autoencoder: async (config) => {
    const context = inContext(config, artifacts(), await datasetOf(config));
    const {model} = await node(autoencoderStage, context, {latentChannels: CHANNELS}).get();
    const weights = [...model.weights.dataSync()];
    model.dispose();
    return weights;
  },
  latents: async (config) => {
    const dataset = await datasetOf(config);
    const model = freshAutoencoder(config, dataset);
    const context = inContext(config, artifacts(), dataset);
    const {states} = await latentsBy(asTrained(model, "fresh"), context, "train").get();
    model.dispose();
    return [...states.data];
  },
  emulator: async (config) => {
    const data = latentData(await datasetOf(config), "latents");
    const {model, history} = await emulatorOn({train: data, valid: data}, config, artifacts(), method).get();
    return [[...model.weights.dataSync()], history.validation];
  },
  rollout: async (config) => {
    const network = {...tiny, channels: CHANNELS};
    const model = KarrasDenoiser.create({network, schedule: config.schedule}, 1);
    const data = randomData("latents", [2, 8, 2, 2, CHANNELS]);
    const {states} = await obtainRollout(config, artifacts(), method, asTrained<KarrasDenoiser>(model, "fresh"), data);
    model.dispose();
    return [...states.data];
  },
  evaluation: async (config) => {
    const dataset = await datasetOf(config);
    const model = freshAutoencoder(config, dataset);
    const contestants = asContestants([noisyTruth(dataset)], [model]);
    const {scores} = await evaluate(inContext(config, artifacts(), dataset), contestants);
    model.dispose();
    return scores;
  },
};

/** An option by its place in the configuration, a value that is not the default, and the first stage that it touches. */
const OPTIONS: [place: string, value: unknown, stage: Stage, system?: string][] = [
  ["standardization", "official", "dataset"],
  ["vector", "component", "dataset"],
  ["mirrors", "all", "dataset", "rayleigh-benard"],
  ["augment.flip", false, "dataset"],
  ["augment.permute", false, "dataset"],
  ["augment.roll", false, "dataset"],

  ["autoencoder.loss", "vmse", "autoencoder"],
  ["autoencoder.loss", {vrmse: 1, mae: 0.5}, "autoencoder"],
  ["autoencoder.lossVariance", "population", "autoencoder"],
  ["autoencoder.model.normVariance", "population", "autoencoder"],
  ["autoencoder.model.periodic", false, "autoencoder"],
  ["autoencoder.model.saturation", "tanh", "autoencoder"],
  ["autoencoder.model.identityInit", false, "autoencoder"],
  ["autoencoder.model.dropout", 0.1, "autoencoder"],
  ["autoencoder.training.optimiser", "psgd", "autoencoder"],
  ["autoencoder.training.decay", "linear", "autoencoder"],
  ["autoencoder.training.epoch", 2, "autoencoder"],
  ["autoencoder.training.weightDecay", 0.1, "autoencoder"],
  ["autoencoder.training.ema", 0.5, "autoencoder"],

  ["copies", 2, "latents"],

  ["label.boundary", false, "emulator"],
  ["label.logT0", true, "emulator", "gravity-cooling"],
  ["contexts", codeContext, "emulator"],
  ["contexts.lambda", 1, "emulator"],
  ["schedule", {name: "rectified"}, "emulator"],
  ["schedule.shift", 0, "emulator"],
  ["objective.over", "generated", "emulator"],
  ["objective.weight", "none", "emulator"],
  ["latent.qkNorm", false, "emulator"],
  ["latent.rope", false, "emulator"],
  ["latent.training.optimiser", "psgd", "emulator"],
  ["latent.training.decay", "constant", "emulator"],
  ["latent.training.ema", 0.5, "emulator"],

  ["rollout.contextSource", "input", "rollout"],
  ["rollout.context", 2, "rollout"],
  ["rollout.overlap", 2, "rollout"],
  ["rollout.crop", 3, "rollout"],
  ["rollout.start", 8, "rollout"],
  ["rollout.order", 1, "rollout"],
  ["rollout.sampler", {kind: "eab"}, "rollout"],
  ["rollout.sampler", {kind: "ddim", eta: 0.5}, "rollout"],
  ["rollout.sampler", {kind: "ddpm"}, "rollout"],
  ["rollout.sampler", {kind: "pc", corrections: 1}, "rollout"],

  ["metrics.epsilon", 1e-2, "evaluation"],
  ["metrics.variance", "population", "evaluation"],
  ["metrics.ensemble", "members", "evaluation"],
  ["metrics.ratio", "code", "evaluation"],
  ["metrics.spectralEpsilon", 0, "evaluation"],
  ["metrics.mass", true, "evaluation"],
  ["metrics.proper", true, "evaluation"],
  ["metrics.firstWavenumber", "official", "evaluation", "gravity-cooling"],
  ["metrics.spectrum", "cross", "evaluation"],
  ["metrics.noisyLatents", true, "evaluation"],
];

/** Set an option at its place. */
function changed(config: Config, place: string, value: unknown): Config {
  const [name, ...rest] = place.split(".");
  const inner = (config as unknown as Record<string, unknown>)[name];
  if (rest.length === 0) return {...config, [name]: value};
  return {...config, [name]: changed((inner ?? {}) as Config, rest.join("."), value)};
}

/** Keys and numbers of unchanged experiments, made once. */
const known = new Map<string, Promise<unknown>>();
function once<T>(name: string, make: () => Promise<T>): Promise<T> {
  if (!known.has(name)) known.set(name, make());
  return known.get(name) as Promise<T>;
}

test.each(OPTIONS)("%s: %p is part of the key from stage %s on, and changes its numbers", async (...option) => {
  const [place, value, stage, system = "euler"] = option;
  const base = smallest(system);
  const other = changed(base, place, value);
  const before = await once(`keys ${system}`, () => keysOf(base));
  const after = await keysOf(other);
  const touched = STAGES.slice(STAGES.indexOf(stage));
  expect(STAGES.filter((name) => after[name] !== before[name])).toEqual(touched);
  expect(await results[stage](other)).not.toEqual(await once(`${stage} ${system}`, () => results[stage](base)));
});
