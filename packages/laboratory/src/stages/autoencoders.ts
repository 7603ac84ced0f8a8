/** Stage 2: autoencoders, one per number of latent channels. */
import {flat, sizeOf, Rng, Lazy} from "@lola-ts/core";
import {Autoencoder, type AutoencoderConfig, type LossKind} from "lola/models";
import {openBatches, windowAt} from "lola/data";
import {tf, compile} from "@lola-ts/engine";
import {node, type Inputs, type Stage, type StageWork} from "@lola-ts/cache";
import {datasetWith, type OpenContext} from "./context";
import type {Dataset} from "./dataset";
import type {Config, TrainingConfig} from "../config";
import type {AutoencoderChanges} from "../model-changes";
import {type Job} from "../model-changes";
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

/** Raise it when autoencoders train to other numbers; see packages/laboratory/test/drift.test.ts. */
export const AUTOENCODER_VERSION = 1;

export const VALIDATION_STATES = 64;

/** An autoencoder that is trained, or read, when it is asked for: where all scores are there, nobody asks. */
export interface AutoencoderSource {
  readonly latentChannels: number;
  readonly compression: number;
  readonly key: string;
  readonly get: () => Promise<Autoencoder>;
}

interface Settings {
  readonly model: AutoencoderConfig;
  readonly training: TrainingConfig;
  readonly seed: number;
  readonly validation: LossKind;
}

export function autoencoderSettings(
  config: Config,
  pixChannels: number,
  latentChannels: number,
  changes: AutoencoderChanges,
): Settings {
  const {seed = config.seed, validation = "vrmse"} = changes;
  const steps = changes.steps ?? autoencoderSteps(config, latentChannels).steps;
  return {
    model: {...config.autoencoder.model, ...changes.model, pixChannels, latChannels: latentChannels},
    training: {...config.autoencoder.training, ...changes.training, steps},
    seed,
    validation,
  };
}

/** Which autoencoder. */
export interface AutoencoderRequest extends Parallel {
  readonly latentChannels: number;
  readonly changes?: AutoencoderChanges;
}

const settingsOf = (
  {config, dataset}: Pick<OpenContext, "config" | "dataset">,
  {latentChannels, changes = {}}: AutoencoderRequest,
) => autoencoderSettings(config, dataset.wells.test.channels.length, latentChannels, changes);

export const autoencoderStage: Stage<OpenContext, AutoencoderRequest, Inputs, Trained<Autoencoder>> = {
  name: "autoencoder",
  version: AUTOENCODER_VERSION,
  inputs: ({dataset}) => ({dataset: {key: dataset.modelsKey}}),
  recipe: ({config, dataset}, asked) => {
    const {loss, lossVariance} = config.autoencoder;
    return {
      name: `${config.system}-${config.preset}-c${asked.latentChannels}`,
      config: {...settingsOf({config, dataset}, asked), threads: config.threads, loss, lossVariance},
    };
  },
  async make({place, asked, recipe}) {
    const {latentChannels, changes = {}, parallel = 1} = asked;
    const remark = changes.steps === undefined ? stepsRemark(place.config, latentChannels) : undefined;
    if (remark) process.stdout.write(`${remark}\n`);
    const job: Job = {stage: "autoencoder", latentChannels, changes};
    const store = modelStore(place);
    // A rank does not wait for the lock: the rank that holds it is waiting for this one.
    const isThere = await (typeof parallel === "number" ? store.hasWaited(recipe) : store.has(recipe));
    const dataset = isThere ? place.dataset : await datasetWith(place, "train");
    return trainAutoencoder({place: {...place, dataset}, asked, recipe}, elsewhere(place, job, parallel));
  },
};

async function trainAutoencoder(
  {place: context, asked, recipe}: Omit<StageWork<OpenContext, AutoencoderRequest, Inputs>, "inputs">,
  runInSubprocess: TrainingTask["runInSubprocess"],
): Promise<Trained<Autoencoder>> {
  const {dataset, config} = context;
  const {parallel} = asked;
  const {model, training, seed, validation} = settingsOf(context, asked);
  const {loss: kind, lossVariance: variance} = config.autoencoder;
  const autoencoder = new Autoencoder(model);
  const {batch, steps} = training;
  const rows = ownRows(training, parallel);
  const batches = new Lazy(() => {
    const augment = dataset.augmentation("train");
    return openBatches(dataset.source("train"), {window: 1, batch, rows, seed, augment});
  });
  const held = new Lazy(() => tf.keep(heldOut(dataset)));
  const error = compile((weights, x) => {
    const p = autoencoder.layout.bind(weights as tf.Tensor1D);
    return [autoencoder.loss(p, [x], {kind: validation})];
  }, "validation");
  try {
    return await trained(modelStore(context), recipe, autoencoder, {
      label: `autoencoder, ${asked.latentChannels} latent channels`,
      config: training,
      seed,
      runInSubprocess,
      ranks: typeof parallel === "object" ? parallel : undefined,
      loss: (p, batch, random) => autoencoder.loss(p, batch, {kind, variance, random}),
      nextBatch: async (step) => {
        batches.get().seek(step);
        const {x, shape} = await batches.get().next();
        return [tf.tensor(x, [shape[0], ...shape.slice(2)])];
      },
      validate: validationOf(autoencoder, steps, error, () => [held.get()]),
    });
  } finally {
    await batches.made?.close?.();
    held.made?.dispose();
    error.dispose();
  }
}

/** Describe an autoencoder that is trained, or read, when it is asked for. */
export function autoencoderSource(
  context: OpenContext,
  latentChannels: number,
  changes: AutoencoderChanges = {},
): AutoencoderSource {
  const {key, get} = node(autoencoderStage, context, {latentChannels, changes});
  const {compression} = new Autoencoder(settingsOf(context, {latentChannels, changes}).model); // it has no weights
  return {latentChannels, compression, key, get: async () => (await get()).model};
}

function heldOut(dataset: Dataset): tf.Tensor {
  const source = dataset.source("valid");
  const [trajectories, frames, ...state] = source.shape;
  const size = sizeOf(state);
  const order = Rng.from("validation").shuffle(Array.from({length: trajectories * frames}, (_, i) => i));
  const chosen = order.slice(0, VALIDATION_STATES);
  const states = new Float32Array(chosen.length * size);
  chosen.forEach((index, i) => {
    const {trajectory, start} = windowAt(index, frames);
    states.set(flat(source.read(trajectory, {start, length: 1})), i * size);
  });
  return tf.tensor(states, [chosen.length, ...state]);
}

/**
 * Find the training steps of the autoencoder with the given number of latent channels: those of the configuration, or
 * interpolated between its two nearest numbers of channels, $\log n$ linear in $\log C$ and rounded. Beyond the smallest and
 * the largest number they are those of the nearest.
 *
 * @returns the steps, and in words where they come from if not from the configuration: "interpolated between 16 (1100) and 4 (1850)".
 * @throws RangeError if the configuration has no steps at all.
 */
export function autoencoderSteps(
  {autoencoder}: Pick<Config, "autoencoder">,
  latentChannels: number,
): {readonly steps: number; readonly origin?: string} {
  const {steps} = autoencoder;
  if (Object.hasOwn(steps, latentChannels)) return {steps: steps[latentChannels]};
  const known = Object.keys(steps).map(Number);
  const below = Math.max(...known.filter((channels) => channels < latentChannels));
  const above = Math.min(...known.filter((channels) => channels > latentChannels));
  const named = (channels: number) => `${channels} (${steps[channels]})`;
  if (!Number.isFinite(above) || !Number.isFinite(below)) {
    const nearest = Number.isFinite(above) ? above : below;
    if (!Number.isFinite(nearest)) throw new RangeError("autoencoder: expected autoencoder.steps, found none.");
    return {steps: steps[nearest], origin: `those of ${named(nearest)}`};
  }
  const share = Math.log(latentChannels / below) / Math.log(above / below);
  const interpolated = Math.round(steps[below] * (steps[above] / steps[below]) ** share);
  return {steps: interpolated, origin: `interpolated between ${named(above)} and ${named(below)}`};
}

/** Say how long an autoencoder trains whose steps the configuration does not have; nothing if it has them. */
export function stepsRemark(config: Pick<Config, "autoencoder">, latentChannels: number): string | undefined {
  const {steps, origin} = autoencoderSteps(config, latentChannels);
  return origin && `autoencoder, ${latentChannels} latent channels: ${steps} steps, ${origin}`;
}
