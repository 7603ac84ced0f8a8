/** A few small trajectories of each system. */
import type {SimulationConfig, SystemName} from "../src/registry";

const common = {trajectories: {train: 2, valid: 1, test: 1}, frames: 11, seed: 0};

export const smallData: Readonly<Record<SystemName, SimulationConfig>> = {
  euler: {...common, boundaries: ["periodic"], gammas: [1.4], grid: 16, oversampling: 1, endTime: 0.6, lines: "few"},
  "gravity-cooling": {
    ...common,
    system: "gravity-cooling",
    rho0: [44.5],
    metallicity: [1],
    temperature: [100],
    grid: 8,
    oversampling: 1,
    side: 2,
    endTime: 0.4,
  },
  kolmogorov: {...common, system: "kolmogorov", reynolds: [40], grid: 16, oversampling: 4, spinUp: 1, endTime: 2},
  "rayleigh-benard": {
    ...common,
    system: "rayleigh-benard",
    rayleigh: [1e5],
    prandtl: [1],
    grid: [32, 16],
    startTime: 20,
    endTime: 30,
  },
};
