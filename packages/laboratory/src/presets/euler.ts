/** Presets of the Euler system. */
import {EULER_GASES, type EulerDataConfig} from "@lola-ts/simulators";
import type {Config, EmulatorPreset, TrainingConfig} from "../config";

type Simulated = Config & {data: EulerDataConfig; pixel: EmulatorPreset};

const shape = {hidBlocks: 3, attentionHeads: 4, ffnFactor: 4, embFeatures: 64, dropout: 0};
const schedule = {optimiser: "soap", warmup: 50, clip: 1} as const;
const training: TrainingConfig = {...schedule, learningRate: 4e-3, steps: 3000, batch: 32};

/** Common part of the tours of all systems, with which the shipped studies were recorded. */
export const shared: Simulated = {
  system: "euler",
  preset: "tour",
  seed: 0,
  threads: 1,
  data: {
    boundaries: ["periodic"],
    gammas: EULER_GASES.map(({gamma}) => gamma),
    trajectories: {train: 640, valid: 20, test: 20},
    grid: 32,
    oversampling: 2,
    frames: 26,
    endTime: 1.5,
    lines: "few",
    seed: 0,
  },
  stride: 4,
  latentChannels: [16, 4],
  autoencoder: {
    model: {
      spatial: 2,
      patchSize: 2,
      hidChannels: [32, 48, 64],
      hidBlocks: [1, 1, 1],
      periodic: true,
      saturation: "softclip2",
      identityInit: true,
      dropout: 0,
      latentNoise: 0,
      ffnFactor: 1,
    },
    training: {...schedule, learningRate: 3e-3, batch: 16},
    steps: {16: 3000, 4: 3000},
  },
  copies: 2,
  latentRolls: true,
  window: 5,
  contexts: {kind: "truncated", lambda: 2},
  schedule: {name: "log-logit", shift: 1},
  latent: {...shape, hidChannels: 64, patchSize: 1, training},
  pixel: {...shape, hidChannels: 96, patchSize: 8, training: {...training, steps: 680}},
  rollout: {members: 16, steps: 16, order: 3, trajectories: 20, noise: "shared"},
  horizons: [
    [1, 20],
    [21, 60],
    [61, 100],
  ],
  ablationSteps: 300,
};

/** The settings that show the findings in minutes on two cores. */
export const tour: Simulated = {
  ...shared,
  autoencoder: {...shared.autoencoder, steps: {16: 2000, 4: 2000}},
  copies: 4,
  contexts: {kind: "truncated", lambda: 0.5},
  latent: {...shared.latent, training: {...training, learningRate: 8e-3, steps: 2400, batch: 16}},
  pixel: {...shared.pixel, training: {...training, steps: 520}},
};

const {latentRolls: _, ...unrolled} = shared; // latents of a smoke run have too few cells for every system's rolls
const small = {hidChannels: 16, hidBlocks: 1, attentionHeads: 2, embFeatures: 16};
const brief = {...training, steps: 6, batch: 4, warmup: 2};

/** Seconds: only checks the plumbing. */
export const smoke: Config = {
  ...unrolled,
  preset: "smoke",
  data: {
    ...shared.data,
    gammas: [1.4],
    trajectories: {train: 2, valid: 1, test: 1},
    grid: 16,
    oversampling: 1,
    frames: 11,
    endTime: 0.6,
  },
  autoencoder: {
    model: {...shared.autoencoder.model, hidChannels: [8, 12, 16]},
    training: {...shared.autoencoder.training, batch: 4, warmup: 2},
    steps: {16: 6, 4: 6},
  },
  copies: 1,
  latent: {...shared.latent, ...small, training: brief},
  pixel: {...shared.pixel, ...small, training: brief},
  rollout: {members: 2, steps: 4, order: 3, trajectories: 1},
  horizons: [
    [1, 20],
    [21, 40],
  ],
  ablationSteps: 6,
};

const long: TrainingConfig = {...training, learningRate: 3e-3, steps: 2000, weights: "float16"};

/**
 * An hour and a half on two cores: four times the cells of the tour and 2.5 times its trajectories. A latent has one cell
 * for 16² of a state, as many as in the tour, so that emulators cost the same per step.
 */
export const mini: Simulated = {
  ...shared,
  preset: "mini",
  data: {...shared.data, grid: 64, oversampling: 1, trajectories: {train: 1600, valid: 40, test: 40}},
  latentChannels: [32, 16, 4],
  autoencoder: {
    model: {...shared.autoencoder.model, patchSize: 4, hidChannels: [48, 64, 96]},
    training: {...shared.autoencoder.training, weights: "float16"},
    steps: {32: 4000, 16: 4000, 4: 4500},
  },
  copies: 4,
  contexts: tour.contexts,
  latent: {...shared.latent, hidBlocks: 6, training: {...long, learningRate: 12e-3, steps: 4000}},
  pixel: {...shared.pixel, patchSize: 16, training: long},
  rollout: {...shared.rollout, trajectories: 40},
  ablationSteps: 1000,
};
