/** Presets of Kolmogorov flow: Euler's presets on other data. It is not in the paper, and has no `paper`. */
import type {KolmogorovDataConfig} from "@lola-ts/simulators";
import type {Config, EmulatorPreset} from "../config";
import * as euler from "./euler";

type Simulated = Config & {data: KolmogorovDataConfig; pixel: EmulatorPreset};

export const tour: Simulated = {
  ...euler.tour,
  system: "kolmogorov",
  data: {
    system: "kolmogorov",
    reynolds: [40, 50, 60, 75, 90, 110, 130],
    trajectories: {train: 640, valid: 20, test: 20},
    grid: 32,
    oversampling: 2,
    frames: 26,
    endTime: 5,
    seed: 0,
  },
};

export const smoke: Config = {
  ...euler.smoke,
  system: "kolmogorov",
  data: {
    ...tour.data,
    reynolds: [40],
    trajectories: {train: 2, valid: 1, test: 1},
    grid: 16,
    oversampling: 4,
    spinUp: 1,
    frames: 11,
    endTime: 2,
  },
};

/**
 * An hour on two cores: four times the cells of the tour, and as long a time again, in which the flow forgets where it began.
 * At Reynolds numbers up to 120, 64 points are enough.
 */
export const mini: Simulated = {
  ...euler.shared,
  system: "kolmogorov",
  preset: "mini",
  data: {
    ...tour.data,
    reynolds: [40, 60, 80, 100, 120],
    trajectories: {train: 400, valid: 40, test: 40},
    grid: 64,
    oversampling: 1,
    endTime: 10,
  },
  latentChannels: euler.mini.latentChannels,
  autoencoder: {
    model: {...tour.autoencoder.model, patchSize: 4, hidChannels: [32, 48, 64]},
    training: euler.mini.autoencoder.training,
    steps: {32: 2000, 16: 2000, 4: 2500},
  },
  copies: euler.mini.copies,
  contexts: tour.contexts,
  latent: {...euler.mini.latent, training: {...euler.mini.latent.training, steps: 3000}},
  pixel: {...euler.mini.pixel, hidChannels: 48, training: {...euler.mini.pixel.training, steps: 1000}},
  rollout: {...tour.rollout, trajectories: 40},
  ablationSteps: euler.mini.ablationSteps,
};
