/**
 * Stage 2: autoencoders, one per number of latent channels.
 */
import {flat} from "../../core/array";
import {sizeOf} from "../../core/shape";
import {Autoencoder} from "../../models/autoencoder";
import {openBatches} from "../../data/loader";
import {windowAt} from "../../data/batches";
import type {LossKind} from "../../models/reconstruction-loss";
import {Rng} from "../../core/rng";
import {tf} from "../../tensor/backend";
import {compile} from "../../tensor/compile/compile";
import type {Artifacts, Recipe} from "../store/artifacts";
import type {Dataset} from "./dataset";
import {Lazy} from "../../core/lazy";
import type {AutoencoderPreset, Config} from "../config";
import {trained, type Trained} from "./training";

/** States that a validation looks at. */
const VALIDATION_STATES = 64;

/** What may differ from the preset: the knobs of an ablation. */
export interface AutoencoderChanges {
  /** Architecture, e.g. {identityInit: false}. */
  model?: Partial<AutoencoderPreset["model"]>;
  /** Training, e.g. {optimiser: "adamw", learningRate: 1e-3}. */
  training?: Partial<AutoencoderPreset["training"]>;
  steps?: number;
  seed?: number;
  /** What the validation curve measures. */
  validation?: LossKind;
}

/** Train (or load) an autoencoder with so many latent channels. */
export async function obtainAutoencoder(
  config: Config,
  dataset: Dataset,
  artifacts: Artifacts,
  latentChannels: number,
  changes: AutoencoderChanges = {},
  elsewhere?: () => Promise<void>,
): Promise<Trained<Autoencoder>> {
  const {seed = config.seed, validation = "vrmse"} = changes;
  const steps = changes.steps ?? config.autoencoder.steps[latentChannels];
  if (!steps) {
    const known = Object.keys(config.autoencoder.steps).join(", ");
    throw new RangeError(
      `autoencoder: expected steps for ${latentChannels} latent channels, the preset has them for ${known}.`,
    );
  }
  const pixChannels = dataset.wells.train.channels.length;
  const model = {...config.autoencoder.model, ...changes.model, pixChannels, latChannels: latentChannels};
  const {loss: kind} = config.autoencoder;
  const training = {...config.autoencoder.training, ...changes.training, steps};
  const autoencoder = new Autoencoder(model);
  const recipe: Recipe = {
    stage: "autoencoder",
    name: `${config.system}-${config.preset}-c${latentChannels}`,
    config: {model, training, seed, validation, threads: config.threads, ...(kind && {loss: kind})},
    inputs: [dataset.key],
  };
  const augment = dataset.augmentation("train");
  const {batch} = training;
  const batches = new Lazy(() => openBatches(dataset.source("train"), {window: 1, batch, seed, augment}));
  const held = new Lazy(() => tf.keep(heldOut(dataset)));
  const error = compile((weights, x) => {
    const p = autoencoder.layout.bind(weights as tf.Tensor1D);
    return [autoencoder.loss(p, [x], {kind: validation})];
  }, "validation");
  try {
    return await trained(artifacts, recipe, autoencoder, {
      label: `autoencoder, ${latentChannels} latent channels`,
      config: training,
      seed,
      elsewhere,
      loss: (p, batch, random) => autoencoder.loss(p, batch, {kind, random}),
      nextBatch: async (step) => {
        batches.get().seek(step);
        const {x, shape} = await batches.get().next();
        return [tf.tensor(x, [shape[0], ...shape.slice(2)])];
      },
      validate: {
        every: Math.max(1, Math.round(steps / 20)),
        error: () => {
          const [value] = error(autoencoder.weights, held.get());
          const [number] = value.dataSync();
          value.dispose();
          return number;
        },
      },
    });
  } finally {
    await batches.made?.close?.();
    held.made?.dispose();
    error.dispose();
  }
}

/** A fixed sample of validation states. */
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
