/** Images of the shown channel, and what is measured on them. */
import ndarray, {type NdArray} from "ndarray";
import {sizeOf} from "@lola-ts/core";
import {unstandardize} from "lola/data";
import {vrmse, powerSpectrum} from "lola/evaluate";
import {imageOf} from "@lola-ts/figures";
import type {Autoencoder} from "lola/models";
import type {tf} from "@lola-ts/engine";
import type {SystemFacts} from "./facts";
import type {Images} from "./results";

/** Show the channel of standardised states [n, X, Y(, Z), C] in physical units. */
export function imagesOf(states: NdArray<Float32Array>, {standardization, shown}: SystemFacts): Images {
  const physical = unstandardize(states, standardization);
  const images = Array.from({length: states.shape[0]}, (_, i) => imageOf(physical, i, {...shown}).data);
  const size = images[0].length;
  const all = new Float32Array(size * images.length);
  images.forEach((image, i) => all.set(image, i * size));
  return all;
}

/** Show a row of standardised states, [n, X, Y(, Z), C] without its shape. */
export function imagesOfValues(values: Float32Array, facts: SystemFacts): Images {
  const [, ...state] = facts.shape;
  return imagesOf(ndarray(values, [values.length / sizeOf(state), ...state]), facts);
}

/** Decode latents [n, h, w(, d), C] to images. */
export function decodedImages(autoencoder: Autoencoder, z: tf.Tensor, facts: SystemFacts): Images {
  const x = autoencoder.decode(z);
  const images = imagesOfValues(x.dataSync<"float32">(), facts);
  x.dispose();
  return images;
}

/** Split images into single ones. */
export function eachImage(images: Images, {shown}: SystemFacts): Float32Array[] {
  const size = sizeOf(shown.image);
  return Array.from({length: images.length / size}, (_, i) => images.subarray(i * size, (i + 1) * size));
}

/** Compute the VRMSE of each image; one truth counts for all. */
export function errorsOf(truth: Images, images: Images, facts: SystemFacts): number[] {
  const states = eachImage(truth, facts);
  return eachImage(images, facts).map((image, i) => vrmse(states[i % states.length], image));
}

/** Compute the power spectrum of each image. */
export function spectraOf(images: Images, facts: SystemFacts): Float64Array[] {
  return eachImage(images, facts).map((image) => powerSpectrum([image], facts.shown.image));
}
