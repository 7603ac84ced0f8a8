/** What grows, with what, and how fast its arithmetic does. */
import {evaluation, checking, listing, opening, simulation} from "./growth-data";
import * as models from "./models";
import {euler, streaming} from "./others";
import {autoencoderTraining, denoiserTraining, sampling, type Running} from "./suite";

/** A cost against one size. */
export interface Series {
  readonly name: string;
  /** What is varied. */
  readonly size: string;
  readonly values: readonly number[];
  /** Exponents that the work implies. Without them the arithmetic of a step is counted, and bounds both. */
  readonly implied?: {readonly time: number; readonly memory: number};
  /** Whether the time of attention's products is looked at. */
  readonly attention?: boolean;
  start(value: number): Running | Promise<Running>;
}

const ae = (change: Partial<models.AutoencoderCase>, batch: number) =>
  autoencoderTraining({...models.AE2D, ...change}, batch);
const vit = (change: Partial<models.TransformerCase>, batch: number) =>
  denoiserTraining({...models.VIT, ...change}, batch);

/** Training steps and sampling. */
const networks: readonly Series[] = [
  {
    name: "autoencoder: grid",
    size: "cells along an axis",
    values: [32, 64, 128, 256],
    start: (n) => ae({grid: [n, n]}, 2),
  },
  {name: "autoencoder: batch", size: "states", values: [2, 4, 8, 16], start: (n) => ae({}, n)},
  {
    name: "autoencoder: width",
    size: "channels of the first level",
    values: [16, 32, 64, 128],
    start: (n) => ae({channels: [n, 2 * n, 4 * n]}, 4),
  },
  {
    name: "autoencoder: depth",
    size: "residual blocks per level",
    values: [1, 2, 4, 8],
    start: (n) => ae({blocks: n}, 4),
  },
  {
    name: "denoiser: tokens",
    size: "tokens",
    values: [80, 320, 720, 1280, 2000, 3920],
    attention: true,
    start: (n) => vit({tokens: [5, Math.sqrt(n / 5), Math.sqrt(n / 5)]}, 2),
  },
  {name: "denoiser: batch", size: "windows", values: [4, 8, 16, 32], start: (n) => vit({}, n)},
  {name: "denoiser: width", size: "width", values: [64, 128, 256, 512], start: (n) => vit({width: n}, 8)},
  {name: "denoiser: depth", size: "blocks", values: [2, 4, 8, 16], start: (n) => vit({blocks: n}, 8)},
  {name: "sampling: ensemble", size: "members", values: [4, 8, 16, 32], start: (n) => sampling(n)},
];

const linear = {time: 1, memory: 0};
const flat = {time: 0, memory: 0};

/** Everything that is looked at. */
export const series: readonly Series[] = [
  ...networks,
  {
    name: "Euler simulator: grid",
    size: "cells along an axis",
    values: [64, 128, 256, 512],
    implied: {time: 3, memory: 2}, // steps grow with the grid too
    start: euler,
  },
  {name: "simulation: dataset", size: "trajectories", values: [16, 64, 256], implied: linear, start: simulation},
  {name: "evaluation", size: "trajectories", values: [4, 16, 64], implied: {time: 1, memory: 0}, start: evaluation},
  {name: "loader: file", size: "trajectories", values: [4, 16, 64, 256], implied: flat, start: streaming},
  {name: "artefact: write, check", size: "MiB", values: [16, 64, 256, 1024], implied: linear, start: checking},
  {name: "artefact: open", size: "MiB", values: [16, 64, 256], implied: {time: 1, memory: 1}, start: opening},
  {name: "artefact: among others", size: "artefacts", values: [100, 400, 1600, 6400], implied: linear, start: listing},
];
