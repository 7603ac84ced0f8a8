/**
 * Presets: every number of an experiment as plain data.
 *
 * A preset is a value; a cell spreads it and overrides what it asks about. The paper's own values (Tables 3 and 5) are in
 * `paper`. They are far beyond two cores, so each smaller preset keeps the method and shrinks the sizes: `tour` shows the
 * findings in minutes, `smoke` checks the plumbing in seconds, `mini` is for a night on a workstation.
 */
import type {AutoencoderConfig} from "../autoencoder";
import type {SystemName} from "../data/systems";
import type {SamplerMethod} from "../diffusion/sampler";
import type {LossKind} from "../nn/loss";
import type {EulerDataConfig} from "../simulate/dataset";
import type {Decay} from "../train/schedule";
import {paper} from "./presets/paper";

export type PresetName = "smoke" | "tour" | "mini" | "paper";

/** Data that are not simulated here: The Well's own files, see `wellFolder`. */
export interface WellDataConfig {
  readonly source: "well";
  /** What the files hold is not chosen here. */
  readonly gammas?: undefined;
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
  /** Pieces into which a batch is cut, to save memory; 1 if it is missing. */
  accumulation?: number;
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
  width: number;
  blocks: number;
  heads: number;
  ffnFactor: number;
  embedding: number;
  dropout: number;
  /** Side of a square spatial patch: 1 for latents, larger for pixels. */
  patch: number;
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
  data: EulerDataConfig | WellDataConfig;
  /** Simulation time between stored states, in the paper's steps (lead time of state i is stride * i). */
  stride: number;
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
    sampler?: SamplerMethod;
    /** Test trajectories to roll out. */
    trajectories: number;
  };
  /** Horizons [from, to] in simulation time over which metrics are averaged. */
  horizons: [number, number][];
  /** Training steps of the two runs of the ablation (Table 4). */
  ablationSteps: number;
}

const GAMMAS = [1.13, 1.22, 1.3, 1.33, 1.365, 1.4, 1.404, 1.453, 1.597, 1.76];

/** A configuration with nothing left out. */
type Simulated = Config & {data: EulerDataConfig; pixel: EmulatorPreset};

const tour: Simulated = {
  system: "euler",
  preset: "tour",
  seed: 0,
  threads: 1,
  data: {
    boundaries: ["periodic"],
    gammas: GAMMAS,
    trajectories: {train: 160, valid: 20, test: 20},
    grid: 32,
    oversampling: 2,
    frames: 26,
    endTime: 1.5,
    lines: "few",
    seed: 0,
  },
  stride: 4,
  latentChannels: [64, 16, 4],
  autoencoder: {
    model: {
      spatial: 2,
      patch: 2,
      hidChannels: [32, 48, 64],
      hidBlocks: [1, 1, 1],
      periodic: true,
      saturation: "softclip2",
      identityInit: true,
      dropout: 0,
      latentNoise: 0,
      ffnFactor: 1,
    },
    training: {optimiser: "soap", learningRate: 3e-3, batch: 16, warmup: 50, clip: 1},
    steps: {64: 800, 16: 1100, 4: 1850},
  },
  copies: 4,
  window: 5,
  contextLambda: 2,
  scheduleShift: 1,
  latent: {
    width: 64,
    blocks: 3,
    heads: 4,
    ffnFactor: 4,
    embedding: 64,
    dropout: 0,
    patch: 1,
    training: {optimiser: "soap", learningRate: 4e-3, steps: 1400, batch: 32, warmup: 50, clip: 1},
  },
  pixel: {
    width: 96,
    blocks: 3,
    heads: 4,
    ffnFactor: 4,
    embedding: 64,
    dropout: 0,
    patch: 8,
    training: {optimiser: "soap", learningRate: 4e-3, steps: 680, batch: 32, warmup: 50, clip: 1},
  },
  rollout: {members: 16, steps: 16, order: 3, trajectories: 20},
  horizons: [
    [1, 20],
    [21, 60],
    [61, 100],
  ],
  ablationSteps: 300,
};

const brief = (training: TrainingConfig): TrainingConfig => ({...training, steps: 6, batch: 4, warmup: 2});

const smoke: Config = {
  ...tour,
  preset: "smoke",
  data: {
    ...tour.data,
    gammas: [1.4],
    trajectories: {train: 2, valid: 1, test: 1},
    grid: 16,
    oversampling: 1,
    frames: 11,
    endTime: 0.6,
  },
  latentChannels: [16, 4],
  autoencoder: {
    model: {...tour.autoencoder.model, hidChannels: [8, 12, 16]},
    training: {...tour.autoencoder.training, batch: 4, warmup: 2},
    steps: {16: 6, 4: 6},
  },
  copies: 1,
  latent: {...tour.latent, width: 16, blocks: 1, heads: 2, embedding: 16, training: brief(tour.latent.training)},
  pixel: {...tour.pixel, width: 16, blocks: 1, heads: 2, embedding: 16, training: brief(tour.pixel.training)},
  rollout: {members: 2, steps: 4, order: 3, trajectories: 1},
  horizons: [
    [1, 20],
    [21, 40],
  ],
  ablationSteps: 6,
};

const mini: Config = {
  ...tour,
  preset: "mini",
  threads: 0,
  data: {...tour.data, grid: 64, lines: "well", trajectories: {train: 800, valid: 50, test: 50}},
  autoencoder: {
    model: {...tour.autoencoder.model, hidChannels: [64, 96, 128], hidBlocks: [2, 2, 2]},
    training: {...tour.autoencoder.training, learningRate: 2e-3},
    steps: {64: 8000, 16: 10000, 4: 12000},
  },
  latent: {
    ...tour.latent,
    width: 128,
    blocks: 4,
    training: {...tour.latent.training, learningRate: 2e-3, steps: 20000, batch: 64},
  },
  pixel: {
    ...tour.pixel,
    width: 192,
    blocks: 4,
    training: {...tour.pixel.training, learningRate: 2e-3, steps: 20000, batch: 64},
  },
  rollout: {...tour.rollout, trajectories: 50},
  ablationSteps: 2000,
};

const PRESETS: Record<SystemName, Record<string, Config>> = {
  euler: {smoke, tour, mini, paper: paper("euler")},
  "rayleigh-benard": {paper: paper("rayleigh-benard")},
  "gravity-cooling": {paper: paper("gravity-cooling")},
};

/** Systems that have presets. */
export function systemNames(): string[] {
  return Object.keys(PRESETS);
}

/** Names of a system's presets. @throws Error naming the known systems. */
export function presetNames(system: string): string[] {
  if (!Object.hasOwn(PRESETS, system)) {
    throw new Error(`Unknown system "${system}": expected ${systemNames().join(" or ")}.`);
  }
  return Object.keys(PRESETS[system as SystemName]);
}

/** Look a preset up. @throws Error naming the known systems or presets. */
export function preset(system: string, name: string): Config {
  const names = presetNames(system);
  if (!names.includes(name)) {
    throw new Error(`Unknown preset "${name}" of ${system}: expected ${names.join(", ")}.`);
  }
  return structuredClone(PRESETS[system as SystemName][name]);
}
