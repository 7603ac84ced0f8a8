/**
 * Facts about turbulence with gravity and cooling (paper, section 3.1, Appendix B, Table 2), as in The Well and the official
 * configurations.
 */
import {defineSpec, everywhere} from "../system";
import {BOUNDARY} from "@lola-ts/core";

export const gravityCoolingSpec = defineSpec({
  name: "gravity-cooling",
  title: "Turbulence with gravity and cooling",
  short: "TGC",
  common: "cloud",
  folders: ["turbulence_gravity_cooling"],
  axes: ["x", "y", "z"],
  extent: [1, 1, 1], // in units that depend on the file, see units.ts
  fields: [
    {name: "density", order: 0, colours: "viridis"},
    {name: "pressure", order: 0, colours: "cividis"},
    {name: "temperature", order: 0, colours: "inferno"},
    {name: "velocity", order: 1},
  ],
  scalars: [
    {name: "rho0", values: [0.445, 4.45, 44.5], log: true, symbol: "ρ₀"},
    {name: "Z", values: [0, 0.1, 1], log: false},
    {name: "T0", values: [10, 100, 1000], log: false, symbol: "T₀"}, // the official list names it, but compares it to "t0"
  ],
  boundaries: [everywhere(BOUNDARY.OPEN, 3)],
  transform: ["logEps", "logEps", "logEps", "identity", "identity", "identity"],
  augment: {flip: true, permute: true, roll: false},
  displayed: "temperature",
  distribution: {compared: "values", channel: "density", title: "Wasserstein distance of density"},
  well: {grid: [64, 64, 64], frames: 50, spacing: 0.02},
  paper: {
    stride: {paper: 1, code: 1},
    start: {paper: 0, code: 0},
    horizons: [
      [1, 10],
      [11, 30],
      [31, 50],
    ],
    printedHorizons: [
      [1, 10],
      [11, 20],
      [21, 50],
    ],
    standardization: {mean: [-1.75, -4.2, 5.5, 0, 0, 0], std: [0.95, 1.75, 1.1, 0.5, 0.5, 0.5]},
    downsampling: 8,
    tables: {spectrum: 10, distribution: 13},
    studies: [],
    consecutive: 0.01,
    trainingDays: {autoencoder: 4, latent: 5},
    galleries: [
      {figure: 18, regime: "low density, low temperature", parameters: {rho0: 0.445, T0: 10}},
      {figure: 19, regime: "medium density, high temperature", parameters: {rho0: 4.45, T0: 1000}},
      {figure: 20, regime: "high density, low temperature", parameters: {rho0: 44.5, T0: 10}},
      {figure: 21, regime: "high density, medium temperature", parameters: {rho0: 44.5, T0: 100}},
    ],
  },
});
