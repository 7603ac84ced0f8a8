/**
 * Stage 4: emulators. Diffusion and neural solver share data, network, masks and optimiser (paper, section 3.4.2): what
 * differs is what they are asked for.
 */
import {openBatches} from "../../data/loader";
import type {TrajectorySource} from "../../data/source";
import {Batches, type Batch, type BatchesOptions} from "../../data/batches";
import {KarrasDenoiser} from "../../diffusion/denoiser";
import {sampledDenoiserLoss} from "../../diffusion/denoiser-loss";
import {contextMask, drawContexts} from "../../models/context";
import type {EmulatorConfig} from "../../models/emulator-network";
import type {Model, BoundParameters} from "../../nn/module";
import {Rng} from "../../core/rng";
import {Solver} from "../../models/solver";
import {tf} from "../../tensor/backend";
import {compile} from "../../tensor/compile/compile";
import {Random} from "../../tensor/random";
import type {Artifacts, Recipe} from "../store/artifacts";
import {Lazy} from "../../core/lazy";
import type {Config, EmulatorPreset} from "../config";
import {trained, type Trained} from "./training";

/** Which emulator: diffusion or solver, on the latents of an autoencoder or on pixels (`latentChannels: null`). */
export interface EmulatorSpec {
  readonly kind: "diffusion" | "solver";
  readonly latentChannels: number | null;
}

/** Trajectories to learn from, latents or standardised states: [N, T, ...grid, C] with their labels. */
export interface EmulatorData {
  readonly states: TrajectorySource;
  readonly labels: readonly Float32Array[];
  readonly key: string;
  /** Symmetries to draw for each window; none for latents, which are cached in several copies. */
  readonly augment?: BatchesOptions["augment"];
}

/** What may differ from the preset. */
export interface EmulatorChanges {
  network?: Partial<EmulatorPreset>;
  training?: Partial<EmulatorPreset["training"]>;
  seed?: number;
}

type Emulator = KarrasDenoiser | Solver;

/** Windows that a validation looks at. */
const VALIDATION_WINDOWS = 64;

/** Train (or load) an emulator. */
export async function obtainEmulator(
  config: Config,
  artifacts: Artifacts,
  method: EmulatorSpec,
  data: Readonly<Record<"train" | "valid", EmulatorData>>,
  changes: EmulatorChanges = {},
  elsewhere?: () => Promise<void>,
): Promise<Trained<Emulator>> {
  const {seed = config.seed} = changes;
  const preset = {...presetOf(config, method), ...changes.network};
  const training = {...preset.training, ...changes.training};
  const network = networkConfig(preset, data.valid);
  const schedule = {name: "log-logit", shift: config.scheduleShift} as const;
  const context = {kind: "truncated", lambda: config.contextLambda} as const;
  const model = method.kind === "diffusion" ? new KarrasDenoiser({network, schedule}) : new Solver(network);
  const loss = lossOf(model);
  const recipe: Recipe = {
    stage: "emulator",
    name: `${config.system}-${config.preset}-${emulatorName(method)}`,
    config: {
      kind: method.kind,
      model: model.config,
      training,
      window: config.window,
      context,
      seed,
      threads: config.threads,
    },
    inputs: [data.train.key, data.valid.key],
  };

  const {window} = config;
  const batches = new Lazy(() => {
    const {states, labels, augment} = data.train;
    return openBatches(states, {window, batch: training.batch, seed, labels, augment});
  });
  const held = new Lazy(() => heldOut(data.valid, window, seed));
  const error = compile((weights, x, label, mask, key) => {
    const p = model.layout.bind(weights as tf.Tensor1D);
    return [loss(p, [x, label, mask], new Random(key as tf.Tensor1D))];
  }, "validation");
  try {
    return await trained(artifacts, recipe, model as Model as Emulator, {
      label: `${emulatorName(method)}`,
      config: training,
      seed,
      elsewhere,
      loss,
      nextBatch: async (step) => {
        const generator = Rng.from("context", seed, step);
        const masks = drawContexts(context, [training.batch, config.window], generator);
        batches.get().seek(step);
        return [...tensors(await batches.get().next()), tf.tensor2d(masks.data, [training.batch, config.window])];
      },
      validate: {
        every: Math.max(1, Math.round(training.steps / 20)),
        error: () => {
          const [value] = error(model.weights, ...held.get());
          const [number] = value.dataSync();
          value.dispose();
          return number;
        },
      },
    });
  } finally {
    await batches.made?.close?.();
    tf.dispose(held.made ?? []);
    error.dispose();
  }
}

/** A name for files and progress lines: "diffusion-c16", "solver-pixel". */
export function emulatorName({kind, latentChannels}: EmulatorSpec): string {
  return `${kind}-${latentChannels === null ? "pixel" : `c${latentChannels}`}`;
}

function presetOf({latent, pixel, system}: Config, {latentChannels}: EmulatorSpec): EmulatorPreset {
  if (latentChannels !== null) return latent;
  if (!pixel) throw new Error(`emulator: expected settings of a pixel-space solver, those of ${system} have none.`);
  return pixel;
}

function networkConfig(preset: EmulatorPreset, {states, labels}: EmulatorData): EmulatorConfig {
  const channels = states.shape[states.shape.length - 1];
  return emulatorNetwork(preset, {channels, labelFeatures: labels[0].length, space: states.shape.length - 3});
}

/** What a network is for: channels of a state, length of a label, number of space axes. */
export interface NetworkPurpose {
  readonly channels: number;
  readonly labelFeatures: number;
  readonly space: number;
}

/** The network of an emulator preset. */
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

/** Loss of a batch [windows, labels, masks]. */
function lossOf(model: Emulator): (p: BoundParameters, batch: tf.Tensor[], random: Random) => tf.Scalar {
  return (p, [x, label, mask], random) =>
    model instanceof KarrasDenoiser
      ? sampledDenoiserLoss(model, p, x, {mask, label: label as tf.Tensor2D, random})
      : model.loss(p, x, {mask, label: label as tf.Tensor2D, dropout: random});
}

/** What a validation looks at: windows, their labels, masks that show the first state, and the key of its noise. */
function heldOut({states, labels}: EmulatorData, window: number, seed: number): tf.Tensor[] {
  const batch = new Batches(states, {window, batch: VALIDATION_WINDOWS, seed: 0, labels}).next();
  const first = tf.tidy(() => tf.tensor2d(contextMask(window, 1), [1, window]).tile([VALIDATION_WINDOWS, 1]));
  return [...tensors(batch), first, Random.of(seed, -1).key];
}

/** Windows $[B, L, \dots, C]$ and their labels $[B, K]$. */
function tensors({x, shape, label}: Batch): [tf.Tensor, tf.Tensor] {
  return [tf.tensor(x, [...shape]), tf.tensor2d(label!, [shape[0], label!.length / shape[0]])];
}
