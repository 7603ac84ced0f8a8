/**
 * What the views show, computed by the library: the same code runs in the page's engine and, for the prepared results, where
 * the page is built. Views 2 and 3 are in windows.ts, views 4 to 6 in forecasts.ts.
 */
import {sizeOf} from "@lola-ts/core";
import {KarrasDenoiser} from "lola/diffusion";
import {rings} from "lola/evaluate";
import {Autoencoder, Solver} from "lola/models";
import {tf} from "@lola-ts/engine";
import type {ModelFacts, SystemFacts} from "./facts";
import {errorsOf, imagesOf, spectraOf} from "./images";

export const MODELS = {autoencoder: Autoencoder, diffusion: KarrasDenoiser, solver: Solver};

type Model<Kind extends keyof typeof MODELS> = InstanceType<(typeof MODELS)[Kind]>;

export class Lesson {
  /** By number of latent channels and kind. */
  private readonly models = new Map<string, Model<keyof typeof MODELS>>();
  /** Standardised states [T, X, Y, C] by number of the trajectory. */
  private readonly states = new Map<number, Float32Array>();

  constructor(readonly facts: SystemFacts) {}

  /** @throws Error naming the file if there are fewer or more weights than the model has. */
  setModel(latentChannels: number, {kind, file, config}: ModelFacts, weights: Float32Array): void {
    const model = new MODELS[kind](config as never);
    if (weights.length !== model.layout.size)
      throw new Error(`${file}: expected ${model.layout.size} weights, found ${weights.length}.`);
    model.weights = tf.tensor1d(weights);
    this.adopt(latentChannels, kind, model);
  }

  /** Use a model that others train, and dispose of the one in its place. */
  adopt<Kind extends keyof typeof MODELS>(latentChannels: number, kind: Kind, model: Model<Kind>): void {
    const key = `${latentChannels} ${kind}`;
    this.models.get(key)?.dispose();
    this.models.set(key, model);
  }

  /** @throws Error naming the file if there are fewer or more values. */
  setTrajectory(trajectory: number, states: Float32Array): void {
    const {shape, trajectories} = this.facts;
    if (states.length !== sizeOf(shape))
      throw new Error(`${trajectories[trajectory].file}: expected ${sizeOf(shape)} values, found ${states.length}.`);
    this.states.set(trajectory, states);
  }

  model<Kind extends keyof typeof MODELS>(latentChannels: number, kind: Kind): Model<Kind> {
    const model = this.models.get(`${latentChannels} ${kind}`);
    if (!model) throw new Error(`The ${kind} with ${latentChannels} latent channels is not loaded.`);
    return model as Model<Kind>;
  }

  /** Get standardised states `from` to `to` (excluded) of a trajectory. */
  statesOf(trajectory: number, from = 0, to = this.facts.shape[0]): Float32Array {
    const states = this.states.get(trajectory);
    if (!states) throw new Error(`Trajectory ${trajectory} is not loaded.`);
    const size = sizeOf(this.facts.shape.slice(1));
    return states.subarray(from * size, Math.min(to, this.facts.shape[0]) * size);
  }

  /** Make the label of a trajectory for a number of rows; undefined if the system has none. */
  label(trajectory: number, rows: number): tf.Tensor2D | undefined {
    const {label} = this.facts.trajectories[trajectory];
    return label.length > 0 ? tf.tile(tf.tensor2d([...label], [1, label.length]), [rows, 1]) : undefined;
  }

  dispose(): void {
    this.models.forEach((model) => model.dispose());
    this.models.clear();
  }
}

/** The shown channel of the truth and its spectra. */
export function truth(lesson: Lesson, trajectory: number) {
  const {facts} = lesson;
  const images = imagesOf(lesson.statesOf(trajectory), facts);
  return {images, spectra: spectraOf(images, facts), k: rings(facts.shown.image).k}; // k in cycles per pixel
}

export type Truth = ReturnType<typeof truth>;

/** View 1: encode and decode every state. */
export function compress(lesson: Lesson, trajectory: number, latentChannels: number) {
  const {facts} = lesson;
  const autoencoder = lesson.model(latentChannels, "autoencoder");
  const states = lesson.statesOf(trajectory);
  const [latents, latentShape, decoded] = tf.tidy(() => {
    const z = autoencoder.encode(tf.tensor(states, [...facts.shape]));
    return [z.dataSync<"float32">().slice(), z.shape, autoencoder.decode(z).dataSync<"float32">()] as const;
  });
  const images = imagesOf(decoded, facts);
  const errors = errorsOf(imagesOf(states, facts), images, facts);
  return {images, latents, latentShape, errors, spectra: spectraOf(images, facts)};
}

export type Compressed = ReturnType<typeof compress>;
