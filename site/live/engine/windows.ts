/** Views 2 and 3: one window of latents, with noise and without. */
import {bandErrors, ensembleMean, powerSpectrum, rings} from "lola/evaluate";
import {discretize, MaskedDenoiser, Sampler} from "lola/diffusion";
import {rowSources} from "lola/emulate";
import {contextMask, spreadMask} from "lola/models";
import {Random, tf} from "@lola-ts/engine";
import {eachImage, errorsOf, imagesOf} from "./images";
import type {Latents, Lesson, SamplingOptions} from "./lesson";

/** Samples of a window that are compared with their mean. */
const DRAWS = 8;

/** Take the last states of windows [B, L, ...] as a batch [B, ...]. */
function lastOf(x: tf.Tensor): tf.Tensor {
  const [rows, length, ...rest] = x.shape;
  return x.slice([0, length - 1], [-1, 1]).reshape([rows, ...rest]);
}

const valuesOf = (x: tf.Tensor) => x.dataSync<"float32">().slice();

/** Encode the window that begins at a state. */
function latentsOf(lesson: Lesson, trajectory: number, latentChannels: number, at: number): Promise<Latents> {
  return lesson.encode(latentChannels, lesson.statesOf(trajectory, at, at + lesson.facts.window));
}

/** The latents of a window, in some rows, and the denoiser that knows its first state. */
function windowOf(lesson: Lesson, trajectory: number, latentChannels: number, {values, shape}: Latents, rows = 1) {
  const {window} = lesson.facts;
  const denoiser = lesson.model(latentChannels, "diffusion");
  const bound = denoiser.condition(denoiser.layout.bind(denoiser.weights), lesson.label(trajectory, rows));
  const z = tf.tile(tf.tensor(values, [1, ...shape]), [rows, ...shape.map(() => 1)]);
  const mask = tf.tensor1d(contextMask(window, 1));
  return {z, mask, masked: new MaskedDenoiser(bound, z, mask)};
}

function lastTruth(lesson: Lesson, trajectory: number, at: number) {
  const last = at + lesson.facts.window - 1;
  return imagesOf(lesson.statesOf(trajectory, last, last + 1), lesson.facts);
}

/** View 2: add noise to a window of latents and estimate it back. */
export async function noise(
  lesson: Lesson,
  trajectory: number,
  latentChannels: number,
  at: number,
  t: number,
  seed: number,
) {
  const {alpha, sigma} = lesson.model(latentChannels, "diffusion").schedule(t);
  const latents = await latentsOf(lesson, trajectory, latentChannels, at);
  const {last, ...noised} = tf.tidy(() => {
    const {z, mask, masked} = windowOf(lesson, trajectory, latentChannels, latents);
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
      last: tf.concat([lastOf(z), lastOf(mean)]),
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
  // images of the last state: as it is, and decoded from the estimate
  return {...noised, images: await lesson.decodedImages(latentChannels, last)};
}

export type Noised = Awaited<ReturnType<typeof noise>>;

type Drawing = [lesson: Lesson, trajectory: number, latentChannels: number, at: number, options: SamplingOptions];

/** Make the sampler of a window, its noise in some rows, and what it asks. */
function drawingOf(
  [lesson, trajectory, latentChannels, at, {steps, order, seed}]: Drawing,
  latents: Latents,
  rows = 1,
) {
  const {schedule} = lesson.model(latentChannels, "diffusion");
  const {z, masked} = windowOf(lesson, trajectory, latentChannels, latents, rows);
  const random = rowSources(seed, 0, at, rows);
  const sampler = new Sampler({steps, order});
  return {schedule, masked, random, sampler, noise: sampler.start(schedule, random.normal(z.shape))};
}

/** View 3: draw a sample, and decode what the denoiser estimates on the way. */
export async function sample(...drawing: Drawing) {
  const [lesson, trajectory, latentChannels, at, {steps}] = drawing;
  const {facts} = lesson;
  const latents = await latentsOf(lesson, trajectory, latentChannels, at);
  const estimates = tf.tidy(() => {
    const {schedule, masked, random, sampler, noise} = drawingOf(drawing, latents);
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
    const all = tf.concat([...means, lastOf(path[steps])]);
    tf.dispose(means);
    return all;
  });
  const images = await lesson.decodedImages(latentChannels, estimates);
  const truth = lastTruth(lesson, trajectory, at);
  const sigmas = discretize(lesson.model(latentChannels, "diffusion").schedule, steps).map(({sigma}) => sigma);
  // images of the estimate before each step, then of the sample
  return {sigmas, images, truth, errors: errorsOf(truth, images, facts)};
}

export type Sampled = Awaited<ReturnType<typeof sample>>;

/** View 3: draw several samples of a window, and compare one with the mean of all. */
export async function draw(...drawing: Drawing) {
  const [lesson, trajectory, latentChannels, at] = drawing;
  const {facts} = lesson;
  const latents = await latentsOf(lesson, trajectory, latentChannels, at);
  const samples = tf.tidy(() => {
    const {masked, random, sampler, noise} = drawingOf(drawing, latents, DRAWS);
    return lastOf(sampler.sample(masked, noise, random));
  });
  const images = await lesson.decodedImages(latentChannels, samples);
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

export type Drawn = Awaited<ReturnType<typeof draw>>;
