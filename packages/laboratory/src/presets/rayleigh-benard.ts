/**
 * Presets of Rayleigh-Bénard convection: Euler's presets on another grid, with walls.
 *
 * Convection needs time to set in, and until then a state is noise that nobody can forecast: trajectories begin when
 * plumes have formed.
 */
import type {RayleighBenardDataConfig} from "@lola-ts/simulators";
import type {Config, EmulatorPreset} from "../config";
import * as euler from "./euler";

type Simulated = Config & {data: RayleighBenardDataConfig; pixel: EmulatorPreset};

const {latentRolls: _, ...unrolled} = euler.shared;
const {autoencoder, latent, rollout} = unrolled;

/** Common part of the presets of convection, with which the shipped Table 4 was recorded. */
export const shared: Simulated = {
  ...unrolled,
  system: "rayleigh-benard",
  data: {
    system: "rayleigh-benard",
    rayleigh: [1e5, 1e6],
    prandtl: [0.5, 1, 2],
    trajectories: {train: 72, valid: 6, test: 12},
    grid: [64, 16],
    resolution: [128, 32],
    frames: 26,
    startTime: 16,
    endTime: 41,
    seed: 0,
  },
  latentChannels: [64, 16, 4],
  autoencoder: {
    ...autoencoder,
    model: {...autoencoder.model, periodic: false},
    steps: {64: 800, 16: 1100, 4: 1850},
  },
  copies: 4,
  latent: {...latent, training: {...latent.training, steps: 1400}},
  rollout: {...rollout, trajectories: 12},
};

export const tour: Simulated = {
  ...shared,
  data: {...shared.data, trajectories: {train: 144, valid: 12, test: 24}},
  latentChannels: euler.tour.latentChannels,
  autoencoder: {...shared.autoencoder, steps: euler.tour.autoencoder.steps},
  contexts: euler.tour.contexts,
  latent: euler.tour.latent,
  pixel: euler.tour.pixel,
  rollout: {...rollout, trajectories: 24},
};

export const smoke: Config = {
  ...euler.smoke,
  system: "rayleigh-benard",
  data: {
    ...shared.data,
    rayleigh: [1e5],
    prandtl: [1],
    trajectories: {train: 2, valid: 1, test: 1},
    grid: [32, 16],
    resolution: undefined,
    frames: 11,
    startTime: 20,
    endTime: 30,
  },
  autoencoder: {
    ...euler.smoke.autoencoder,
    model: {...euler.smoke.autoencoder.model, periodic: false},
  },
};

/**
 * An hour and a half on two cores: plumes at ten times the tour's Rayleigh numbers, on a grid that resolves them. Walls
 * forbid rolls in latent space, so there are more augmented copies.
 */
export const mini: Simulated = {
  ...shared,
  preset: "mini",
  data: {
    ...shared.data,
    rayleigh: [1e6, 1e7],
    prandtl: [0.5, 1],
    trajectories: {train: 120, valid: 12, test: 40},
    grid: [128, 32],
    resolution: [160, 56],
  },
  latentChannels: euler.mini.latentChannels,
  autoencoder: {
    model: {...shared.autoencoder.model, patchSize: 4, hidChannels: [32, 48, 64]},
    training: euler.mini.autoencoder.training,
    steps: {32: 2500, 16: 2500, 4: 3000},
  },
  copies: 8,
  contexts: tour.contexts,
  latent: {...euler.mini.latent, training: {...euler.mini.latent.training, learningRate: 8e-3}},
  pixel: {...euler.mini.pixel, hidChannels: 64, training: {...euler.mini.pixel.training, steps: 1000}},
  rollout: {...shared.rollout, trajectories: 40},
  ablationSteps: euler.mini.ablationSteps,
};
