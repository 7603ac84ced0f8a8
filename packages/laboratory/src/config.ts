/**
 * Configurations: every number of an experiment as plain data.
 *
 * One schema holds each option's type, its values, what it means with its default, and the stage that is the first to read it;
 * docs/options.md is made from it. A default is not filled in: keys of artefacts depend on which options are written.
 */
import * as z from "zod";
import {
  isPlainObject,
  choose,
  count,
  described,
  expectedOf,
  flag,
  list,
  number,
  oneOf,
  optional,
  optionsOf,
  section,
  where,
  whole,
  type Rule,
} from "@lola-ts/core";
import {orderRule, schemeRule} from "lola/diffusion";
import {sourceRule} from "lola/emulate";
import {scoreRule} from "lola/evaluate";
import {
  autoencoderRules,
  type AutoencoderConfig,
  type ContextDistribution,
  lossNames,
  type LossMixture,
} from "lola/models";
import {scheduleRule} from "@lola-ts/official-runs";
import {labelRule, simulatedSystem, systemNames, systemOf, type SimulationConfig} from "@lola-ts/simulators";
import {precisions} from "@lola-ts/engine";

/** Accept seeds; the seeds of further trainings, counted from one of them, stay within 32 bits as well. */
export const seed = whole({min: 0, max: 2 ** 30});
const share = number({min: 0, below: 1});
const variance = oneOf(["unbiased", "population"]);
const above0 = number({above: 0});
const min0 = number({min: 0});

/** Rules of a training whose number of steps stands elsewhere. */
export const schedule = section({
  /** Optimiser of the weights. */
  optimiser: oneOf(["adamw", "soap", "psgd"]),
  /** Largest learning rate. */
  learningRate: above0,
  /** Samples of a step. */
  batch: count,
  /** Steps of linear warm-up. */
  warmup: whole({min: 0}),
  /** How the rate decays afterwards. Default: "cosine", as in paper and code. */
  decay: optional(oneOf(["constant", "linear", "cosine", "exponential"])),
  /** Steps between two changes of the rate. Default: 1; paper: not said; code: the steps of an epoch. */
  epoch: optional(count),
  /** Decay of the weights. Default: 0, as in paper and code. */
  weightDecay: optional(min0),
  /** Largest norm of the gradient. */
  clip: above0,
  /**
   * Share of the weights' moving average that stays in each step, in [0, 1): the averaged weights are then validated and
   * kept. Default: none, as in paper and code.
   */
  ema: optional(share),
  /** Number of micro-batches of a batch, to save memory. Default: 1. */
  microBatches: optional(count),
  /**
   * Precision to which trained weights are rounded in the end, so that their file is half as large. "bfloat16" keeps 8
   * significant bits, as packing does, so that a model's scores belong to its packed weights. Default: "float32".
   */
  weights: optional(oneOf(["float32", "float16", "bfloat16"])),
});

export const training = section({
  ...schedule.shape,
  /** Training steps. */
  steps: count,
});

/** How a model is optimised. */
export interface TrainingConfig extends z.infer<typeof training> {}

// Channels of pixels are the dataset's, and latent channels are the question.
const {pixChannels: _pixels, latChannels: _latents, ...architecture} = autoencoderRules;

export const autoencoderModel = section<Omit<AutoencoderConfig, "pixChannels" | "latChannels">>(architecture);

/** Accept names of losses. */
export const lossName = oneOf(lossNames);
const lossWeights = section(Object.fromEntries(lossNames.map((name) => [name, optional(min0)])));
const loss = described(
  choose<LossMixture>((value) => (typeof value === "object" && value !== null ? lossWeights : lossName)),
  `${expectedOf(lossName)}, or weights of these`,
);

const autoencoder = section({
  /** Architecture. */
  model: autoencoderModel,
  /** Loss to minimise, or weights of several. Default: "vrmse", as in the code; paper: "vmse" (Eq. 14). */
  loss: optional(loss),
  /** Variance in that loss. Default: "unbiased", as in the code; paper: "population". */
  lossVariance: optional(variance),
  /** Training; its steps stand beside it. */
  training: schedule,
  /**
   * Training steps by number of latent channels: the narrower the latent, the longer the plateau at the start. At other
   * numbers they are interpolated, see `autoencoderSteps`.
   */
  steps: described(z.record(z.string().regex(/^[1-9]\d*$/), count), "numbers of steps by numbers of latent channels"),
});

/** Autoencoder: architecture shared by all compression rates, and its training (paper, Table 3). */
export interface AutoencoderPreset extends z.infer<typeof autoencoder> {}

export const emulator = section({
  /** Channels of a token. */
  hidChannels: count,
  /** Transformer blocks. */
  hidBlocks: count,
  /** Heads of an attention. */
  attentionHeads: count,
  /** Width of the feed-forward networks in units of the channels. */
  ffnFactor: above0,
  /** Features of the embeddings of time and label. */
  embFeatures: where(count, "an even whole number of 2 or more", (features: number) => features % 2 === 0),
  /** Rate of dropout. */
  dropout: share,
  /** Side of a square spatial patch: 1 for latents, larger for pixels. */
  patchSize: count,
  /** Whether blocks are computed again for the gradient, which saves memory. Default: false. */
  checkpointing: optional(flag),
  /** Number format of the products in linear layers. Default: "float32"; paper and code do not say. */
  precision: optional(oneOf(precisions)),
  /** Whether queries and keys are normalised. Default: true, as in paper and code. */
  qkNorm: optional(flag),
  /** Whether queries and keys are turned by learned rotary angles. Default: true, as in paper and code. */
  rope: optional(flag),
  /** Training. */
  training: training,
});

/** Emulator: transformer and its training (paper, Table 5), shared by diffusion and neural solver. */
export interface EmulatorPreset extends z.infer<typeof emulator> {}

const augment = section({
  /** Mirror axes, see `mirrors`. Default: true, as in paper and code. */
  flip: optional(flag),
  /** Permute axes. Default: the system's, as in the code (not RB); paper: true. */
  permute: optional(flag),
  /** Roll periodic axes. Default: the system's, as in the code (not TGC); paper: true. */
  roll: optional(flag),
});

/** Random symmetries under which training sees states. */
export interface SymmetryConfig extends z.infer<typeof augment> {}

const label = section({
  ...labelRule.shape,
  /** Append boundary codes. Default: true, as in the code; paper: Euler only. */
  boundary: optional(flag),
});

/** Parameters that condition an emulator. */
export interface LabelConfig extends z.infer<typeof label> {}

const poisson = number({above: 0, max: 500});
const probability = number({min: 0, max: 1});
const contexts: Rule<ContextDistribution> = z.discriminatedUnion("kind", [
  section({kind: z.literal("truncated"), lambda: optional(poisson)}),
  section({
    kind: z.literal("wrapped"),
    lambda: optional(poisson),
    rho: optional(probability),
    atLeast: optional(whole({min: 0})),
  }),
]);

const objective = section({
  /** Entries that count. Default: "all", as in paper (Eq. 7) and code; "generated" leaves the context out. */
  over: optional(oneOf(["all", "generated"])),
  /** Weight of a denoiser's error. Default: "variance", (α² + σ²) / σ², as in the code; paper: "none" (Eq. 7). */
  weight: optional(oneOf(["variance", "none"])),
  /** Members of each window in the score that trains a stochastic solver. Default: 4. */
  members: optional(whole({min: 2})),
  /** Share of the fair score in that score. Default: 0.95. */
  alpha: optional(probability),
  /** Share of the Fourier coefficients' score in that score. Default: 0. */
  spectral: optional(probability),
});

/** Which error trains an emulator. */
export interface ObjectiveConfig extends z.infer<typeof objective> {}

export const rollout = section({
  /** Members of an ensemble: of diffusion, of a stochastic solver, of a solver that is perturbed, dressed or sees symmetries. */
  members: count,
  /** Sampler steps per call. */
  steps: count,
  /** Order of the Adams-Bashforth sampler. */
  order: orderRule,
  /** Another method than Adams-Bashforth, with all its options: `order` is not used then. */
  sampler: optional(schemeRule),
  /** Test trajectories to roll out and score, drawn at random from the seed without replacement. */
  trajectories: count.meta({stage: "dataset"}),
  /** Given states of the first call, the last one at lead time 0. Default: 1; paper: 1, 1 to 3 in Tables 6 and 7. */
  context: optional(count).meta({stage: "dataset"}),
  /** Context states of later calls. Default: 1; paper: not said; code: as many as in the first. */
  overlap: optional(count),
  /** States of each window that are kept, context included; later ones are predicted and dropped. Default: all. */
  crop: optional(count),
  /**
   * Lead time 0, in the paper's steps from the initial state; a multiple of `stride`. Default: 0, as in the paper; code: 16
   * for RB.
   */
  start: optional(whole({min: 0})).meta({stage: "dataset"}),
  ...sourceRule.shape,
  /**
   * Deviation of noise on a solver's first context states, in units of the standardised space: it then has members, too.
   * Default: 0, one answer.
   */
  perturbation: optional(min0),
  /**
   * Let each member but the first see its context states under a random symmetry of training, and undo it in its
   * forecast: a solver then has members, too. Guided forecasts and forecasts of other parameters see them as they are. Default:
   * false.
   */
  symmetries: optional(flag),
  /**
   * Turn a solver's one answer into an ensemble, by errors of the validation split: "noise", white and Gaussian, or "residuals",
   * whole fields of errors. Both grow with the answer's deviation over space. Default: one answer.
   */
  dressing: optional(oneOf(["noise", "residuals"])),
  /** Average an ensemble's members before they are decoded, "latent", so that one forecast is left. Default: members. */
  average: optional(oneOf(["latent"])),
  /**
   * Draw the noise of a rollout from the laboratory's seed alone, "shared", as the shipped results do: members of models from
   * different training seeds then have equal noise and are not independent. Default: each training seed has noise of its own.
   */
  noise: optional(oneOf(["shared"])),
});

/** How emulators are rolled out, and on what. */
export interface RolloutConfig extends z.infer<typeof rollout> {}

/** Count the states that a later network call of a rollout adds. */
export function statesPerCall({
  window,
  rollout: {overlap = 1, crop = window},
}: Pick<Config, "window" | "rollout">): number {
  return crop - overlap;
}

const metrics = section({
  ...scoreRule.shape,
  /** An ensemble's VRMSE. Default: "mean", of the members' mean, as in the code; "members": mean of theirs; paper: not said. */
  ensemble: optional(oneOf(["mean", "members"])),
  /**
   * Add noise of the deviation `autoencoder.model.latentNoise` to latents before they are decoded for a score. Default:
   * false, as in paper and code.
   */
  noisyLatents: optional(flag),
  /**
   * Reference of forecasts: the true states, or "autoencoded" ones, D(E(x)), the best that a latent emulator could
   * show (the paper's Figure 9). Forecasts of pixels, and reconstructions, are compared with the true states. Default: "states".
   */
  reference: optional(oneOf(["states", "autoencoded"])),
});

/** How forecasts are scored. */
export interface MetricConfig extends z.infer<typeof metrics> {}

const wellData = section({source: oneOf(["well"])});

/** Data that are not simulated here: The Well's own files, see `wellFolder`. */
export type WellDataConfig = Readonly<z.infer<typeof wellData>>;

/** Rule of `data`: The Well's own files, or the options of the system that is simulated. */
export const dataRule = choose<SimulationConfig | WellDataConfig>((data) => {
  const {source, system}: Record<string, unknown> = isPlainObject(data) ? data : {};
  if (source !== undefined) return wellData;
  const known = systemNames.find((name) => name === system);
  if (known) return section(systemOf(known).rules);
  const {rules} = simulatedSystem({});
  return section(system === undefined ? rules : {...rules, system: oneOf(systemNames)});
});

const span = described(
  z.tuple([min0, min0]).refine(([from, to]) => from <= to),
  "a pair [from, to] of lead times with from <= to",
);

/** Rule of a whole configuration. An option without a stage is read by the dataset. */
export const configRule = section({
  /** System of equations. */
  system: oneOf(systemNames),
  /** Preset that the other options come from. */
  preset: oneOf(["smoke", "tour", "mini", "paper"]),
  /** Root of all randomness. */
  seed,
  /** Trainings of each emulator, from consecutive seeds, over which claims and the paper's tables average. Default: 1. */
  seeds: optional(count).meta({stage: "evaluation"}),
  /**
   * Engine threads of a training, 0 for all cores; trainings run side by side as cores allow. The number is part of a training's
   * recipe, because it can change the last digits: with another one, every model is trained again.
   */
  threads: whole({min: 0}).meta({stage: "autoencoder"}),
  /** Data: options of the system's simulator, or {source: "well"} for The Well's own files. */
  data: dataRule,
  /**
   * Bytes up to which the states of a split are kept in memory; more are read from the disk while training. It changes no
   * result. Default: a quarter of the machine's memory.
   */
  memory: optional(min0),
  /** Simulation time between stored states, in the paper's steps (lead time of state i is stride * i). */
  stride: count,
  /** Constants of the standardisation. Default: "fitted" to the training split, as in the paper; code: "official" ones. */
  standardization: optional(oneOf(["fitted", "official"])),
  /** Deviation of fitted vectors: "isotropic", one for all components. Default: "isotropic"; code: "component". */
  vector: optional(oneOf(["isotropic", "component"])),
  /** Parameters that condition emulators. */
  label: optional(label as Rule<LabelConfig>),
  /** Random symmetries while training. */
  augment: optional(augment as Rule<SymmetryConfig>),
  /**
   * Axes that random symmetries mirror: those for which the equations allow it, or "all", which turns convection upside
   * down. Default: "equations"; code: "all".
   */
  mirrors: optional(oneOf(["equations", "all"])),
  /** Numbers of latent channels to compare, from the lowest to the highest compression rate. */
  latentChannels: where(
    list(count),
    "a list of whole numbers of 1 or more, the largest first and none twice",
    (all: number[]) => all.every((n, i) => i === 0 || n < all[i - 1]),
  ).meta({stage: "evaluation"}),
  /** Autoencoder: architecture shared by all compression rates, and its training (paper, Table 3). */
  autoencoder: (autoencoder as Rule<AutoencoderPreset>).meta({stage: "autoencoder"}),
  /**
   * Differently augmented copies of each training trajectory in the latent cache. Paper: not said; code: 1, and 4 in the
   * authors' command for RB.
   */
  copies: count.meta({stage: "latents"}),
  /**
   * Roll windows of latents along periodic axes while emulators train: exact for a periodic autoencoder, and not done with
   * another. Default: false, as in paper and code.
   */
  latentRolls: optional(flag).meta({stage: "emulator"}),
  /**
   * Training trajectories that emulators learn from, spread evenly over the split: of 50 and 100 the first are among the second.
   * Default: all, as in paper and code.
   */
  learned: optional(count).meta({stage: "emulator"}),
  /** States per emulator call: the context and what is generated from it. */
  window: whole({min: 2}).meta({stage: "emulator"}),
  /** Random contexts while training. Paper: `paperContext` (Eq. 15); code: `codeContext`. */
  contexts: contexts.meta({stage: "emulator"}),
  /** Noise schedule of the diffusion emulator. Paper: "rectified"; code: "log-logit". */
  schedule: scheduleRule.meta({stage: "emulator"}),
  /** Error that emulators minimise. */
  objective: optional(objective as Rule<ObjectiveConfig>).meta({stage: "emulator"}),
  /** Emulators of latents (paper, Table 5), shared by diffusion and neural solver. */
  latent: (emulator as Rule<EmulatorPreset>).meta({stage: "emulator"}),
  /** Emulators in pixel space: the solver, and a diffusion model on request. Default: none. */
  pixel: optional(emulator as Rule<EmulatorPreset>).meta({stage: "emulator"}),
  /** How emulators are rolled out, and on what. */
  rollout: (rollout as Rule<RolloutConfig>).meta({stage: "rollout"}),
  /** Options of the metrics. */
  metrics: optional(metrics as Rule<MetricConfig>).meta({stage: "evaluation"}),
  /** Horizons [from, to] of lead times, in the paper's steps, over which metrics are averaged. */
  horizons: list(span).meta({stage: "evaluation"}),
  /** Training steps of each autoencoder of the ablation (Table 4). */
  ablationSteps: count.meta({stage: "evaluation"}),
});

/** Everything an experiment depends on. */
export interface Config extends z.infer<typeof configRule> {}

export type PresetName = Config["preset"];

/** The stages of an experiment, in their order. */
export const STAGES = ["dataset", "autoencoder", "latents", "emulator", "rollout", "evaluation"] as const;

export type Stage = (typeof STAGES)[number];

/**
 * Find the stage that is the first to read an option.
 *
 * @param option its path, e.g. "rollout.steps". An option without a stage of its own has the stage of its section.
 */
export function stageOf(option: string): Stage {
  let rule: Rule | undefined = configRule;
  let stage: Stage = "dataset";
  for (const name of option.split(".")) {
    rule = rule && optionsOf(rule)?.[name];
    stage = (rule?.meta()?.stage as Stage | undefined) ?? stage;
  }
  return stage;
}

/** Options that identify an opened dataset: data, constants, symmetries, labels, and which test states are rolled out. */
export const DATASET_OPTIONS = [
  "system",
  "preset",
  "seed",
  "data",
  "memory",
  "stride",
  "standardization",
  "vector",
  "label",
  "augment",
  "mirrors",
] as const satisfies readonly (keyof Config)[];

/** The part of a configuration that a dataset reads. */
export interface DatasetConfig extends Pick<Config, (typeof DATASET_OPTIONS)[number]> {
  rollout: Pick<RolloutConfig, "trajectories" | "start" | "context">;
}

/** Whether an option, given by its path, changes how models are rolled out or scored, and neither them nor their data. */
export function isUntrained(option: string): boolean {
  return option.split(".")[0] === "rollout" || stageOf(option) === "evaluation";
}
