/** Images of the shown channel: from states and latents, and what is measured on them. */
import ndarray, {type NdArray} from "ndarray";
import {Rng, sizeOf} from "@lola-ts/core";
import {unstandardize} from "lola/data";
import {crps, ensembleMean, powerSpectrum, rankHistogram, rmse, spread, spreadSkillRatio, vrmse} from "lola/evaluate";
import {imageOf} from "@lola-ts/figures";
import type {SystemFacts} from "./facts";

/** A sequence of images of the shown channel in physical units, row-major, one after the other. */
export type Images = Float32Array;

/** Show the channel of standardised states [n, X, Y, C], given without their shape, in physical units. */
export function imagesOf(values: Float32Array, {shape: [, ...state], standardization, shown}: SystemFacts): Images {
  const count = values.length / sizeOf(state);
  const states: NdArray<Float32Array> = unstandardize(ndarray(values, [count, ...state]), standardization);
  const size = sizeOf(shown.image);
  const all = new Float32Array(size * count);
  for (let i = 0; i < count; i++) all.set(imageOf(states, i, {...shown}).data, i * size);
  return all;
}

export function eachImage(images: Images, {shown}: SystemFacts): Float32Array[] {
  const size = sizeOf(shown.image);
  return Array.from({length: images.length / size}, (_, i) => images.subarray(i * size, (i + 1) * size));
}

/** Compute the VRMSE of each image; one truth counts for all. */
export function errorsOf(truth: Images, images: Images, facts: SystemFacts): number[] {
  const states = eachImage(truth, facts);
  return eachImage(images, facts).map((image, i) => vrmse(states[i % states.length], image));
}

export function spectraOf(images: Images, facts: SystemFacts): Float64Array[] {
  return eachImage(images, facts).map((image) => powerSpectrum([image], facts.shown.image));
}

/** List the members at each state of images [K, T, X, Y]. */
function ensemblesOf(members: Images, states: number, facts: SystemFacts): Float32Array[][] {
  const all = eachImage(members, facts);
  return Array.from({length: states}, (_, at) => all.filter((_, n) => n % states === at));
}

export function scoresOf(truth: Images, members: Images, solver: Images, facts: SystemFacts) {
  const [states, answers] = [truth, solver].map((images) => eachImage(images, facts));
  const ensembles = ensemblesOf(members, states.length, facts);
  const means = ensembles.map((ensemble) => ensembleMean(ensemble));
  return {
    // of the ensemble's mean
    vrmse: {
      diffusion: states.map((state, i) => vrmse(state, means[i])),
      solver: states.map((state, i) => vrmse(state, answers[i])),
    },
    crps: {
      diffusion: states.map((state, i) => crps(state, ensembles[i])),
      mean: states.map((state, i) => crps(state, [means[i]])),
      solver: states.map((state, i) => crps(state, [answers[i]])),
    },
    // numbers of points at which no member, one, … all are below the truth
    ranks: states.map((state, i) => rankHistogram(state, ensembles[i], Rng.from("ranks", i))),
    ratio: states.map((state, i) => spreadSkillRatio(spread(ensembles[i], means[i]), rmse(state, means[i]))),
    // the mean of the members' power spectra
    spectra: {
      diffusion: ensembles.map((ensemble) => powerSpectrum(ensemble, facts.shown.image)),
      solver: spectraOf(solver, facts),
    },
  };
}

export type Scores = ReturnType<typeof scoresOf>;
