/** Configurations: every number of an experiment as plain data. */
import type {AutoencoderConfig} from "../models/autoencoder";
import type {ViTConfig} from "../nn/vit";
import type {SystemName} from "../systems/registry";
import type {SamplerScheme} from "../diffusion/samplers/sampler";
import type {LossMixture, LossOptions} from "../models/reconstruction-loss";
import type {ContextDistribution, LossEntries} from "../models/context";
import type {DenoiserLossOptions} from "../diffusion/denoiser-loss";
import type {TimeDistribution} from "../diffusion/training-times";
import type {ScheduleConfig} from "../diffusion/noise-schedule";
import type {ContextSourceOptions} from "../emulate/rollout";
import type {EvaluateOptions} from "../evaluate/evaluate";
import type {LabelOptions} from "../systems/label";
import type {SimulationConfig} from "../systems/simulate";
import type {Decay} from "../train/learning-rate";

export type PresetName = "smoke" | "tour" | "mini" | "paper";

/** Data that are not simulated here: The Well's own files, see `wellFolder`. */
export interface WellDataConfig {
  readonly source: "well";
}

/** How a model is optimised. */
export interface TrainingConfig {
  optimiser: "adamw" | "soap" | "psgd";
  learningRate: number;
  steps: number;
  batch: number;
  /** Steps of linear warm-up. */
  warmup: number;
  /** How the rate decays afterwards. Default: "cosine", as in paper and code. */
  decay?: Decay;
  /** Steps between two changes of the rate. Default: 1; paper: not said; code: the steps of an epoch. */
  epoch?: number;
  /** Decay of the weights. Default: 0, as in paper and code. */
  weightDecay?: number;
  /** Largest norm of the gradient. */
  clip: number;
  /**
   * Share of the weights' moving average that stays in each step, in [0, 1): the averaged weights are then validated and
   * kept. Default: none, as in paper and code.
   */
  ema?: number;
  /** Number of micro-batches of a batch, to save memory. Default: 1. */
  microBatches?: number;
  /** Precision to which trained weights are rounded in the end, so that their file is half as large. Default: "float32". */
  weights?: "float32" | "float16";
}

/** Autoencoder: architecture shared by all compression rates, and its training (paper, Table 3). */
export interface AutoencoderPreset {
  model: Omit<AutoencoderConfig, "pixChannels" | "latChannels">;
  /** Loss to minimise, or weights of several. Default: "vrmse", as in the code; paper: "vmse" (Eq. 14). */
  loss?: LossMixture;
  /** Variance in that loss. Default: "unbiased", as in the code; paper: "population". */
  lossVariance?: LossOptions["variance"];
  training: Omit<TrainingConfig, "steps">;
  /**
   * Training steps by number of latent channels: the narrower the latent, the longer the plateau at the start. At other
   * numbers they are interpolated, see `autoencoderSteps`.
   */
  steps: Record<number, number>;
}

/** Emulator: transformer and its training (paper, Table 5), shared by diffusion and neural solver. */
export interface EmulatorPreset {
  hidChannels: number;
  hidBlocks: number;
  attentionHeads: number;
  ffnFactor: number;
  embFeatures: number;
  dropout: number;
  /** Side of a square spatial patch: 1 for latents, larger for pixels. */
  patchSize: number;
  /** Whether blocks are computed again for the gradient, which saves memory. Default: false. */
  checkpointing?: boolean;
  /** Number format of the products in linear layers. Default: "float32"; paper and code do not say. */
  precision?: ViTConfig["precision"];
  /** Carried from the first block to all, or "none". Default: "tokens", as in the code; paper: "values" (Zhou et al., 2024). */
  valueResidual?: ViTConfig["valueResidual"];
  /** Attention over all tokens, or "divided" into space and time. Default: "full", as in paper and code. */
  attention?: ViTConfig["attention"];
  /** Whether queries and keys are normalised. Default: true, as in paper and code. */
  qkNorm?: boolean;
  /** Whether queries and keys are turned by learned rotary angles. Default: true, as in paper and code. */
  rope?: boolean;
  training: TrainingConfig;
}

/** Random symmetries under which training sees states. */
export interface SymmetryConfig {
  /** Mirror axes, see `mirrors` of {@link Config}. Default: true, as in paper and code. */
  flip?: boolean;
  /** Permute axes. Default: the system's, as in the code (not RB); paper: true. */
  permute?: boolean;
  /** Roll periodic axes. Default: the system's, as in the code (not TGC); paper: true. */
  roll?: boolean;
}

/** Parameters that condition an emulator. */
export interface LabelConfig extends LabelOptions {
  /** Append boundary codes. Default: true, as in the code; paper: Euler only. */
  boundary?: boolean;
}

/** Which error trains an emulator. */
export interface ObjectiveConfig {
  /** Deviation of noise on context states, in units of the standardised space. Default: 0, as in paper and code. */
  contextNoise?: number;
  /** Consecutive windows that a solver, stochastic or not, is trained on, each from its own last state. Default: 1, as in paper and code. */
  unroll?: number;
  /** Members of each window in the score that trains a stochastic solver. Default: 4. */
  members?: number;
  /** Share of the fair score in that score. Default: 0.95. */
  alpha?: number;
  /** Entries that count. Default: "all", as in paper (Eq. 7) and code; "generated" leaves the context out. */
  over?: LossEntries;
  /** Weight of a denoiser's error. Default: "variance", (α² + σ²) / σ², as in the code; paper: "none" (Eq. 7). */
  weight?: DenoiserLossOptions["weight"];
  /** Distribution of a denoiser's diffusion times. Default: uniform, as in the code; paper: not said. */
  times?: TimeDistribution;
}

/** How emulators are rolled out, and on what. */
export interface RolloutConfig extends ContextSourceOptions {
  /** Ensemble members of the diffusion emulator. */
  members: number;
  /** Sampler steps per call. */
  steps: number;
  /** Order of the Adams-Bashforth sampler. */
  order: number;
  /** Another method than Adams-Bashforth, with all its options: `order` is not used then. */
  sampler?: SamplerScheme;
  /** Test trajectories to roll out and score, drawn at random from the seed without replacement. */
  trajectories: number;
  /** Given states of the first call, the last one at lead time 0. Default: 1; paper: 1, 1 to 3 in Tables 6 and 7. */
  context?: number;
  /** Context states of later calls. Default: 1; paper: not said; code: as many as in the first. */
  overlap?: number;
  /**
   * Deviation of noise on a solver's first context states, in units of the standardised space: it then has members, too.
   * Default: 0, one answer.
   */
  perturbation?: number;
  /**
   * Let each member but the first see its context states under a random symmetry, one of those of training, and undo it in its
   * forecast: a solver then has members, too. Guided forecasts and those of other parameters see them as they are. Default:
   * false.
   */
  symmetries?: boolean;
  /**
   * Lead time 0, in the paper's steps from the initial state; a multiple of `stride`. Default: 0, as in the paper; code: 16
   * for RB.
   */
  start?: number;
}

/** How forecasts are scored. */
export interface MetricConfig extends Pick<
  EvaluateOptions,
  "epsilon" | "variance" | "ratio" | "spectralEpsilon" | "firstWavenumber" | "spectrum" | "mass"
> {
  /** An ensemble's VRMSE. Default: "mean", of the members' mean, as in the code; "members": mean of theirs; paper: not said. */
  ensemble?: "mean" | "members";
  /**
   * Add noise of the deviation `autoencoder.model.latentNoise` to latents before they are decoded for a score. Default:
   * false, as in paper and code.
   */
  noisyLatents?: boolean;
  /**
   * What forecasts are compared with: the true states, or "autoencoded" ones, D(E(x)), the best that a latent emulator could
   * show (the paper's Figure 9). Forecasts of pixels, and reconstructions, are compared with the true states. Default: "states".
   */
  reference?: "states" | "autoencoded";
}

/** Everything an experiment depends on. */
export interface Config {
  system: SystemName;
  preset: PresetName;
  /** Root of all randomness. */
  seed: number;
  /** Engine threads of a training, 0 for all cores; trainings run side by side as cores allow. */
  threads: number;
  data: SimulationConfig | WellDataConfig;
  /**
   * Bytes up to which the states of a split are kept in memory; more are read from the disk while training. It changes no
   * result. Default: a quarter of the machine's memory.
   */
  memory?: number;
  /** Simulation time between stored states, in the paper's steps (lead time of state i is stride * i). */
  stride: number;
  /** Constants of the standardisation. Default: "fitted" to the training split, as in the paper; code: "official" ones. */
  standardization?: "fitted" | "official";
  /** Deviation of fitted vectors: "isotropic", one for all components. Default: "isotropic"; code: "component". */
  vector?: "isotropic" | "component";
  /** Parameters that condition emulators. */
  label?: LabelConfig;
  /** Random symmetries while training. */
  augment?: SymmetryConfig;
  /**
   * Axes that random symmetries mirror: those for which the equations allow it, or "all", which turns convection upside
   * down. Default: "equations"; code: "all".
   */
  mirrors?: "equations" | "all";
  /** Numbers of latent channels to compare, from the lowest to the highest compression rate. */
  latentChannels: number[];
  autoencoder: AutoencoderPreset;
  /** Differently augmented copies of each training trajectory in the latent cache. Paper: not said; code: 4. */
  copies: number;
  /**
   * Roll windows of latents along periodic axes while emulators train: exact for a periodic autoencoder, and not done with
   * another. Default: false, as in paper and code.
   */
  latentRolls?: boolean;
  /** States per emulator call: the context and what is generated from it. */
  window: number;
  /** Random contexts while training. Paper: `paperContext` (Eq. 15); code: `codeContext`. */
  contexts: ContextDistribution;
  /** Noise schedule of the diffusion emulator. Paper: "rectified"; code: "log-logit". */
  schedule: ScheduleConfig;
  /** Error that emulators minimise. */
  objective?: ObjectiveConfig;
  latent: EmulatorPreset;
  /** Of emulators in pixel space: the solver, and a diffusion model on request. None where there are none. */
  pixel?: EmulatorPreset;
  rollout: RolloutConfig;
  /** Options of the metrics. */
  metrics?: MetricConfig;
  /** Horizons [from, to] in simulation time over which metrics are averaged. */
  horizons: [number, number][];
  /** Training steps of each autoencoder of the ablation (Table 4). */
  ablationSteps: number;
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

/** Options that change how models are rolled out or scored, and neither them nor their data. */
export const UNTRAINED_OPTIONS = [
  "rollout",
  "metrics",
  "horizons",
  "latentChannels",
  "ablationSteps",
] as const satisfies readonly (keyof Config)[];

/** Whether an option, given by its path, changes how models are rolled out or scored, and neither them nor their data. */
export function isUntrained(option: string): boolean {
  return (UNTRAINED_OPTIONS as readonly string[]).includes(option.split(".")[0]);
}
