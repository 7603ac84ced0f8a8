/**
 * What the page trains: a small flow and three small models of it, as a change of the laboratory's smallest preset. The page and
 * the cell that it copies train from the same plain data.
 */
import type {Field, Transform} from "@lola-ts/core";
import type {AutoencoderConfig, ContextDistribution} from "lola/models";

/** In their order: each is trained on what the autoencoder before made of the data. */
export const stages = ["autoencoder", "solver", "diffusion"] as const;
export type Stage = (typeof stages)[number];

/** Latent channels that can be chosen. */
export const CHANNELS: readonly number[] = [1, 2, 4, 8];

/** Numbers in a state for each number of its latent. */
export const compressionOf = (latentChannels: number): number => 48 / latentChannels;

export const STEPS = 1200;

/** States of the flow that no model is trained on: the first ones of its trajectory. */
export const STATES = 17;

const schedule = {optimiser: "adamw", warmup: 50, clip: 1, batch: 8} as const;

export const SMALL = {
  data: {
    system: "kolmogorov",
    reynolds: [40],
    trajectories: {train: 16, valid: 1, test: 1},
    grid: 16,
    oversampling: 3,
    spinUp: 8,
    frames: 129,
    endTime: 32,
    seed: 0,
  },
  autoencoder: {
    model: Object.freeze<Omit<AutoencoderConfig, "pixChannels" | "latChannels">>({
      ...{spatial: 2, patchSize: 2, hidChannels: [16, 32], hidBlocks: [1, 1], ffnFactor: 1},
      ...{periodic: true, saturation: "softclip2", identityInit: true, dropout: 0, latentNoise: 0},
    }),
    training: {...schedule, learningRate: 3e-3},
    steps: STEPS,
  },
  window: 5,
  contexts: Object.freeze<ContextDistribution>({kind: "truncated", lambda: 0.5}),
  schedule: {name: "log-logit", shift: 1},
  latent: {
    ...{hidChannels: 96, hidBlocks: 2, attentionHeads: 8, ffnFactor: 2, embFeatures: 32, dropout: 0, patchSize: 2},
    training: {...schedule, learningRate: 3e-3, steps: STEPS},
  },
  rollout: {members: 4, steps: 8, order: 2},
} as const;

/** Simulated trajectories, and what is known of their system. */
export interface SmallData {
  /** Physical states [T, X, Y, C] of each training trajectory, and of one that no model is trained on. */
  readonly train: readonly Float32Array[];
  readonly test: Float32Array;
  readonly shape: readonly number[];
  readonly transform: readonly Transform[];
  readonly fields: readonly Field[];
  /** Rolls of a state that give another one, see the system's facts. */
  readonly roll: readonly (boolean | number)[];
  readonly displayed: string;
}
