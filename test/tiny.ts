/** Tiny models with fresh weights, in two and three dimensions: for properties that hold at any size. */
import {Autoencoder, type AutoencoderConfig} from "../lib/models/autoencoder";
import {KarrasDenoiser} from "../lib/diffusion/denoiser";
import type {EmulatorConfig} from "../lib/models/emulator-network";
import type {ScheduleConfig} from "../lib/diffusion/noise-schedule";
import {Solver} from "../lib/models/solver";
import {tf, Random} from "@lola-ts/engine";

/** Fields of a state, latent channels and simulation parameters of all models here. */
export const FIELDS = 3;
export const LATENT = 2;
export const LABEL = 2;

/** An autoencoder of two levels: its stride is 4. */
export function tinyAutoencoder(config: Partial<AutoencoderConfig> = {}): Autoencoder {
  const levels = {hidChannels: [4, 6], hidBlocks: [1, 1], patchSize: 2};
  return Autoencoder.create({pixChannels: FIELDS, latChannels: LATENT, ...levels, ...config}, 1);
}

/** The transformer of tiny emulators; `axes` are those of space. */
export function tinyNetwork(axes = 2, config: Partial<EmulatorConfig> = {}): EmulatorConfig {
  return {
    channels: LATENT,
    embFeatures: 8,
    labelFeatures: LABEL,
    hidChannels: 8,
    hidBlocks: 2,
    attentionHeads: 2,
    ffnFactor: 2,
    spatial: axes + 1,
    ...config,
  };
}

export function tinyDenoiser(network = tinyNetwork(), schedule: ScheduleConfig = {name: "log-logit"}): KarrasDenoiser {
  return KarrasDenoiser.create({network, schedule}, 2);
}

export function tinySolver(network = tinyNetwork()): Solver {
  return Solver.create(network, 3);
}

/** Draws from a unit normal, the same for the same seed. */
export function draw(shape: number[], seed = 0): tf.Tensor {
  return tf.tidy(() => Random.of(seed).normal(shape));
}

/** Labels [batch, LABEL]. */
export function labels(batch: number): tf.Tensor2D {
  return draw([batch, LABEL], 99) as tf.Tensor2D;
}

/** Move the cells of an axis forward, around the end. */
export function roll(x: tf.Tensor, axis: number, by: number): tf.Tensor {
  return tf.tidy(() => {
    const size = x.shape[axis];
    const [head, tail] = tf.split(x, [size - by, by], axis);
    return tf.concat([tail, head], axis);
  });
}
