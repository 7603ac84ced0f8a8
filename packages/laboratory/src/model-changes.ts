/** Which models are trained, and how they differ from the preset. */
import {count, oneOf, optional, partial, section} from "@lola-ts/core";
import type {LossKind} from "lola/models";
import {
  autoencoderModel,
  emulator,
  lossName,
  rollout,
  schedule,
  seed,
  training,
  type AutoencoderPreset,
  type EmulatorPreset,
  type RolloutConfig,
} from "./config";

/** Which emulator: diffusion, solver or stochastic solver, on the latents of an autoencoder or on pixels (`latentChannels: null`). */
export interface EmulatorSpec {
  /** "crps": a stochastic solver, trained with the continuous ranked probability score. */
  readonly kind: "diffusion" | "solver" | "crps";
  readonly latentChannels: number | null;
}

/** Differences from the preset: the options of an ablation. */
export interface AutoencoderChanges {
  /** Architecture, e.g. {identityInit: false}. */
  model?: Partial<AutoencoderPreset["model"]>;
  /** Training, e.g. {optimiser: "adamw", learningRate: 1e-3}. */
  training?: Partial<AutoencoderPreset["training"]>;
  /** Training steps. Default: the preset's for this number of latent channels, or interpolated between its neighbours. */
  steps?: number;
  /** Seed of weights, batches and dropout. Default: the configuration's. */
  seed?: number;
  /** Loss that the validation curve shows. Default: "vrmse". */
  validation?: LossKind;
}

export const autoencoderChangesRule = section<AutoencoderChanges>({
  model: optional(partial(autoencoderModel)),
  training: optional(partial(schedule)),
  steps: optional(count),
  seed: optional(seed),
  validation: optional(lossName),
});

/** Differences from the preset. */
export interface EmulatorChanges {
  /** Architecture, e.g. {hidBlocks: 1}. */
  network?: Partial<EmulatorPreset>;
  /** Training, e.g. {steps: 300}. */
  training?: Partial<EmulatorPreset["training"]>;
  /** Begin with the weights of the trained solver ("retrofit"): a stochastic solver, or a solver that is trained on. */
  from?: "solver";
  /** Seed of weights, batches, contexts and noise. Default: the configuration's. */
  seed?: number;
  /** Number of emulators, trained from consecutive seeds, that are rolled out as one ensemble. Default: 1. */
  seeds?: number;
  /** Autoencoder of the latents, e.g. {model: {saturation: "tanh"}}: they are encoded and decoded with the changed one. */
  autoencoder?: AutoencoderChanges;
  /** Rollouts, e.g. {steps: 4}: nothing is trained again. Trajectories and their first states are the laboratory's. */
  rollout?: Partial<Omit<RolloutConfig, "trajectories" | "context" | "start">>;
}

const {trajectories: _trajectories, context: _context, start: _start, ...changeableRollout} = rollout.shape;

export const emulatorChangesRule = section<EmulatorChanges>({
  from: optional(oneOf(["solver"])),
  seeds: optional(count),
  network: optional(partial(emulator)),
  training: optional(partial(training)),
  seed: optional(seed),
  autoencoder: optional(autoencoderChangesRule),
  rollout: optional(partial(section(changeableRollout))),
});

/** A training that can be done in another process. */
export type Job =
  | {readonly stage: "autoencoder"; readonly latentChannels: number; readonly changes: AutoencoderChanges}
  | {readonly stage: "emulator"; readonly method: EmulatorSpec; readonly changes: EmulatorChanges};
