/** Configurations: every number of an experiment as plain data. */
import type {AutoencoderConfig} from "../models/autoencoder";
import type {SystemName} from "../systems/registry";
import type {SamplerScheme} from "../diffusion/samplers/sampler";
import type {LossKind} from "../models/reconstruction-loss";
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
  /** How the rate decays afterwards, "cosine" unless told. */
  decay?: Decay;
  /** Decay of the weights, 0 unless told. */
  weightDecay?: number;
  /** Largest norm of the gradient. */
  clip: number;
  /** Number of micro-batches of a batch, to save memory. Default: 1. */
  microBatches?: number;
}

/** Autoencoder: architecture shared by all compression rates, and its training (paper, Table 3). */
export interface AutoencoderPreset {
  model: Omit<AutoencoderConfig, "pixChannels" | "latChannels">;
  /** What is minimised, "vrmse" unless told. */
  loss?: LossKind;
  training: Omit<TrainingConfig, "steps">;
  /** Training steps by number of latent channels: the narrower the latent, the longer the plateau at the start. */
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
  /** Whether blocks are computed again for the gradient, which saves memory; false unless told. */
  checkpointing?: boolean;
  training: TrainingConfig;
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
   * Bytes up to which the states of a split are kept in memory; more are read from the disk while training. A quarter of the
   * machine's memory unless told. It changes no result.
   */
  memory?: number;
  /** Simulation time between stored states, in the paper's steps (lead time of state i is stride * i). */
  stride: number;
  /**
   * Axes that random symmetries mirror: those for which the equations allow it ("equations", unless told), or all as in the
   * official code ("all"), which turns convection upside down.
   */
  mirrors?: "equations" | "all";
  /** Numbers of latent channels to compare, from the lowest to the highest compression rate. */
  latentChannels: number[];
  autoencoder: AutoencoderPreset;
  /** Differently augmented copies of each training trajectory in the latent cache. */
  copies: number;
  /** States per emulator call: the context and what is generated from it. */
  window: number;
  /** Random contexts while training: Poisson(lambda) truncated to 1 ... window - 1 (paper, Eq. 15). */
  contextLambda: number;
  /** Shift of the noise schedule's log-scale. */
  scheduleShift: number;
  latent: EmulatorPreset;
  /** None where there is no pixel-space solver. */
  pixel?: EmulatorPreset;
  rollout: {
    /** Ensemble members of the diffusion emulator. */
    members: number;
    /** Sampler steps per call. */
    steps: number;
    /** Order of the Adams-Bashforth sampler. */
    order: number;
    /** Another method than Adams-Bashforth, with all its options: `order` is not used then. */
    sampler?: SamplerScheme;
    /** Test trajectories to roll out. */
    trajectories: number;
  };
  /** Horizons [from, to] in simulation time over which metrics are averaged. */
  horizons: [number, number][];
  /** Training steps of the two runs of the ablation (Table 4). */
  ablationSteps: number;
}
