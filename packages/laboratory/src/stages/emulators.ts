/**
 * Stage 4: emulators. Diffusion and neural solver share data, network, masks and optimiser (paper, section 3.4.2); they
 * differ in what they predict.
 */
import {openBatches, MemorySource, type TrajectorySource, Batches, type Batch, type BatchesOptions} from "lola/data";
import {KarrasDenoiser} from "lola/diffusion";
import {drawContexts, type EmulatorConfig, Solver, StochasticSolver} from "lola/models";
import {Rng, type Split, Lazy} from "@lola-ts/core";
import {tf, compile, Random} from "@lola-ts/engine";
import {node, type Node, type Stage, type StageWork} from "@lola-ts/cache";
import type {Config, EmulatorPreset, ObjectiveConfig, TrainingConfig} from "../config";
import type {Loss} from "lola/train";
import type {AutoencoderChanges, EmulatorChanges, EmulatorSpec, Job} from "../model-changes";
import {autoencoderStage} from "./autoencoders";
import {datasetWith, type Context, type OpenContext} from "./context";
import type {Dataset} from "./dataset";
import {latentsStage, type Latents} from "./latents";
import {
  elsewhere,
  modelStore,
  ownRows,
  trained,
  validationOf,
  type Parallel,
  type Trained,
  type TrainingTask,
} from "./training";

/** Raise it when emulators train to other numbers; see packages/laboratory/test/drift.test.ts. */
export const EMULATOR_VERSION = 1;

/** Which emulator, with its changes; changes of rollouts change nothing here. */
export interface EmulatorRequest extends Parallel {
  readonly method: EmulatorSpec;
  readonly changes?: EmulatorChanges;
}

export type EmulatorInputs = {
  readonly train: TrainingData;
  readonly valid: TrainingData;
  /** Solver whose weights it begins with. */
  readonly solver?: Pick<Node<Trained<Emulator>>, "key" | "get">;
};

const settingsOf = ({config}: Context, {method, changes = {}}: EmulatorRequest, {valid}: EmulatorInputs) => ({
  ...emulatorSettings(config, method, valid.purpose, changes),
  seed: changes.seed ?? config.seed,
});

export const emulatorStage: Stage<OpenContext, EmulatorRequest, EmulatorInputs, Trained<Emulator>> = {
  name: "emulator",
  version: EMULATOR_VERSION,
  inputs: (context, {method, changes = {}}) => {
    const {autoencoder, network, from} = changes;
    const beginning = {method: {...method, kind: from!}, changes: {autoencoder, network}};
    return {
      train: trainingData(context, method, "train", autoencoder),
      valid: trainingData(context, method, "valid", autoencoder),
      ...(from && {solver: node(emulatorStage, context, beginning)}),
    };
  },
  recipe: (context, asked, inputs) => {
    const {config} = context;
    const {kind} = asked.method;
    const {model, training, seed} = settingsOf(context, asked, inputs);
    const {over, members, alpha, spectral, ...denoising} = config.objective ?? {};
    return {
      name: emulatorTitle(config, asked.method),
      config: {
        kind,
        model: model.config,
        training,
        window: config.window,
        contexts: config.contexts,
        over,
        ...(kind === "diffusion" && denoising),
        ...(kind === "crps" && {members, alpha, spectral}),
        ...(inputs.train.rolls && {rolls: true}),
        learned: config.learned,
        seed,
        threads: config.threads,
      },
    };
  },
  async make({place, asked, inputs, recipe}) {
    const {method, parallel = 1, changes: {rollout: _rollout, seeds: _seeds, ...changes} = {}} = asked;
    const job: Job = {stage: "emulator", method, changes};
    const solver = await inputs.solver?.get();
    const runInSubprocess = elsewhere(place, job, parallel, [inputs.train, inputs.valid]);
    return trainEmulator({place, asked, inputs, recipe}, solver?.model, runInSubprocess);
  },
};

/** Trajectories to learn from, latents or standardised states: [N, T, ...grid, C] with their labels. */
export interface EmulatorData {
  readonly states: TrajectorySource;
  readonly labels: readonly Float32Array[];
  readonly key: string;
  /** Symmetries to draw for each window; of latents only rolls, which are cached in several copies. */
  readonly augment?: BatchesOptions["augment"];
}

/** Describe latents as training data. @param rolls roll windows: rolling a state by a periodic autoencoder's stride rolls its latent by 1. */
export function latentData(dataset: Dataset, latents: Latents, rolls = false): EmulatorData {
  const {states, labels, boundaries, key} = latents;
  const fields = new Array(states.shape.at(-1)).fill({order: 0}) as {order: number}[];
  const augment = () => ({fields, boundaries, flip: false, permute: false, roll: dataset.augmentation("train").roll});
  return {
    states: new MemorySource(states),
    labels,
    key: dataset.labelledKey(key),
    ...(rolls && {augment: augment()}),
  };
}

export function pixelKey(dataset: Dataset, split: Split, key = dataset.key): string {
  return dataset.labelledKey(`${key} ${split}`);
}

/** Describe the standardised states of a split as training data; they are read when they are needed. */
export function pixelData(dataset: Dataset, split: Split): EmulatorData {
  return {
    get states() {
      return dataset.source(split);
    },
    labels: dataset.labels(split),
    key: pixelKey(dataset, split),
    augment: split === "train" ? dataset.augmentation(split) : undefined,
  };
}

export type Emulator = KarrasDenoiser | Solver | StochasticSolver;

/** Data of a training that are made when it needs them; what identifies them, and their sizes, are known before. */
export interface TrainingData extends Pick<EmulatorData, "key"> {
  readonly purpose: NetworkPurpose;
  readonly rolls?: boolean;
  readonly open: () => Promise<EmulatorData>;
}

/** Open the states of a split that a method learns from or is tested on: latents, or standardised states. */
export async function emulatorData(
  context: OpenContext,
  {latentChannels}: EmulatorSpec,
  split: Split,
  changes?: AutoencoderChanges,
): Promise<EmulatorData> {
  const dataset = await datasetWith(context, split);
  if (latentChannels === null) return pixelData(dataset, split);
  const latents = await node(latentsStage, context, {latentChannels, split, changes}).get();
  return latentData(dataset, latents, split === "train" && rolls(context, changes));
}

/** Describe the training data of a method: those of the trained models, also where these are tested on other trajectories. */
function trainingData(
  context: OpenContext,
  method: EmulatorSpec,
  split: Split,
  changes?: AutoencoderChanges,
): TrainingData {
  const {dataset} = context;
  const {latentChannels} = method;
  const channels = latentChannels ?? dataset.wells.test.channels.length;
  const purpose = {channels, labelFeatures: dataset.labels("test")[0].length, space: dataset.system.axes.length};
  const open = () => emulatorData(context, method, split, changes);
  if (latentChannels === null) return {key: pixelKey(dataset, split, dataset.modelsKey), purpose, open};
  const autoencoder = node(autoencoderStage, context, {latentChannels, changes});
  const {key} = node(latentsStage, context, {latentChannels, split, changes}, {autoencoder});
  return {
    key: dataset.labelledKey(key),
    purpose,
    rolls: split === "train" && rolls(context, changes),
    open,
  };
}

/** Whether windows of latents are rolled in training: only a periodic autoencoder's latents are. */
const rolls = ({config: {latentRolls, autoencoder}}: Context, changes?: AutoencoderChanges): boolean =>
  Boolean(latentRolls && {...autoencoder.model, ...changes?.model}.periodic);

export const VALIDATION_WINDOWS = 64;

/** Rows of a training trajectory: latents are cached in several copies. */
const copiesOf = ({copies}: Config, {latentChannels}: EmulatorSpec) => (latentChannels === null ? 1 : copies);

/** Keep some trajectories of training data with all their copies, spread evenly so that every parameter stays among them. */
export function spreadOver({states, labels, augment, key}: EmulatorData, count: number, copies: number): EmulatorData {
  const [rows, ...rest] = states.shape;
  const trajectories = Array.from({length: count}, (_, i) => Math.floor((i * rows) / copies / count));
  const chosen = trajectories.flatMap((n) => Array.from({length: copies}, (_, copy) => n * copies + copy));
  const boundaries = augment && chosen.map((row) => augment.boundaries[row]);
  return {
    states: {shape: [chosen.length, ...rest], read: (row, window) => states.read(chosen[row], window)},
    labels: chosen.map((row) => labels[row]),
    key,
    ...(augment && {augment: {...augment, boundaries: boundaries!}}),
  };
}

export function emulatorSettings(
  config: Config,
  method: EmulatorSpec,
  purpose: NetworkPurpose,
  changes: EmulatorChanges,
): {readonly network: EmulatorConfig; readonly model: Emulator; readonly training: TrainingConfig} {
  const preset = {...presetOf(config, method), ...changes.network};
  const network = emulatorNetwork(preset, purpose);
  return {
    network,
    model: modelOf(method, network, config.schedule),
    training: {...preset.training, ...changes.training},
  };
}

/** Make an emulator with fresh weights: its time and its operations equal a trained emulator's. */
export function freshEmulator(config: Config, method: EmulatorSpec, data: EmulatorData): Emulator {
  const {model} = emulatorSettings(config, method, purposeOf(data), {});
  model.initialise(config.seed);
  return model;
}

function modelOf({kind}: EmulatorSpec, network: EmulatorConfig, schedule: Config["schedule"]): Emulator {
  if (kind === "diffusion") return new KarrasDenoiser({network, schedule});
  return kind === "solver" ? new Solver(network) : new StochasticSolver(network);
}

function beginWith(model: Emulator, solver: Emulator, seed: number): void {
  model.initialise(seed);
  if (model instanceof StochasticSolver) model.adopt(solver as Solver);
  else model.weights = solver.weights.clone();
}

async function trainEmulator(
  {place: context, asked, inputs, recipe}: StageWork<OpenContext, EmulatorRequest, EmulatorInputs>,
  solver: Emulator | undefined,
  runInSubprocess: TrainingTask["runInSubprocess"],
): Promise<Trained<Emulator>> {
  const {config} = context;
  const {method, parallel} = asked;
  const {model, training, seed} = settingsOf(context, asked, inputs);
  const {window, contexts, objective} = config;
  const rows = ownRows(training, parallel);
  const loss = lossOf(model, objective, true);
  const validationLoss = lossOf(model, objective, false);
  const batches = new Lazy(async () => {
    const open = await inputs.train.open();
    const {states, labels, augment} = config.learned
      ? spreadOver(open, config.learned, copiesOf(config, method))
      : open;
    return openBatches(states, {window, batch: training.batch, rows, seed, labels, augment});
  });
  const held = new Lazy(async () => heldOut(await inputs.valid.open(), config, seed));
  const error = compile((weights, x, mask, label, key) => {
    const p = model.layout.bind(weights as tf.Tensor1D);
    return [validationLoss(p, [x, mask, label], new Random(key as tf.Tensor1D))];
  }, "validation");
  try {
    return await trained(modelStore(context), recipe, model, {
      label: emulatorName(method),
      config: training,
      seed,
      ranks: typeof parallel === "object" ? parallel : undefined,
      initialise: solver && (() => beginWith(model, solver, seed)),
      runInSubprocess,
      loss,
      nextBatch: async (step) => {
        const masks = drawContexts(contexts, [training.batch, window], Rng.from("context", seed, step));
        const source = await batches.get();
        source.seek(step);
        const [x, label] = tensors(await source.next());
        return [x, tf.tensor2d(rowsOf(masks.data, window, rows), [x.shape[0], window]), label];
      },
      validate: validationOf(model, training.steps, error, () => held.get()),
    });
  } finally {
    await (await batches.made)?.close?.();
    tf.dispose((await held.made) ?? []);
    error.dispose();
  }
}

/** Name an emulator for files and progress lines: "diffusion-c16", "solver-pixel". */
export function emulatorName({kind, latentChannels}: EmulatorSpec): string {
  return `${kind}-${latentChannels === null ? "pixel" : `c${latentChannels}`}`;
}

/** Name the artefacts of an emulator: "euler-tour-diffusion-c16". */
export function emulatorTitle({system, preset}: Config, method: EmulatorSpec): string {
  return `${system}-${preset}-${emulatorName(method)}`;
}

/** Find the settings of an emulator. @throws RangeError for pixels if the configuration has none. */
export function presetOf({latent, pixel, system}: Config, {latentChannels}: EmulatorSpec): EmulatorPreset {
  if (latentChannels !== null) return latent;
  if (pixel) return pixel;
  throw new RangeError(`emulator: expected settings of pixel-space emulators in the preset of ${system}, found none.`);
}

export function purposeOf({states: {shape}, labels}: EmulatorData): NetworkPurpose {
  return {channels: shape[shape.length - 1], labelFeatures: labels[0].length, space: shape.length - 3};
}

export interface NetworkPurpose {
  readonly channels: number;
  readonly labelFeatures: number;
  readonly space: number;
}

export function emulatorNetwork(
  {training: _training, patchSize, ...network}: EmulatorPreset,
  {channels, labelFeatures, space}: NetworkPurpose,
): EmulatorConfig {
  return {
    ...network,
    channels,
    labelFeatures,
    spatial: 1 + space, // time and space
    patchSize: [1, ...new Array<number>(space).fill(patchSize)],
  };
}

/** Make the loss of a batch [windows, masks, labels]; dropout is for training only. */
function lossOf(model: Emulator, objective: ObjectiveConfig = {}, training: boolean): Loss {
  const {over, weight, members, alpha} = objective;
  const spectral = training ? objective.spectral : undefined; // so that validations compare
  return (p, batch, random) => {
    if (model instanceof Solver) return model.loss(p, batch, {over, random: training ? random : undefined});
    const shared = {random, over, dropout: training};
    return model instanceof KarrasDenoiser
      ? model.loss(p, batch, {...shared, weight})
      : model.loss(p, batch, {...shared, members, alpha, spectral});
  };
}

/**
 * Collect the inputs of a validation: windows, masks, labels and the key of its noise. Contexts are drawn as in
 * training, so that both curves measure the same error, but once.
 */
function heldOut({states, labels}: EmulatorData, {window, contexts}: Config, seed: number): tf.Tensor[] {
  const batch = new Batches(states, {window, batch: VALIDATION_WINDOWS, seed: 0, labels}).next();
  const masks = drawContexts(contexts, [VALIDATION_WINDOWS, window], Rng.from("validation context", seed));
  const [x, label] = tensors(batch);
  return [x, tf.tensor2d(masks.data, [VALIDATION_WINDOWS, window]), label, Random.of(seed, -1).key];
}

function rowsOf(matrix: Float32Array, columns: number, rows?: readonly number[]): Float32Array {
  if (!rows) return matrix;
  return Float32Array.from(rows.flatMap((row) => Array.from(matrix.subarray(row * columns, (row + 1) * columns))));
}

/** Windows $[B, L, \dots, C]$ and their labels $[B, K]$. */
function tensors({x, shape, label}: Batch): [tf.Tensor, tf.Tensor] {
  return [tf.tensor(x, [...shape]), tf.tensor2d(label!, [shape[0], label!.length / shape[0]])];
}
