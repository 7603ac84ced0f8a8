/**
 * Presets of turbulence with gravity and cooling: three space axes, open on all sides, and as in the paper no solver in
 * pixel space.
 */
import type {GravityCoolingDataConfig} from "@lola-ts/simulators";
import type {AutoencoderPreset, Config} from "../config";
import * as euler from "./euler";

type Simulated = Config & {data: GravityCoolingDataConfig};

const {pixel: _pixel, latentRolls: _rolls, ...flat} = euler.shared;

/** Two levels, so that a latent has a fourth of the cells along each axis. */
const model: AutoencoderPreset["model"] = {
  ...flat.autoencoder.model,
  spatial: 3,
  hidChannels: [24, 48],
  hidBlocks: [1, 1],
  periodic: false,
};

/**
 * The settings that show the findings in minutes on two cores: clouds dense enough to cool and collapse. Every cloud starts
 * uniform, so forecasts start a little later.
 */
export const tour: Simulated = {
  ...flat,
  system: "gravity-cooling",
  data: {
    system: "gravity-cooling",
    rho0: [44.5, 4.45],
    metallicity: [0, 1],
    temperature: [10, 100],
    trajectories: {train: 120, valid: 8, test: 16},
    grid: 16,
    oversampling: 1,
    side: 2,
    frames: 26,
    endTime: 1,
    seed: 0,
  },
  stride: 2,
  latentChannels: euler.tour.latentChannels,
  autoencoder: {model, training: flat.autoencoder.training, steps: {16: 1200, 4: 1200}},
  copies: euler.tour.copies,
  contexts: euler.tour.contexts,
  latent: {...euler.tour.latent, hidChannels: 48, training: {...euler.tour.latent.training, steps: 1000}},
  rollout: {...flat.rollout, trajectories: 16, start: 2},
  horizons: [
    [1, 10],
    [11, 20],
    [21, 40],
  ],
};

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
  contexts: flat.contexts,
  latent: euler.smoke.latent,
  rollout: euler.smoke.rollout,
  horizons: [
    [1, 10],
    [11, 20],
  ],
  ablationSteps: euler.smoke.ablationSteps,
};

/** An hour and a half on two cores: twice the trajectories of the tour and three rates, forecast from where clouds have formed. */
export const mini: Simulated = {
  ...tour,
  preset: "mini",
  data: {...tour.data, trajectories: {train: 240, valid: 16, test: 40}},
  latentChannels: euler.mini.latentChannels,
  autoencoder: {model, training: euler.mini.autoencoder.training, steps: {32: 3000, 16: 3000, 4: 3500}},
  copies: 8,
  contexts: tour.contexts,
  latent: {
    ...flat.latent,
    hidChannels: 48,
    hidBlocks: 6,
    training: {...euler.mini.latent.training, learningRate: 8e-3, steps: 3000, batch: 16},
  },
  rollout: {...tour.rollout, trajectories: 40, start: 10},
  ablationSteps: euler.mini.ablationSteps,
};
