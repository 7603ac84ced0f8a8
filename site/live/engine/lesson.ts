/**
 * Contents of the views, computed by the library: the same code runs in the page's engine and, for the prepared results, where
 * the page is built. View 2 is in windows.ts, views 3 and 4 in forecasts.ts.
 */
import {sizeOf} from "@lola-ts/core";
import {KarrasDenoiser} from "lola/diffusion";
import {diffusionEmulator, solverEmulator, type Emulator} from "lola/emulate";
import {rings} from "lola/evaluate";
import {Autoencoder, Solver} from "lola/models";
import {arrived, tf} from "@lola-ts/engine";
import type {ModelFacts, SystemFacts} from "./facts";
import {errorsOf, imagesOf, spectraOf, type Images} from "./images";

export const MODELS = {autoencoder: Autoencoder, diffusion: KarrasDenoiser, solver: Solver};

type Model<Kind extends keyof typeof MODELS> = InstanceType<(typeof MODELS)[Kind]>;

export interface SamplingOptions {
  readonly steps: number;
  readonly order: number;
  readonly seed: number;
}

export interface Latents {
  readonly values: Float32Array;
  readonly shape: number[];
}

/** Wait for a tensor's numbers, and free it. */
async function numbersOf(x: tf.Tensor): Promise<Float32Array> {
  try {
    await arrived(x);
    return x.dataSync<"float32">().slice();
  } finally {
    x.dispose();
  }
}

export class Lesson {
  /** By number of latent channels and kind. */
  private readonly models = new Map<string, Model<keyof typeof MODELS>>();
  /** Standardised states [T, X, Y, C] by number of the trajectory. */
  private readonly states = new Map<number, Float32Array>();
  /** Recorded steps by model, and by what else they depend on. */
  private readonly recorded = new Map<object, Map<string, {dispose(): void}>>();

  constructor(readonly facts: SystemFacts) {}

  /** @throws Error naming the file if there are fewer or more weights than the model has. */
  setModel(latentChannels: number, {kind, file, config}: ModelFacts, weights: Float32Array): void {
    const model = new MODELS[kind](config as never);
    if (weights.length !== model.layout.size)
      throw new Error(`${file}: expected ${model.layout.size} weights, found ${weights.length}.`);
    model.weights = tf.tensor1d(weights);
    this.models.set(`${latentChannels} ${kind}`, model);
  }

  private discard(model: Model<keyof typeof MODELS>): void {
    this.recorded.get(model)?.forEach((step) => step.dispose());
    this.recorded.delete(model);
    model.dispose();
  }

  /** Make a recorded step of a model, once. */
  private record<Step extends {dispose(): void}>(model: object, key: string, make: () => Step): Step {
    const steps = this.recorded.get(model) ?? new Map<string, Step>();
    this.recorded.set(model, steps);
    if (!steps.has(key)) steps.set(key, make());
    return steps.get(key) as Step;
  }

  /** Get the emulator of a rate: a diffusion model that samples, or the solver. */
  emulator(latentChannels: number, sampling?: SamplingOptions): Emulator {
    if (!sampling) {
      const solver = this.model(latentChannels, "solver");
      return this.record(solver, "", () => solverEmulator(solver));
    }
    const denoiser = this.model(latentChannels, "diffusion");
    const {steps, order, seed} = sampling;
    return this.record(denoiser, `${steps} ${order}`, () => diffusionEmulator(denoiser, {steps, order, seed})).withSeed(
      seed,
    );
  }

  /** Encode standardised states [n, X, Y, C] to latents [n, h, w, C]. */
  async encode(latentChannels: number, states: Float32Array): Promise<Latents> {
    const shape = this.facts.shape.slice(1);
    const autoencoder = this.model(latentChannels, "autoencoder");
    const z = tf.tidy(() => autoencoder.encode(tf.tensor(states, [states.length / sizeOf(shape), ...shape])));
    const latentShape = [...z.shape];
    return {values: await numbersOf(z), shape: latentShape};
  }

  /** Decode latents [n, h, w, C], and free them. */
  async decode(latentChannels: number, z: tf.Tensor): Promise<Float32Array> {
    const x = this.model(latentChannels, "autoencoder").decode(z);
    z.dispose();
    return numbersOf(x);
  }

  /** Decode latents to images of the shown channel, and free them. */
  async decodedImages(latentChannels: number, z: tf.Tensor): Promise<Images> {
    return imagesOf(await this.decode(latentChannels, z), this.facts);
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
    return label.length > 0 ? tf.tensor2d(Array.from({length: rows}, () => [...label])) : undefined;
  }

  dispose(): void {
    this.models.forEach((model) => this.discard(model));
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
export async function compress(lesson: Lesson, trajectory: number, latentChannels: number) {
  const {facts} = lesson;
  const states = lesson.statesOf(trajectory);
  const {values: latents, shape: latentShape} = await lesson.encode(latentChannels, states);
  const images = imagesOf(await lesson.decode(latentChannels, tf.tensor(latents, latentShape)), facts);
  const errors = errorsOf(imagesOf(states, facts), images, facts);
  return {images, latents, latentShape, errors, spectra: spectraOf(images, facts)};
}

export type Compressed = Awaited<ReturnType<typeof compress>>;
