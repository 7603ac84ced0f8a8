/**
 * A diffusion model as an emulator: each window of a rollout is one sample, drawn by one recorded function.
 */
import type {DisposableEmulate, Emulate} from "../rollout";
import {tf} from "../tensor/backend";
import {compile} from "../tensor/compile";
import {Random} from "../tensor/random";
import {MaskedDenoiser, type Denoiser} from "./denoiser";
import {Sampler, type SamplerOptions} from "./sampler";

export interface DiffusionEmulatorOptions extends SamplerOptions {
  /** Determines all noise, together with a window's row and position in the rollout. */
  seed: number;
}

/**
 * Make the emulator of a trained denoiser for rollouts.
 *
 * The whole trajectory of the sampler, all denoiser calls included, is one function of weights, noise, observed states,
 * mask and label; each shape of batch is recorded once. Dispose it after use.
 */
export function diffusionEmulator(denoiser: Denoiser, {seed, ...options}: DiffusionEmulatorOptions): DisposableEmulate {
  const sampler = new Sampler(options);
  const draw = compile((weights, noise, y, mask, label?) => {
    const bound = denoiser.given(denoiser.layout.bind(weights as tf.Tensor1D), label as tf.Tensor2D | undefined);
    return [sampler.sample(new MaskedDenoiser(bound, y, mask), sampler.start(denoiser.schedule, noise))];
  }, "diffusion_window");

  const emulate: Emulate = (states, mask, label, {i, row}) =>
    tf.tidy(() => {
      const noise = rowNoise(seed, row, i, states.shape);
      return draw(denoiser.weights, noise, states, mask, ...(label ? [label] : []))[0];
    });
  return Object.assign(emulate, {dispose: () => draw.dispose()});
}

/** Noise of a batch, drawn row by row: a row's noise does not depend on which rows are computed with it. */
function rowNoise(seed: number, row: number, i: number, [batch, ...shape]: number[]): tf.Tensor {
  return tf.stack(
    Array.from({length: batch}, (_, b) =>
      Random.of(seed, i)
        .fold(row + b)
        .normal(shape),
    ),
  );
}
