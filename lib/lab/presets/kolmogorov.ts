/** Presets of Kolmogorov flow: those of the Euler system on data of another. It is not in the paper, and has no `paper`. */
import type {KolmogorovDataConfig} from "../../systems/kolmogorov/files";
import type {Config, EmulatorPreset} from "../config";
import * as euler from "./euler";

type Simulated = Config & {data: KolmogorovDataConfig; pixel: EmulatorPreset};

/** The settings that show the findings in minutes on two cores. */
export const tour: Simulated = {
  ...euler.tour,
  system: "kolmogorov",
  data: {
    system: "kolmogorov",
    reynolds: [40, 50, 60, 75, 90, 110, 130],
    trajectories: {train: 160, valid: 20, test: 20},
    grid: 32,
    oversampling: 2,
    frames: 26,
    endTime: 5,
    seed: 0,
  },
};

/** Seconds. */
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

/** A night on a workstation. */
export const mini: Config = {
  ...euler.mini,
  system: "kolmogorov",
  data: {
    ...tour.data,
    reynolds: [50, 100, 200, 400],
    grid: 64,
    trajectories: {train: 320, valid: 20, test: 40},
  },
};
