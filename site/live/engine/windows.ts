/** View 2: one window of latents, from noise to samples. */
import {bandErrors, ensembleMean, powerSpectrum, rings} from "lola/evaluate";
import {discretize, MaskedDenoiser, Sampler} from "lola/diffusion";
import {rowSources} from "lola/emulate";
import {contextMask} from "lola/models";
import {tf} from "@lola-ts/engine";
import {eachImage, errorsOf, imagesOf} from "./images";
import type {Latents, Lesson, SamplingOptions} from "./lesson";

/** Samples of a window that are compared with their mean. */
const DRAWS = 8;

/** Take the last states of windows [B, L, ...] as a batch [B, ...]. */
function lastOf(x: tf.Tensor): tf.Tensor {
  const [rows, length, ...rest] = x.shape;
  return x.slice([0, length - 1], [-1, 1]).reshape([rows, ...rest]);
}

/** Encode the first window of a trajectory. */
function latentsOf(lesson: Lesson, trajectory: number, latentChannels: number): Promise<Latents> {
  return lesson.encode(latentChannels, lesson.statesOf(trajectory, 0, lesson.facts.window));
}

/** The latents of a window, in some rows, and the denoiser that knows its first state. */
function windowOf(lesson: Lesson, trajectory: number, latentChannels: number, {values, shape}: Latents, rows = 1) {
  const {window} = lesson.facts;
  const denoiser = lesson.model(latentChannels, "diffusion");
  const bound = denoiser.condition(denoiser.layout.bind(denoiser.weights), lesson.label(trajectory, rows));
  const z = tf.tile(tf.tensor(values, [1, ...shape]), [rows, ...shape.map(() => 1)]);
  return {z, masked: new MaskedDenoiser(bound, z, tf.tensor1d(contextMask(window, 1)))};
}

function lastTruth(lesson: Lesson, trajectory: number) {
  const {window} = lesson.facts;
  return imagesOf(lesson.statesOf(trajectory, window - 1, window), lesson.facts);
}

type Drawing = [lesson: Lesson, trajectory: number, latentChannels: number, options: SamplingOptions];

/** Make the sampler of a window, its noise in some rows, and what it asks. */
function drawingOf([lesson, trajectory, latentChannels, {steps, order, seed}]: Drawing, latents: Latents, rows = 1) {
  const {schedule} = lesson.model(latentChannels, "diffusion");
  const {z, masked} = windowOf(lesson, trajectory, latentChannels, latents, rows);
  const random = rowSources(seed, 0, 0, rows);
  const sampler = new Sampler({steps, order});
  return {schedule, masked, random, sampler, noise: sampler.start(schedule, random.normal(z.shape))};
}

/** View 2: draw a sample, and decode what the denoiser estimates on the way. */
export async function sample(...drawing: Drawing) {
  const [lesson, trajectory, latentChannels, {steps}] = drawing;
  const {facts} = lesson;
  const latents = await latentsOf(lesson, trajectory, latentChannels);
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
  const truth = lastTruth(lesson, trajectory);
  const sigmas = discretize(lesson.model(latentChannels, "diffusion").schedule, steps).map(({sigma}) => sigma);
  // images of the estimate before each step, then of the sample
  return {sigmas, images, truth, errors: errorsOf(truth, images, facts)};
}

export type Sampled = Awaited<ReturnType<typeof sample>>;

/** View 2: draw several samples of a window, and compare one with the mean of all. */
export async function draw(...drawing: Drawing) {
  const [lesson, trajectory, latentChannels] = drawing;
  const {facts} = lesson;
  const latents = await latentsOf(lesson, trajectory, latentChannels);
  const samples = tf.tidy(() => {
    const {masked, random, sampler, noise} = drawingOf(drawing, latents, DRAWS);
    return lastOf(sampler.sample(masked, noise, random));
  });
  const images = await lesson.decodedImages(latentChannels, samples);
  const truth = lastTruth(lesson, trajectory);
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
