/** The interface of a denoiser: a Gaussian approximation of $p(x \mid x_t)$ at a diffusion time $t$. */
import {having, checkOptions, number} from "@lola-ts/core";
import {tf, like, tensorFrom} from "@lola-ts/engine";
import type {NoiseLevel, NoiseLevelTensors, Schedule} from "./noise-schedule";

/** Diffusion time: one for the whole batch, or a tensor $[B]$ with one per sample. */
export type Time = number | tf.Tensor;

/** Gaussian approximation of $p(x \mid x_t)$. */
export interface Posterior {
  /** $\mathbb{E}[x \mid x_t]$, of the shape of $x_t$. */
  readonly mean: tf.Tensor;
  /** Prior guess of the variance, $\sigma_t^2 / (\alpha_t^2 + \sigma_t^2)$, $[1 | B, 1, \dots, 1]$. */
  readonly variance: tf.Tensor;
}

export const denoiserRule = having("a denoiser", "schedule", "denoise");

export interface Denoiser {
  readonly schedule: Schedule;
  /**
   * Estimate the clean windows behind noisy ones.
   *
   * @param xt noisy windows $[B, L, \dots, C]$.
   * @param mask context mask $[L]$ or $[B, L]$: states of `xt` that are clean up to the factor
   *   $\sqrt{\alpha_t^2 + \sigma_t^2}$.
   */
  denoise(xt: tf.Tensor, t: Time, mask?: tf.Tensor): Posterior;
}

const timeRule = number({min: 0, max: 1});

/** Compute the signal and noise scales at a time, as tensors $[1]$ or $[B]$. @throws RangeError for a number below 0 or above 1. */
export function noiseAt(schedule: Schedule, t: Time): NoiseLevelTensors {
  if (typeof t !== "number") return schedule.of(t.rank === 0 ? t.reshape([1]) : t);
  checkOptions("denoise", timeRule, t, "t");
  const {alpha, sigma} = schedule(t);
  return {alpha: tf.tensor1d([alpha]), sigma: tf.tensor1d([sigma])};
}

/**
 * Estimate the score $\nabla \log p(x_t)$ from a denoiser's mean by Tweedie's formula (paper, Eq. 4),
 *
 * $$ s(x_t) = \frac{\alpha_t \, \mathbb{E}[x \mid x_t] - x_t}{\sigma_t^2}. $$
 *
 * The text after Eq. 4 prints $\alpha_t$ in front of $x_t$ instead, which is no solution of that equation.
 *
 * @throws RangeError if shapes differ, `alpha` is below 0 or `sigma` is not above 0.
 */
export function score(xt: tf.Tensor, mean: tf.Tensor, {alpha, sigma}: NoiseLevel): tf.Tensor {
  checkOptions("score", tensorFrom(0), xt, "xt");
  checkOptions("score", like(xt), mean, "mean");
  checkOptions("score", number({min: 0}), alpha, "alpha");
  checkOptions("score", number({above: 0}), sigma, "sigma");
  return tf.tidy(() =>
    mean
      .mul(alpha)
      .sub(xt)
      .div(sigma ** 2),
  );
}
