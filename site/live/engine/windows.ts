/** Views 2 and 3: one window of latents, with noise and without. */
import {bandErrors, ensembleMean, powerSpectrum, rings} from "lola/evaluate";
import {discretize, MaskedDenoiser, Sampler} from "lola/diffusion";
import {rowSources} from "lola/emulate";
import {contextMask, spreadMask} from "lola/models";
import {Random, tf} from "@lola-ts/engine";
import {decodedImages, eachImage, errorsOf, imagesOf} from "./images";
import type {Lesson} from "./lesson";

export interface SamplingOptions {
  readonly steps: number;
  readonly order: number;
  readonly seed: number;
}

/** Samples of a window that are compared with their mean. */
const DRAWS = 8;

/** Take the last states of windows [B, L, ...] as a batch [B, ...]. */
function lastOf(x: tf.Tensor): tf.Tensor {
  const [rows, length, ...rest] = x.shape;
  return x.slice([0, length! - 1], [-1, 1]).reshape([rows, ...rest]);
}

const valuesOf = (x: tf.Tensor) => x.dataSync<"float32">().slice();

/** The latents of the window that begins at a state, in some rows, and the denoiser that knows its first state. */
function windowOf(lesson: Lesson, trajectory: number, latentChannels: number, at: number, rows = 1) {
  const {window, shape} = lesson.facts;
  const denoiser = lesson.model(latentChannels, "diffusion");
  const states = tf.tensor(lesson.statesOf(trajectory, at, at + window), [window, ...shape.slice(1)]);
  const latents = lesson.model(latentChannels, "autoencoder").encode(states);
  const bound = denoiser.condition(denoiser.layout.bind(denoiser.weights), lesson.label(trajectory, rows));
  const z = tf.tile(latents.expandDims(0), [rows, ...latents.shape.map(() => 1)]);
  const mask = tf.tensor1d(contextMask(window, 1));
  return {z, mask, masked: new MaskedDenoiser(bound, z, mask)};
}

function lastTruth(lesson: Lesson, trajectory: number, at: number) {
  const last = at + lesson.facts.window - 1;
  return imagesOf(lesson.statesOf(trajectory, last, last + 1), lesson.facts);
}

/** View 2: add noise to a window of latents and estimate it back. */
export function noise(lesson: Lesson, trajectory: number, latentChannels: number, at: number, t: number, seed: number) {
  const autoencoder = lesson.model(latentChannels, "autoencoder");
  const {alpha, sigma} = lesson.model(latentChannels, "diffusion").schedule(t);
  return tf.tidy(() => {
    const {z, mask, masked} = windowOf(lesson, trajectory, latentChannels, at);
    const noisy = z.mul(alpha).add(Random.of(seed, at).normal(z.shape).mul(sigma));
    const b = spreadMask(mask, z);
    const {mean} = masked.denoise(noisy, t);
    const length = z.shape[1]!;
    return {
      shape: z.shape.slice(1),
      clean: valuesOf(z),
      // over sqrt(alpha² + sigma²), so of variance 1; the first state is known
      noisy: valuesOf(z.mul(b).add(noisy.div(Math.hypot(alpha, sigma)).mul(tf.sub(1, b)))),
      estimate: valuesOf(mean),
      // of the last state: as it is, and decoded from the estimate
      images: decodedImages(autoencoder, tf.concat([lastOf(z), lastOf(mean)]), lesson.facts),
      alpha,
      sigma,
      // RMSE of the estimate over the generated states
      error: Math.sqrt(
        mean
          .sub(z)
          .square()
          .mean()
          .mul(length / (length - 1))
          .dataSync()[0],
      ),
    };
  });
}

export type Noised = ReturnType<typeof noise>;

type Drawing = [lesson: Lesson, trajectory: number, latentChannels: number, at: number, options: SamplingOptions];

/** Make the sampler of a window, its noise in some rows, and what it asks. */
function drawingOf([lesson, trajectory, latentChannels, at, {steps, order, seed}]: Drawing, rows = 1) {
  const {schedule} = lesson.model(latentChannels, "diffusion");
  const {z, masked} = windowOf(lesson, trajectory, latentChannels, at, rows);
  const random = rowSources(seed, 0, at, rows);
  const sampler = new Sampler({steps, order});
  const autoencoder = lesson.model(latentChannels, "autoencoder");
  return {schedule, masked, random, sampler, autoencoder, noise: sampler.start(schedule, random.normal(z.shape))};
}

/** View 3: draw a sample, and decode what the denoiser estimates on the way. */
export function sample(...drawing: Drawing) {
  const [lesson, trajectory, , at, {steps}] = drawing;
  const {facts} = lesson;
  return tf.tidy(() => {
    const {schedule, masked, random, sampler, autoencoder, noise} = drawingOf(drawing);
    const means: tf.Tensor[] = [];
    const watched = {
      schedule,
      denoise: (xt: tf.Tensor, t: number | tf.Tensor) => {
        const posterior = masked.denoise(xt, t);
        means.push(tf.keep(lastOf(posterior.mean))); // the sampler frees what it does not need
        return posterior;
      },
    };
    const path = sampler.trajectory(watched, noise, random);
    const images = decodedImages(autoencoder, tf.concat([...means, lastOf(path[steps])]), facts);
    tf.dispose(means);
    const truth = lastTruth(lesson, trajectory, at);
    const sigmas = discretize(schedule, steps).map(({sigma}) => sigma);
    // images of the estimate before each step, then of the sample
    return {sigmas, images, truth, errors: errorsOf(truth, images, facts)};
  });
}

export type Sampled = ReturnType<typeof sample>;

/** View 3: draw several samples of a window, and compare one with the mean of all. */
export function draw(...drawing: Drawing) {
  const [lesson, trajectory, , at] = drawing;
  const {facts} = lesson;
  const images = tf.tidy(() => {
    const {masked, random, sampler, autoencoder, noise} = drawingOf(drawing, DRAWS);
    return decodedImages(autoencoder, lastOf(sampler.sample(masked, noise, random)), facts);
  });
  const truth = lastTruth(lesson, trajectory, at);
  const all = eachImage(images, facts);
  const mean = Float32Array.from(ensembleMean(all));
  const {image} = facts.shown;
  const spectra = [[truth], all, [mean]].map((fields) => powerSpectrum(fields, image));
  const [one, common] = [1, 2].map((i) => bandErrors(spectra[0], spectra[i], rings(image).k).mid);
  const errors = errorsOf(truth, images, facts);
  return {
    // of the first sample, and of the mean of all
    images: Float32Array.of(...all[0], ...mean),
    errors: {one: errors.reduce((sum, error) => sum + error, 0) / DRAWS, mean: errorsOf(truth, mean, facts)[0]},
    // errors of the power spectra in their middle band
    spectrum: {one, mean: common},
    // of the truth, of the samples on average, of the mean
    spectra,
  };
}

export type Drawn = ReturnType<typeof draw>;
