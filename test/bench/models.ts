/**
 * The models that are timed, with weights and data from fixed seeds. The peer makes the same ones in PyTorch.
 */
import {Autoencoder} from "../../lib/models/autoencoder";
import {KarrasDenoiser} from "../../lib/diffusion/denoiser";
import {Solver} from "../../lib/models/solver";
import {StochasticSolver} from "../../lib/models/stochastic-solver";
import {tf, type Precision, Random} from "@lola-ts/engine";
import type {Loss} from "../../lib/train/training-step";

/** States that an autoencoder is timed on. */
export interface AutoencoderCase {
  readonly channels: readonly number[];
  readonly grid: readonly number[];
  readonly fields: number;
  /** Residual blocks of each level. */
  readonly blocks: number;
  /** Number format of the convolutions' products. */
  readonly precision?: Precision;
}

export const AE2D: AutoencoderCase = {channels: [32, 64, 128], grid: [64, 64], fields: 5, blocks: 3};
export const AE2D_LARGE: AutoencoderCase = {...AE2D, channels: [64, 128, 256]};
export const AE3D: AutoencoderCase = {channels: [16, 32, 64], grid: [16, 16, 16], fields: 6, blocks: 3};
export const AE_BATCH = 8;

export function makeAutoencoder({channels, grid, fields, blocks, precision}: AutoencoderCase): Autoencoder {
  return Autoencoder.create(
    {
      pixChannels: fields,
      latChannels: 16,
      spatial: grid.length,
      hidChannels: [...channels],
      hidBlocks: channels.map(() => blocks),
      periodic: true,
      saturation: "softclip2",
      precision,
    },
    0,
  );
}

export function states({grid, fields}: AutoencoderCase, batch = AE_BATCH): tf.Tensor {
  return Random.of(1).normal([batch, ...grid, fields]);
}

/** A transformer over windows of latents. */
export interface TransformerCase {
  readonly width: number;
  readonly blocks: number;
  readonly heads: number;
  /** Tokens: states of the window, then cells along each axis. */
  readonly tokens: readonly number[];
  readonly channels: number;
  readonly precision?: Precision;
}

export const VIT: TransformerCase = {width: 128, blocks: 4, heads: 4, tokens: [5, 8, 8], channels: 16};
export const VIT_WIDE: TransformerCase = {...VIT, width: 256};
export const VIT_TOUR: TransformerCase = {width: 64, blocks: 3, heads: 4, tokens: [5, 4, 4], channels: 16};
export const VIT_BATCH = 32;
export const LABEL = 5;

function network({width, blocks, heads, tokens, channels, precision}: TransformerCase, patch: number | number[] = 1) {
  return {
    channels,
    embFeatures: 64,
    labelFeatures: LABEL,
    hidChannels: width,
    hidBlocks: blocks,
    attentionHeads: heads,
    ffnFactor: 4,
    spatial: tokens.length,
    patchSize: patch,
    qkNorm: true,
    rope: true,
    dropout: 0,
    precision,
  };
}

export function makeDenoiser(size: TransformerCase): KarrasDenoiser {
  return KarrasDenoiser.create({network: network(size), schedule: {name: "log-logit"}}, 0);
}

export function makeSolver(size: TransformerCase): Solver {
  return Solver.create(network(size), 0);
}

export function makeStochasticSolver(size: TransformerCase): StochasticSolver {
  return StochasticSolver.create(network(size), 0);
}

export function windows({tokens, channels}: TransformerCase, batch = VIT_BATCH): tf.Tensor {
  return Random.of(2).normal([batch, ...tokens, channels]);
}

export function labels(batch = VIT_BATCH): tf.Tensor2D {
  return Random.of(3).normal([batch, LABEL]) as tf.Tensor2D;
}

/** Mask of one context state. */
export function contextOf({tokens}: TransformerCase): tf.Tensor1D {
  return tf.tensor1d(Array.from({length: tokens[0]}, (_, i) => (i === 0 ? 1 : 0)));
}

export function autoencoderLoss(model: Autoencoder): Loss {
  return (p, batch) => model.loss(p, batch);
}

export function denoiserLoss(model: KarrasDenoiser): Loss {
  return (p, batch, random) => model.loss(p, batch, {random});
}

/** Pixels of a window as tokens: patches of 8 x 8 cells of a 64 x 64 state with five fields. */
export const PIXELS: TransformerCase = {width: 128, blocks: 4, heads: 4, tokens: [5, 64, 64], channels: 5};
const PATCH = [1, 8, 8];

export function makePixelSolver(): Solver {
  return Solver.create(network(PIXELS, PATCH), 0);
}

export function solverLoss(model: Solver): Loss {
  return (p, batch) => model.loss(p, batch);
}
