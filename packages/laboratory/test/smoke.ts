/** Laboratories at smoke size, and data for single stages. */
import ndarray from "ndarray";
import {sizeOf, Rng, type Split} from "@lola-ts/core";
import {MemorySource} from "lola/data";
import {Artifacts, Memo, node, ready, type Node} from "@lola-ts/cache";
import type {Autoencoder} from "lola/models";
import type {AutoencoderSource} from "../src/stages/autoencoders";
import type {Dataset} from "../src/stages/dataset";
import type {OpenContext} from "../src/stages/context";
import {type EmulatorChanges, type EmulatorSpec} from "../src/model-changes";
import {emulatorStage, purposeOf, type Emulator, type EmulatorData, type TrainingData} from "../src/stages/emulators";
import type {Contestants} from "../src/stages/evaluation";
import {keyOn, latentsStage, type Latents} from "../src/stages/latents";
import {readRollout, rolloutStage, type Rollout, type RolloutFile} from "../src/stages/rollouts";
import {Lab} from "../src/lab";
import type {Config} from "../src/config";
import {preset} from "../src/presets/presets";
import type {Trained} from "../src/stages/training";
import {temporaryFolder} from "../../../test/folder";

export const smoke = preset("euler", "smoke");

/**
 * Laboratories that share the artefacts of a temporary folder, unless they are given another one in it. Their models are
 * disposed of after the tests: what they recorded would outlive their file in a process that runs several, where another file may
 * give the same name to another function.
 */
export function smokeLabs() {
  const folder = temporaryFolder();
  const artifacts = (name = "") => new Artifacts(folder(name), () => undefined);
  const labs: Lab[] = [];
  const open = (change: (config: Config) => Config = (config) => config, store = artifacts()): Lab => {
    const lab = new Lab(change(preset("euler", "smoke")), store);
    labs.push(lab);
    return lab;
  };
  afterAll(() => Promise.all(labs.map((lab) => lab.memo.release())));
  return {folder, artifacts, open};
}

/** Random trajectories [N, T, ...grid, C] with labels of 5 numbers. */
export function randomData(key: string, shape: readonly number[]): EmulatorData & {states: MemorySource} {
  const generator = Rng.from("data", key);
  const draw = (length: number) => Float32Array.from({length}, () => generator.normal());
  const states = ndarray(draw(sizeOf(shape)), [...shape]);
  return {states: new MemorySource(states), labels: Array.from({length: shape[0]}, () => draw(5)), key};
}

/** Data as those of a training that are there already. */
export function asTraining(data: EmulatorData): TrainingData {
  return {key: data.key, purpose: purposeOf(data), open: () => Promise.resolve(data)};
}

/** An autoencoder that is there already. */
function asSource(model: Autoencoder): AutoencoderSource {
  const {compression, config} = model;
  return {compression, latentChannels: config.latChannels, key: "fresh", get: () => Promise.resolve(model)};
}

/** Autoencoders and rollouts that are there already, to be scored beside the trivial forecasts. */
export function asContestants(rollouts: readonly Rollout[], autoencoders: readonly Autoencoder[] = []): Contestants {
  return {
    autoencoders: autoencoders.map(asSource),
    rollouts: rollouts.map((rollout) => ({
      ...rollout,
      autoencoder: rollout.autoencoder && asSource(rollout.autoencoder),
      open: () => Promise.resolve(rollout),
    })),
    trivial: true,
  };
}

/** The configuration of an emulator's network of few parameters. */
export const tiny = {
  embFeatures: 8,
  hidChannels: 8,
  hidBlocks: 1,
  attentionHeads: 2,
  ffnFactor: 2,
  spatial: 3,
  channels: 3,
  labelFeatures: 5,
  patchSize: [1, 1, 1],
};

/** A model as if it had been trained. */
export function asTrained<M>(model: M, key: string): Trained<M> {
  const none = new Float32Array(0);
  return {model, key, history: {loss: none, norm: none, validation: []}, seconds: 0};
}

/** Three test trajectories, so that differences have an error. */
export const three = (config: Config): Config => ({
  ...config,
  data: {...config.data, trajectories: {train: 2, valid: 1, test: 3}} as Config["data"],
  rollout: {...config.rollout, trajectories: 3},
});

/** Where a stage runs; one that gets its inputs ready needs no dataset. */
export const inContext = (config: Config, artifacts: Artifacts, dataset?: Dataset): OpenContext => ({
  config,
  artifacts,
  memo: new Memo(),
  dataset: dataset!,
});

/** A split encoded by a given autoencoder. */
export function latentsBy(trained: Trained<Autoencoder>, context: OpenContext, split: Split): Node<Latents> {
  const {latChannels: latentChannels} = trained.model.config;
  const autoencoder = {...ready(trained), key: keyOn(trained.key, context.dataset)};
  return node(latentsStage, context, {latentChannels, split}, {autoencoder});
}

/** An emulator that learns from given states. */
export const emulatorOn = (
  {train, valid}: {readonly train: EmulatorData; readonly valid: EmulatorData},
  ...[config, artifacts, method, changes]: [Config, Artifacts, EmulatorSpec, EmulatorChanges?]
): Node<Trained<Emulator>> => {
  const inputs = {train: asTraining(train), valid: asTraining(valid)};
  return node(emulatorStage, inContext(config, artifacts), {method, changes}, inputs);
};

/** Rollouts of a given model from given states. */
export const rolloutsOf = (
  ...[config, artifacts, method, trained, data]: [Config, Artifacts, EmulatorSpec, Trained<Emulator>, EmulatorData]
): Node<RolloutFile> => {
  const test = {key: data.key, shape: data.states.shape, open: () => Promise.resolve(data)};
  return node(rolloutStage, inContext(config, artifacts), {method}, {emulator: ready(trained), test});
};

/** Roll an emulator out, or find its rollouts, and read all of them. */
export const obtainRollout = async (...given: Parameters<typeof rolloutsOf>): Promise<Rollout> =>
  readRollout(await rolloutsOf(...given).get());

/** The rollouts of one method of a laboratory. */
export async function rolloutOf(lab: Lab, method: EmulatorSpec, changes?: EmulatorChanges): Promise<Rollout> {
  const [rollout] = await lab.rollouts([{...method, changes}]);
  return rollout;
}
