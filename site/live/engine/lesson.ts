/**
 * What the six views show, computed by the library: the same code runs in the page's engine and, for the prepared results, where
 * the page is built.
 */
import ndarray, {type NdArray} from "ndarray";
import {sizeOf} from "../../../lib/core/shape";
import {unstandardize} from "../../../lib/data/standardize";
import {KarrasDenoiser, MaskedDenoiser} from "../../../lib/diffusion/denoiser";
import {observeDecoded} from "../../../lib/diffusion/guidance";
import {Sampler} from "../../../lib/diffusion/samplers/sampler";
import {discretize} from "../../../lib/diffusion/noise-schedule";
import {diffusionEmulator, rowSources} from "../../../lib/emulate/diffusion-emulator";
import {guidedEmulator} from "../../../lib/emulate/guided-emulator";
import type {DisposableEmulator, Emulator} from "../../../lib/emulate/emulator";
import {planRollout, rollout} from "../../../lib/emulate/rollout";
import {solverEmulator} from "../../../lib/emulate/solver-emulator";
import {ensembleMean, spread, spreadSkillRatio} from "../../../lib/evaluate/ensemble";
import {vrmse, rmse} from "../../../lib/evaluate/pointwise";
import {crps} from "../../../lib/evaluate/probability/crps";
import {powerSpectrum, rings} from "../../../lib/evaluate/spectrum";
import {imageOf} from "../../../lib/figures/field-view";
import {Autoencoder} from "../../../lib/models/autoencoder";
import {contextMask, spreadMask} from "../../../lib/models/context";
import {Solver} from "../../../lib/models/solver";
import {tf} from "../../../lib/tensor/backend";
import {Random} from "../../../lib/tensor/random";
import type {ModelFacts, SystemFacts} from "./facts";
import type {Compressed, Guided, Images, Noised, Progress, RolledOut, Sampled, Scores, Truth} from "./results";

/** Which sample is drawn. */
export interface SamplingOptions {
  readonly steps: number;
  readonly order: number;
  readonly seed: number;
}

/** Which ensemble is rolled out. */
export interface EnsembleOptions extends SamplingOptions {
  readonly members: number;
}

/** The models of a compression rate. */
interface Models {
  autoencoder?: Autoencoder;
  diffusion?: KarrasDenoiser;
  solver?: Solver;
}

/** Variance of the noise on observations, in units of the standardised channel. */
export const OBSERVATION_VARIANCE = 0.01;

/** The lesson on one system. */
export class Lesson {
  private readonly models = new Map<number, Models>();
  /** Standardised states [T, X, Y(, Z), C] by number of the trajectory. */
  private readonly states = new Map<number, Float32Array>();

  constructor(readonly facts: SystemFacts) {}

  /**
   * Take a model over.
   *
   * @throws Error naming the file if there are fewer or more weights than the model has.
   */
  setModel(latentChannels: number, facts: ModelFacts, weights: Float32Array): void {
    const model =
      facts.kind === "autoencoder"
        ? new Autoencoder(facts.config)
        : facts.kind === "diffusion"
          ? new KarrasDenoiser(facts.config)
          : new Solver(facts.config);
    if (weights.length !== model.layout.size) {
      throw new Error(`${facts.file}: expected ${model.layout.size} weights, found ${weights.length}.`);
    }
    model.weights = tf.tensor1d(weights);
    const models = this.models.get(latentChannels) ?? {};
    this.models.set(latentChannels, {...models, [facts.kind]: model});
  }

  /** Take the states of a trajectory over. @throws Error naming the file if there are fewer or more values. */
  setTrajectory(trajectory: number, states: Float32Array): void {
    const {shape, trajectories} = this.facts;
    if (states.length !== sizeOf(shape)) {
      throw new Error(`${trajectories[trajectory].file}: expected ${sizeOf(shape)} values, found ${states.length}.`);
    }
    this.states.set(trajectory, states);
  }

  /** Compute the shown channel of the truth and its spectra. */
  truth(trajectory: number): Truth {
    const images = this.shown(ndarray(this.statesOf(trajectory), [...this.facts.shape]));
    return {images, spectra: this.spectra(images), k: rings(this.facts.shown.image).k};
  }

  /** View 1: encode and decode every state. */
  compress(trajectory: number, latentChannels: number): Compressed {
    const autoencoder = this.model(latentChannels, "autoencoder");
    const truth = this.shown(ndarray(this.statesOf(trajectory), [...this.facts.shape]));
    const [latents, latentShape, decoded] = tf.tidy(() => {
      const x = tf.tensor(this.statesOf(trajectory), [...this.facts.shape]);
      const z = autoencoder.encode(x);
      return [z.dataSync<"float32">().slice(), z.shape, autoencoder.decode(z).dataSync<"float32">()] as const;
    });
    const images = this.shown(ndarray(decoded, [...this.facts.shape]));
    return {images, latents, latentShape, errors: this.errors(truth, images), spectra: this.spectra(images)};
  }

  /** View 2: add noise to a window of latents and estimate it back. */
  noise(trajectory: number, latentChannels: number, at: number, t: number, seed: number): Noised {
    const autoencoder = this.model(latentChannels, "autoencoder");
    const denoiser = this.model(latentChannels, "diffusion");
    return tf.tidy(() => {
      const {z, mask, bound} = this.window(trajectory, latentChannels, at);
      const {alpha, sigma} = denoiser.schedule(t);
      const scale = Math.hypot(alpha, sigma);
      const noisy = z.mul(alpha).add(Random.of(seed, at).normal(z.shape).mul(sigma));
      const b = spreadMask(mask, z);
      const {mean} = new MaskedDenoiser(bound, z, mask).denoise(noisy, t);
      const last = tf.concat([this.stateAt(z, -1), this.stateAt(mean, -1)]);
      const generated = mean
        .sub(z)
        .square()
        .mean()
        .mul(z.shape[1]! / (z.shape[1]! - 1));
      return {
        shape: z.shape.slice(1),
        clean: z.dataSync<"float32">().slice(),
        noisy: z
          .mul(b)
          .add(noisy.div(scale).mul(tf.sub(1, b)))
          .dataSync<"float32">()
          .slice(),
        estimate: mean.dataSync<"float32">().slice(),
        images: this.decoded(autoencoder, last),
        alpha,
        sigma,
        error: Math.sqrt(generated.dataSync()[0]),
      };
    });
  }

  /** View 3: draw a sample, and decode what the denoiser estimates on the way. */
  sample(trajectory: number, latentChannels: number, at: number, {steps, order, seed}: SamplingOptions): Sampled {
    const autoencoder = this.model(latentChannels, "autoencoder");
    const denoiser = this.model(latentChannels, "diffusion");
    const sampler = new Sampler({steps, order});
    return tf.tidy(() => {
      const {z, mask, bound} = this.window(trajectory, latentChannels, at);
      const masked = new MaskedDenoiser(bound, z, mask);
      const means: tf.Tensor[] = [];
      const watched = {
        schedule: masked.schedule,
        denoise: (xt: tf.Tensor, t: number | tf.Tensor) => {
          const posterior = masked.denoise(xt, t);
          means.push(tf.keep(this.stateAt(posterior.mean, -1))); // the sampler frees what it does not need
          return posterior;
        },
      };
      const random = rowSources(seed, 0, at, 1);
      const path = sampler.trajectory(watched, sampler.start(denoiser.schedule, random.normal(z.shape)), random);
      const grid = discretize(denoiser.schedule, steps);
      const onTheWay = path.map((x, i) => this.stateAt(x, -1).div(Math.hypot(grid[i].alpha, grid[i].sigma)));
      const images = this.decoded(autoencoder, tf.concat([...means, this.stateAt(path[steps], -1)]));
      tf.dispose(means);
      const truth = this.image(trajectory, at + this.facts.window - 1);
      return {
        shape: z.shape.slice(2),
        times: grid.map((_, i) => 1 - i / steps),
        sigmas: grid.map(({sigma}) => sigma),
        images,
        latents: tf.concat(onTheWay).dataSync<"float32">().slice(),
        truth,
        errors: this.errors(this.repeat(truth, steps + 1), images),
      };
    });
  }

  /** Views 4 and 6: roll an ensemble and the solver out from the first state, and score them. */
  async rollOut(
    trajectory: number,
    latentChannels: number,
    {members, steps, order, seed}: EnsembleOptions,
    onProgress: (progress: Progress) => void = () => undefined,
    signal?: AbortSignal,
  ): Promise<RolledOut> {
    const denoiser = this.model(latentChannels, "diffusion");
    const count = this.facts.shape[0];
    const emulator = diffusionEmulator(denoiser, {steps, order, seed});
    const solver = solverEmulator(this.model(latentChannels, "solver"));
    const roll = (one: DisposableEmulator, rows: number, tell: (progress: Progress) => void) =>
      this.roll(one, {trajectory, latentChannels, rows, states: count, signal}, tell);
    const total = planRollout({steps: count, window: this.facts.window}).length + 1;
    try {
      const answer = await roll(solver, 1, () => undefined);
      onProgress({done: 1, total});
      const ensemble = await roll(emulator, members, (made) => onProgress({...made, done: made.done + 1, total}));
      return {
        members: ensemble,
        solver: answer,
        scores: this.scores(this.truth(trajectory), ensemble, answer, members),
      };
    } finally {
      emulator.dispose();
      solver.dispose();
    }
  }

  /** View 5: roll an ensemble out that follows observations of the shown channel at a few cells, and one that does not. */
  async guide(
    trajectory: number,
    latentChannels: number,
    cells: readonly (readonly [number, number])[],
    states: number,
    {members, steps, order, seed}: EnsembleOptions,
    onProgress: (progress: Progress) => void = () => undefined,
    signal?: AbortSignal,
  ): Promise<Guided> {
    const denoiser = this.model(latentChannels, "diffusion");
    const autoencoder = this.model(latentChannels, "autoencoder");
    const truth = this.truth(trajectory).images.subarray(0, states * sizeOf(this.facts.shown.image));
    const pick = this.pick(cells);
    const free = diffusionEmulator(denoiser, {steps, order, seed});
    const guided = guidedEmulator(denoiser, {
      ...{steps, order, seed},
      observe: observeDecoded(autoencoder, (x) => this.observe(x, pick)),
      observations: ({from, to}) => {
        const size = sizeOf(this.facts.shape.slice(1));
        const seen = this.statesOf(trajectory).subarray(from * size, Math.min(to, this.facts.shape[0]) * size);
        return tf.tidy(() =>
          this.observe(tf.tensor(seen, [1, seen.length / size, ...this.facts.shape.slice(1)]), pick),
        );
      },
      varY: OBSERVATION_VARIANCE,
      covariance: "variance",
    });
    const windows = planRollout({steps: states, window: this.facts.window}).length;
    const roll = (emulator: DisposableEmulator, before: number) =>
      this.roll(emulator, {trajectory, latentChannels, rows: members, states, signal}, (made) =>
        onProgress({...(before > 0 && made), done: before + made.done, total: 2 * windows}),
      );
    try {
      const without = await roll(free, 0);
      const withThem = cells.length > 0 ? await roll(guided, windows) : without;
      const compare = (images: Images, where?: readonly number[]) => this.meanErrors(truth, images, members, where);
      const width = this.facts.shown.image[1];
      const places = cells.map(([row, column]) => row * width + column);
      return {
        guided: withThem,
        free: without,
        errors: {guided: compare(withThem), free: compare(without)},
        atCells: {guided: compare(withThem, places), free: compare(without, places)},
      };
    } finally {
      free.dispose();
      guided.dispose();
      pick.dispose();
    }
  }

  /** Free all weights. */
  dispose(): void {
    this.models.forEach((models) => Object.values(models).forEach((model: {dispose(): void}) => model.dispose()));
    this.models.clear();
  }

  private model<Kind extends keyof Models>(latentChannels: number, kind: Kind): NonNullable<Models[Kind]> {
    const model = this.models.get(latentChannels)?.[kind];
    if (model) return model;
    throw new Error(`The ${kind} with ${latentChannels} latent channels is not loaded.`);
  }

  private statesOf(trajectory: number): Float32Array {
    const states = this.states.get(trajectory);
    if (states) return states;
    throw new Error(`Trajectory ${trajectory} is not loaded.`);
  }

  /** Images of the shown channel of standardised states [n, X, Y(, Z), C]. */
  private shown(states: NdArray<Float32Array>): Images {
    const physical = unstandardize(states, this.facts.standardization);
    const images = Array.from({length: states.shape[0]}, (_, i) => imageOf(physical, i, {...this.facts.shown}).data);
    const size = images[0].length;
    const all = new Float32Array(size * images.length);
    images.forEach((image, i) => all.set(image, i * size));
    return all;
  }

  /** The true image of one state. */
  private image(trajectory: number, at: number): Images {
    const size = sizeOf(this.facts.shape.slice(1));
    const state = this.statesOf(trajectory).subarray(at * size, (at + 1) * size);
    return this.shown(ndarray(state, [1, ...this.facts.shape.slice(1)]));
  }

  /** Decode latents [n, h, w, C] to images. */
  private decoded(autoencoder: Autoencoder, z: tf.Tensor): Images {
    const x = autoencoder.decode(z);
    const images = this.shown(ndarray(x.dataSync<"float32">(), x.shape));
    x.dispose();
    return images;
  }

  private repeat(image: Images, times: number): Images {
    const all = new Float32Array(image.length * times);
    for (let i = 0; i < times; i++) all.set(image, i * image.length);
    return all;
  }

  /** Split images into single ones. */
  private each(images: Images): Float32Array[] {
    const size = sizeOf(this.facts.shown.image);
    return Array.from({length: images.length / size}, (_, i) => images.subarray(i * size, (i + 1) * size));
  }

  private errors(truth: Images, images: Images): number[] {
    const states = this.each(truth);
    return this.each(images).map((image, i) => vrmse(states[i], image));
  }

  private spectra(images: Images): Float64Array[] {
    return this.each(images).map((image) => powerSpectrum([image], this.facts.shown.image));
  }

  /** Take a state of a window [1, L, ...] as a batch [1, ...]. */
  private stateAt(x: tf.Tensor, at: number): tf.Tensor {
    const from = x.shape.map((_, axis) => (axis === 1 ? (at + x.shape[1]!) % x.shape[1]! : 0));
    const size = x.shape.map((n, axis) => (axis === 1 ? 1 : n));
    return x.slice(from, size).reshape([1, ...x.shape.slice(2)]);
  }

  private label(trajectory: number, rows: number): tf.Tensor2D | undefined {
    const {label} = this.facts.trajectories[trajectory];
    return label.length > 0 ? tf.tile(tf.tensor2d([...label], [1, label.length]), [rows, 1]) : undefined;
  }

  /** The latents of a window, the mask of its context, and the denoiser of this trajectory. */
  private window(trajectory: number, latentChannels: number, at: number) {
    const {window, shape} = this.facts;
    const denoiser = this.model(latentChannels, "diffusion");
    const size = sizeOf(shape.slice(1));
    const states = this.statesOf(trajectory).subarray(at * size, (at + window) * size);
    const z = this.model(latentChannels, "autoencoder").encode(tf.tensor(states, [window, ...shape.slice(1)]));
    const bound = denoiser.condition(denoiser.layout.bind(denoiser.weights), this.label(trajectory, 1));
    return {z: z.expandDims(0), mask: tf.tensor1d(contextMask(window, 1)), bound};
  }

  /** Roll an emulator out and decode each window as soon as it is there. @returns images [K, T, X, Y]. */
  private async roll(
    emulator: Emulator,
    plan: {trajectory: number; latentChannels: number; rows: number; states: number; signal?: AbortSignal},
    onProgress: (progress: Progress) => void,
  ): Promise<Images> {
    const {trajectory, latentChannels, rows, states, signal} = plan;
    const {window, shown} = this.facts;
    const autoencoder = this.model(latentChannels, "autoencoder");
    const size = sizeOf(shown.image);
    const images = new Float32Array(rows * states * size);
    const total = planRollout({steps: states, window}).length;
    let done = 0;
    const watched: Emulator = (context, mask, label, call) => {
      const answer = emulator(context, mask, label, call);
      const from = call.i === 0 ? 0 : call.i + 1; // the first state of a later window is there already
      const count = Math.min(states, call.i + window) - from;
      const added = tf.tidy(() => {
        const part = answer.slice([0, from - call.i], [-1, count]);
        return this.decoded(autoencoder, part.reshape([rows * count, ...answer.shape.slice(2)]));
      });
      for (let row = 0; row < rows; row++) {
        images.set(added.subarray(row * count * size, (row + 1) * count * size), (row * states + from) * size);
      }
      onProgress({done: ++done, total, from, members: added});
      return answer;
    };
    const label = this.label(trajectory, rows);
    const start = tf.tidy(() => {
      const {shape} = this.facts;
      const first = this.statesOf(trajectory).subarray(0, sizeOf(shape.slice(1)));
      const z = autoencoder.encode(tf.tensor(first, [1, ...shape.slice(1)])).expandDims(0);
      return tf.tile(
        z,
        z.shape.map((_, axis) => (axis === 0 ? rows : 1)),
      );
    });
    try {
      (await rollout(watched, start, {steps: states, window, label, signal})).dispose();
      return images;
    } finally {
      tf.dispose([start, ...(label ? [label] : [])]);
    }
  }

  /** Score an ensemble and the solver state by state. */
  private scores({images: truth}: Truth, members: Images, solver: Images, count: number): Scores {
    const [states, answers, all] = [truth, solver, members].map((images) => this.each(images));
    const T = states.length;
    const at = (i: number) => Array.from({length: count}, (_, k) => all[k * T + i]);
    const means = states.map((_, i) => ensembleMean(at(i)));
    return {
      vrmse: {
        diffusion: states.map((state, i) => vrmse(state, means[i])),
        solver: states.map((state, i) => vrmse(state, answers[i])),
      },
      crps: {
        diffusion: states.map((state, i) => crps(state, at(i))),
        solver: states.map((state, i) => crps(state, [answers[i]])),
      },
      ratio: states.map((state, i) => spreadSkillRatio(spread(at(i), means[i]), rmse(state, means[i]))),
      spectra: {
        diffusion: states.map((_, i) => powerSpectrum(at(i), this.facts.shown.image)),
        solver: states.map((_, i) => powerSpectrum([answers[i]], this.facts.shown.image)),
      },
    };
  }

  /** RMSE of an ensemble's mean at each state, over all points or some. */
  private meanErrors(truth: Images, members: Images, count: number, places?: readonly number[]): number[] {
    const [states, all] = [truth, members].map((images) => this.each(images));
    const T = states.length;
    return states.map((state, i) => {
      const mean = ensembleMean(Array.from({length: count}, (_, k) => all[k * T + i]));
      if (!places) return rmse(state, mean);
      const squares = places.map((place) => (state[place] - mean[place]) ** 2);
      return Math.sqrt(squares.reduce((sum, one) => sum + one, 0) / Math.max(1, squares.length));
    });
  }

  /** One column per cell, 1 at its value in a flattened state: a product picks the values, and has a gradient of any order. */
  private pick(cells: readonly (readonly [number, number])[]): tf.Tensor2D {
    const {shape, shown} = this.facts;
    const [, ...state] = shape;
    const channels = state.at(-1)!;
    const depth = state.length === 4 ? state[2] : 1;
    const rows = sizeOf(state);
    const data = new Float32Array(rows * cells.length);
    cells.forEach(([x, y], column) => {
      const place = ((x * state[1] + y) * depth + (depth >> 1)) * channels + shown.channel;
      data[place * cells.length + column] = 1;
    });
    return tf.tensor2d(data, [rows, cells.length]);
  }

  /** Observe states [B, n, X, Y(, Z), C]: values of the shown channel at the picked cells, [B, n, m]. */
  private observe(x: tf.Tensor, pick: tf.Tensor2D): tf.Tensor {
    const [rows, count] = x.shape;
    return tf.matMul(x.reshape([rows * count, -1]) as tf.Tensor2D, pick).reshape([rows, count, -1]);
  }
}
