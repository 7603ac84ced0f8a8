/**
 * Facts about Rayleigh-Bénard convection (paper, section 3.1, Appendix B, Table 2), as in The Well and the official
 * configurations.
 */
import {defineSpec} from "../system";
import {BOUNDARY} from "@lola-ts/core";

const {WALL, PERIODIC} = BOUNDARY;

export const rayleighBenardSpec = defineSpec({
  name: "rayleigh-benard",
  title: "Rayleigh-Bénard convection",
  short: "RB",
  common: "convection",
  folders: ["rayleigh_benard"],
  axes: ["x", "y"],
  extent: [4, 1],
  fields: [
    {name: "buoyancy", order: 0},
    {name: "pressure", order: 0},
    {name: "velocity", order: 1},
  ],
  scalars: [
    {name: "Rayleigh", values: [1e6, 1e7, 1e8, 1e9, 1e10], log: true, symbol: "Ra"},
    {name: "Prandtl", values: [0.1, 0.2, 0.5, 1, 2, 5, 10], log: true, symbol: "Pr"},
  ],
  boundaries: [
    [
      [PERIODIC, PERIODIC],
      [WALL, WALL],
    ],
  ],
  transform: ["identity", "identity", "identity", "identity"],
  augment: {flip: true, permute: false, roll: true},
  mirrors: [true, false], // upside down, buoyancy would have to change its sign; the official code flips all the same
  displayed: "buoyancy",
  distribution: {compared: "values", channel: "velocity_y", title: "Wasserstein distance of vertical velocity"},
  well: {grid: [512, 128], frames: 200, spacing: 0.25},
  paper: {
    stride: {paper: 1, code: 4},
    start: {paper: 0, code: 16}, // at stride 4 the last lead time is then 180, where the paper's horizon ends
    horizons: [
      [1, 20],
      [21, 60],
      [61, 180],
    ],
    standardization: {mean: [0.38, 0.01, 0, 0], std: [0.25, 0.15, 0.21, 0.18]},
    downsampling: 32,
    tables: {spectrum: 9, distribution: 12},
    studies: [4, 16, 17],
    consecutive: 0.004,
    trainingDays: {autoencoder: 1, latent: 2, pixel: 5},
    galleries: [
      {figure: 14, regime: "low turbulence", parameters: {Rayleigh: 1e6}},
      {figure: 15, regime: "high turbulence", parameters: {Rayleigh: 1e8}},
      {figure: 16, regime: "low turbulence", parameters: {Rayleigh: 1e6}},
      {figure: 17, regime: "high turbulence", parameters: {Rayleigh: 1e8}},
    ],
  },
});
