/**
 * What the six views show, computed by the library: the same code runs in the page's engine and, for the prepared results, where
 * the page is built. Views 2 and 3 are in windows.ts, views 4 to 6 in forecasts.ts.
 */
import {rings} from "lola/evaluate";
import {tf} from "@lola-ts/engine";
import {guide, rollOut, type EnsembleOptions, type Watch} from "./forecasts";
import {errorsOf, imagesOfValues, spectraOf} from "./images";
import type {Cell} from "./observations";
import type {Compressed, Drawn, Guided, Noised, RolledOut, Sampled, Truth} from "./results";
import {Shelf} from "./shelf";
import {draw, noise, sample, type SamplingOptions} from "./windows";

/** The lesson on one system. */
export class Lesson extends Shelf {
  /** Compute the shown channel of the truth and its spectra. */
  truth(trajectory: number): Truth {
    const images = imagesOfValues(this.statesOf(trajectory), this.facts);
    return {images, spectra: spectraOf(images, this.facts), k: rings(this.facts.shown.image).k};
  }

  /** View 1: encode and decode every state. */
  compress(trajectory: number, latentChannels: number): Compressed {
    const autoencoder = this.model(latentChannels, "autoencoder");
    const states = this.statesOf(trajectory);
    const [latents, latentShape, decoded] = tf.tidy(() => {
      const z = autoencoder.encode(tf.tensor(states, [...this.facts.shape]));
      return [z.dataSync<"float32">().slice(), z.shape, autoencoder.decode(z).dataSync<"float32">()] as const;
    });
    const [truth, images] = [states, decoded].map((values) => imagesOfValues(values, this.facts));
    const errors = errorsOf(truth, images, this.facts);
    return {images, latents, latentShape, errors, spectra: spectraOf(images, this.facts)};
  }

  /** View 2: add noise to a window of latents and estimate it back. */
  noise(trajectory: number, latentChannels: number, at: number, t: number, seed: number): Noised {
    return noise(this, {trajectory, latentChannels, at}, t, seed);
  }

  /** View 3: draw a sample, and decode what the denoiser estimates on the way. */
  sample(trajectory: number, latentChannels: number, at: number, options: SamplingOptions): Sampled {
    return sample(this, {trajectory, latentChannels, at}, options);
  }

  /** View 3: draw several samples, and compare one with their mean. */
  draw(trajectory: number, latentChannels: number, at: number, options: SamplingOptions): Drawn {
    return draw(this, {trajectory, latentChannels, at}, options);
  }

  /** Views 4 and 6: roll an ensemble and the solver out from the first state, and score them. */
  rollOut(trajectory: number, latentChannels: number, options: EnsembleOptions, watch?: Watch): Promise<RolledOut> {
    return rollOut(this, trajectory, latentChannels, options, watch);
  }

  /** View 5: roll an ensemble out that follows observations at a few cells, and one that does not. */
  guide(
    trajectory: number,
    latentChannels: number,
    cells: readonly Cell[],
    states: number,
    options: EnsembleOptions,
    watch?: Watch,
  ): Promise<Guided> {
    return guide(this, {trajectory, latentChannels, states}, cells, options, watch);
  }
}
