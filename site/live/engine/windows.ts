/** Views 2 and 3: one window of latents, with noise and without. */
import {ensembleMean, bandErrors, powerSpectrum, rings} from "lola/evaluate";
import {MaskedDenoiser, discretize, Sampler} from "lola/diffusion";
import {rowSources} from "lola/emulate";
import {contextMask, spreadMask} from "lola/models";
import {tf, Random} from "@lola-ts/engine";
import {decodedImages, eachImage, errorsOf, imagesOfValues} from "./images";
import type {Drawn, Noised, Sampled} from "./results";
import type {Shelf} from "./shelf";

/** Which sample is drawn. */
export interface SamplingOptions {
  readonly steps: number;
  readonly order: number;
  readonly seed: number;
}

/** Samples of a window that are compared with their mean. */
export const DRAWS = 8;

/** The window of a trajectory that begins at a state. */
export interface WindowPlace {
  readonly trajectory: number;
  readonly latentChannels: number;
  readonly at: number;
}

/** Take a state of a window [1, L, ...] as a batch [1, ...]. */
function stateAt(x: tf.Tensor, at: number): tf.Tensor {
  const from = x.shape.map((_, axis) => (axis === 1 ? (at + x.shape[1]!) % x.shape[1]! : 0));
  const size = x.shape.map((n, axis) => (axis === 1 ? 1 : n));
  return x.slice(from, size).reshape([1, ...x.shape.slice(2)]);
}

const valuesOf = (x: tf.Tensor) => x.dataSync<"float32">().slice();

/** The latents of a window, the mask of its context, and the denoiser of this trajectory, for a number of rows. */
function windowOf(shelf: Shelf, {trajectory, latentChannels, at}: WindowPlace, rows = 1) {
  const {window, shape} = shelf.facts;
  const denoiser = shelf.model(latentChannels, "diffusion");
  const states = tf.tensor(shelf.statesOf(trajectory, at, at + window), [window, ...shape.slice(1)]);
  const z = shelf.model(latentChannels, "autoencoder").encode(states);
  const bound = denoiser.condition(denoiser.layout.bind(denoiser.weights), shelf.label(trajectory, rows));
  return {
    z: tf.tile(z.expandDims(0), [rows, ...z.shape.map(() => 1)]),
    mask: tf.tensor1d(contextMask(window, 1)),
    bound,
  };
}

/** Add noise to a window of latents and estimate it back. */
export function noise(shelf: Shelf, place: WindowPlace, t: number, seed: number): Noised {
  const autoencoder = shelf.model(place.latentChannels, "autoencoder");
  return tf.tidy(() => {
    const {z, mask, bound} = windowOf(shelf, place);
    const {alpha, sigma} = shelf.model(place.latentChannels, "diffusion").schedule(t);
    const scale = Math.hypot(alpha, sigma);
    const noisy = z.mul(alpha).add(Random.of(seed, place.at).normal(z.shape).mul(sigma));
    const b = spreadMask(mask, z);
    const {mean} = new MaskedDenoiser(bound, z, mask).denoise(noisy, t);
    const length = z.shape[1]!;
    const square = mean.sub(z).square().mean();
    return {
      shape: z.shape.slice(1),
      clean: valuesOf(z),
      noisy: valuesOf(z.mul(b).add(noisy.div(scale).mul(tf.sub(1, b)))),
      estimate: valuesOf(mean),
      images: decodedImages(autoencoder, tf.concat([stateAt(z, -1), stateAt(mean, -1)]), shelf.facts),
      alpha,
      sigma,
      error: Math.sqrt(square.mul(length / (length - 1)).dataSync()[0]),
    };
  });
}

/** Draw a sample, and decode what the denoiser estimates on the way. */
export function sample(shelf: Shelf, place: WindowPlace, {steps, order, seed}: SamplingOptions): Sampled {
  const {facts} = shelf;
  const autoencoder = shelf.model(place.latentChannels, "autoencoder");
  const {schedule} = shelf.model(place.latentChannels, "diffusion");
  const sampler = new Sampler({steps, order});
  return tf.tidy(() => {
    const {z, mask, bound} = windowOf(shelf, place);
    const masked = new MaskedDenoiser(bound, z, mask);
    const means: tf.Tensor[] = [];
    const watched = {
      schedule,
      denoise: (xt: tf.Tensor, t: number | tf.Tensor) => {
        const posterior = masked.denoise(xt, t);
        means.push(tf.keep(stateAt(posterior.mean, -1))); // the sampler frees what it does not need
        return posterior;
      },
    };
    const random = rowSources(seed, 0, place.at, 1);
    const path = sampler.trajectory(watched, sampler.start(schedule, random.normal(z.shape)), random);
    const grid = discretize(schedule, steps);
    const onTheWay = path.map((x, i) => stateAt(x, -1).div(Math.hypot(grid[i].alpha, grid[i].sigma)));
    const images = decodedImages(autoencoder, tf.concat([...means, stateAt(path[steps], -1)]), facts);
    tf.dispose(means);
    const last = place.at + facts.window - 1;
    const truth = imagesOfValues(shelf.statesOf(place.trajectory, last, last + 1), facts);
    return {
      shape: z.shape.slice(2),
      times: grid.map((_, i) => 1 - i / steps),
      sigmas: grid.map(({sigma}) => sigma),
      images,
      latents: valuesOf(tf.concat(onTheWay)),
      truth,
      errors: errorsOf(truth, images, facts),
    };
  });
}

/** Draw several samples of a window, and compare one with the mean of all. */
export function draw(shelf: Shelf, place: WindowPlace, {steps, order, seed}: SamplingOptions): Drawn {
  const {facts} = shelf;
  const {schedule} = shelf.model(place.latentChannels, "diffusion");
  const sampler = new Sampler({steps, order});
  const images = tf.tidy(() => {
    const {z, mask, bound} = windowOf(shelf, place, DRAWS);
    const random = rowSources(seed, 0, place.at, DRAWS);
    const start = sampler.start(schedule, random.normal(z.shape));
    const drawn = sampler.sample(new MaskedDenoiser(bound, z, mask), start, random);
    const last = drawn.slice([0, facts.window - 1], [-1, 1]).reshape([DRAWS, ...z.shape.slice(2)]);
    return decodedImages(shelf.model(place.latentChannels, "autoencoder"), last, facts);
  });
  const at = place.at + facts.window - 1;
  const truth = imagesOfValues(shelf.statesOf(place.trajectory, at, at + 1), facts);
  const all = eachImage(images, facts);
  const mean = Float32Array.from(ensembleMean(all));
  const {image} = facts.shown;
  const spectra = [[truth], all, [mean]].map((fields) => powerSpectrum(fields, image));
  const [one, common] = [1, 2].map((i) => bandErrors(spectra[0], spectra[i], rings(image).k).mid);
  const errors = errorsOf(truth, images, facts);
  return {
    images: Float32Array.of(...all[0], ...mean),
    errors: {one: errors.reduce((sum, error) => sum + error, 0) / DRAWS, mean: errorsOf(truth, mean, facts)[0]},
    spectrum: {one, mean: common},
    spectra,
  };
}
