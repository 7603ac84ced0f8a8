/** Facts about the Euler system (paper, section 3.1, Appendix B, Table 2), as in The Well and the official configurations. */
import type {Boundary} from "../gas";
import {defineSpec, everywhere} from "../system";
import {BOUNDARY} from "@lola-ts/core";

const {OPEN, PERIODIC} = BOUNDARY;

/** The Well's ratios of heat capacities, each with the gas and temperature (in degrees Celsius) it stands for. */
export const EULER_GASES: readonly {readonly gamma: number; readonly gas: string}[] = [
  {gamma: 1.13, gas: "C3H8_16"},
  {gamma: 1.22, gas: "C2H6_15"},
  {gamma: 1.3, gas: "CO2_20"},
  {gamma: 1.33, gas: "H2O_20"},
  {gamma: 1.365, gas: "Dry_air_1000"},
  {gamma: 1.4, gas: "Dry_air_20"},
  {gamma: 1.404, gas: "H2_100_Dry_air_-15"},
  {gamma: 1.453, gas: "H2_-76"},
  {gamma: 1.597, gas: "H2_-181"},
  {gamma: 1.76, gas: "Ar_-180"},
];

export const EULER_FOLDERS: Readonly<Record<Boundary, string>> = {
  open: "euler_multi_quadrants_openBC",
  periodic: "euler_multi_quadrants_periodicBC",
};

export const eulerSpec = defineSpec({
  name: "euler",
  title: "Euler multi-quadrants",
  short: "Euler",
  common: "Euler",
  folders: [EULER_FOLDERS.open, EULER_FOLDERS.periodic],
  axes: ["x", "y"],
  extent: [1, 1],
  fields: [
    {name: "energy", order: 0, colours: "plasma"},
    {name: "density", order: 0, colours: "viridis"},
    {name: "pressure", order: 0, colours: "cividis"},
    {name: "momentum", order: 1},
  ],
  scalars: [{name: "gamma", values: EULER_GASES.map(({gamma}) => gamma), log: false, symbol: "γ", decimals: 3}],
  boundaries: [everywhere(OPEN, 2), everywhere(PERIODIC, 2)],
  transform: ["log1p", "log1p", "log1p", "identity", "identity"],
  augment: {flip: true, permute: true, roll: true},
  displayed: "density",
  distribution: {compared: "places", channel: "density", title: "sliced earth mover's distance of density"},
  well: {grid: [512, 512], frames: 101, spacing: 0.015},
  paper: {
    stride: {paper: 4, code: 4},
    start: {paper: 0, code: 0},
    horizons: [
      [1, 20],
      [21, 60],
      [61, 100],
    ],
    standardization: {mean: [1.2, 0.6, 0.58, 0, 0], std: [0.51, 0.27, 0.29, 0.53, 0.52]},
    downsampling: 32,
    tables: {spectrum: 8, distribution: 11},
    studies: [15],
    consecutive: 0.0025,
    trainingDays: {autoencoder: 2, latent: 5, pixel: 10},
    galleries: [
      {figure: 10, regime: "open boundaries", boundary: OPEN},
      {figure: 11, regime: "periodic boundaries", boundary: PERIODIC},
      {figure: 12, regime: "periodic boundaries", boundary: PERIODIC},
      {figure: 13, regime: "periodic boundaries", boundary: PERIODIC},
    ],
  },
});
