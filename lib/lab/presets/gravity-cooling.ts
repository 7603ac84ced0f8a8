/**
 * Presets of turbulence with gravity and cooling: three space axes, open on all sides, and as in the paper no solver in
 * pixel space.
 */
import type {GravityCoolingDataConfig} from "../../systems/gravity-cooling/files";
import type {AutoencoderPreset, Config} from "../config";
import * as euler from "./euler";

type Simulated = Config & {data: GravityCoolingDataConfig};

const {pixel: _pixel, latentRolls: _rolls, ...shared} = euler.shared;

/** Two levels, so that a latent has a fourth of the cells along each axis. */
const model: AutoencoderPreset["model"] = {
  ...shared.autoencoder.model,
  spatial: 3,
  hidChannels: [32, 64],
  hidBlocks: [1, 1],
  periodic: false,
};

/** The settings that show the findings in minutes on two cores. */
export const tour: Simulated = {
  ...shared,
  system: "gravity-cooling",
  data: {
    system: "gravity-cooling",
    rho0: [44.5, 0.445],
    metallicity: [0, 1],
    temperature: [10, 100],
    trajectories: {train: 32, valid: 8, test: 8},
    grid: 16,
    oversampling: 1,
    side: 2,
    frames: 26,
    endTime: 1,
    seed: 0,
  },
  stride: 2,
  latentChannels: [64, 16, 4],
  autoencoder: {
    model,
    training: {...shared.autoencoder.training, batch: 8},
    steps: {64: 500, 16: 600, 4: 900},
  },
  copies: 8,
  latent: {...shared.latent, training: {...shared.latent.training, steps: 800, batch: 16}},
  rollout: {...shared.rollout, trajectories: 8},
  horizons: [
    [1, 10],
    [11, 30],
    [31, 50],
  ],
};

/** Seconds. */
export const smoke: Config = {
  ...tour,
  preset: "smoke",
  data: {
    ...tour.data,
    rho0: [44.5],
    metallicity: [1],
    temperature: [100],
    trajectories: {train: 2, valid: 1, test: 1},
    grid: 8,
    frames: 11,
    endTime: 0.4,
  },
  latentChannels: euler.smoke.latentChannels,
  autoencoder: {
    model: {...model, hidChannels: [8, 12]},
    training: euler.smoke.autoencoder.training,
    steps: euler.smoke.autoencoder.steps,
  },
  copies: euler.smoke.copies,
  latent: euler.smoke.latent,
  rollout: euler.smoke.rollout,
  horizons: [
    [1, 10],
    [11, 20],
  ],
  ablationSteps: euler.smoke.ablationSteps,
};

/**
 * An hour and a half on two cores: clouds dense enough to cool and collapse. Every cloud starts uniform, so forecasts start
 * when there is something to forecast.
 */
export const mini: Simulated = {
  ...tour,
  preset: "mini",
  data: {
    ...tour.data,
    rho0: [44.5, 4.45],
    trajectories: {train: 240, valid: 16, test: 40},
  },
  latentChannels: euler.mini.latentChannels,
  autoencoder: {
    model: {...model, hidChannels: [24, 48]},
    training: euler.mini.autoencoder.training,
    steps: {32: 3000, 16: 3000, 4: 3500},
  },
  latent: {...tour.latent, hidChannels: 48, training: {...euler.mini.latent.training, steps: 3000, batch: 16}},
  rollout: {...tour.rollout, trajectories: 40, start: 10},
  horizons: [
    [1, 10],
    [11, 20],
    [21, 40],
  ],
  ablationSteps: euler.mini.ablationSteps,
};
