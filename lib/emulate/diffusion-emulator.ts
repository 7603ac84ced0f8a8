/**
 * A diffusion model as an emulator: each window of a rollout is one sample, drawn by one recorded function.
 */
import {having, checkOptions, number} from "@lola-ts/core";
import type {DisposableEmulator, Emulator} from "./emulator";
import {tf, compile, Random, RowRandom} from "@lola-ts/engine";
import {MaskedDenoiser, type KarrasDenoiser} from "../diffusion/denoiser";
import {Sampler, type SamplerOptions} from "../diffusion/samplers/sampler";

export type DiffusionEmulatorOptions = SamplerOptions & {
  /** Seed of all noise, which also depends on a window's row and position in the rollout. */
  readonly seed: number;
};

/** The part of a trained {@link KarrasDenoiser} that an emulator uses. */
export type TrainedDenoiser = Pick<KarrasDenoiser, "schedule" | "layout" | "weights" | "condition">;

/** Accepts trained denoisers. */
export const trainedRule = having("a trained denoiser", "schedule", "layout", "condition");

/**
 * Make the emulator of a trained denoiser for rollouts.
 *
 * The whole trajectory of the sampler, all noise and denoiser calls included, is one function of weights, keys of the
 * noise, context states, mask and label; each shape of batch is recorded once. Dispose of it after use.
 *
 * @throws RangeError for invalid options of the sampler.
 * @example const emulator = diffusionEmulator(denoiser, {seed: 0, steps: 16});
 */
export function diffusionEmulator(
  denoiser: TrainedDenoiser,
  {seed, ...options}: DiffusionEmulatorOptions,
): DisposableEmulator {
  checkOptions("diffusionEmulator", trainedRule, denoiser, "denoiser");
  checkOptions("diffusionEmulator", number(), seed, "seed");
  const sampler = new Sampler(options);
  const draw = compile((weights, keys, y, mask, label?) => {
    const bound = denoiser.condition(denoiser.layout.bind(weights as tf.Tensor1D), label as tf.Tensor2D | undefined);
    const random = new RowRandom(keys as tf.Tensor2D);
    const x1 = sampler.start(denoiser.schedule, random.normal(y.shape));
    return [sampler.sample(new MaskedDenoiser(bound, y, mask), x1, random)];
  }, "diffusion_window");

  const emulator: Emulator = (states, mask, label, {i, row}) =>
    tf.tidy(() => {
      const {keys} = rowSources(seed, row, i, states.shape[0]);
      return draw(denoiser.weights, keys, states, mask, ...(label ? [label] : []))[0];
    });
  return Object.assign(emulator, {dispose: () => draw.dispose()});
}

/** Make the sources of a batch's noise: that of a row does not depend on the other rows of the batch. */
export function rowSources(seed: number, row: number, i: number, batch: number): RowRandom {
  return RowRandom.of(Array.from({length: batch}, (_, b) => Random.of(seed, i).fold(row + b)));
}
