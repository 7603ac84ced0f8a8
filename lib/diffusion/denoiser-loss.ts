/**
 * Training of a denoiser.
 *
 * A window $x$ is diffused where it is not observed, the denoiser guesses it back, and the squared error is weighted by
 * $1 / \operatorname{var}$ of the preconditioning, so that every noise level counts alike (paper, Eqs. 3 and 7):
 *
 * $$ \mathcal{L} = \mathbb{E} \left[ \frac{\alpha_t^2 + \sigma_t^2}{\sigma_t^2} \left\| d(x_t) - x \right\|^2 \right]. $$
 *
 * The paper has a weight $\lambda_t$ in Eq. 3, which it does not name, and none in Eq. 7.
 */
import {tf} from "../tensor/backend";
import type {Random} from "../tensor/random";
import type {BoundParameters} from "../nn/module";
import type {KarrasDenoiser} from "./denoiser";
import {overEntries, spreadMask, type LossEntries} from "../models/context";
import type {NoiseLevelTensors} from "./noise-schedule";

/**
 * Diffuse what is not observed, $x_t = b \sqrt{\alpha_t^2 + \sigma_t^2} \, x + (1 - b) (\alpha_t x + \sigma_t z)$.
 *
 * The factor of the observed states undoes the preconditioning, so that the network sees them clean.
 *
 * @param x windows $[B, L, \dots, C]$.
 * @param noise scales at the batch's times, $[B]$ each.
 * @param z draw from $\mathcal{N}(0, I)$, of the shape of `x`.
 * @param mask $[L]$ or $[B, L]$, 1 where observed.
 */
export function diffuse(x: tf.Tensor, {alpha, sigma}: NoiseLevelTensors, z: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const perSample = [-1, ...x.shape.slice(1).map(() => 1)];
    const scale = alpha.square().add(sigma.square()).sqrt().reshape(perSample);
    const b = spreadMask(mask, x);
    const noisy = x.mul(alpha.reshape(perSample)).add(z.mul(sigma.reshape(perSample)));
    return x
      .mul(scale)
      .mul(b)
      .add(noisy.mul(tf.sub(1, b)));
  });
}

export interface DenoiserLossInputs {
  /** Observed states, $[L]$ or $[B, L]$. */
  mask: tf.Tensor;
  /** Simulation parameters $[B, D]$. */
  label?: tf.Tensor2D;
  /** Diffusion times $[B]$ in $[0, 1]$. */
  t: tf.Tensor;
  /** Noise of the shape of the windows. */
  z: tf.Tensor;
  /** Entries that count: all, as in the official code, or only those that are generated. */
  over?: LossEntries;
  /** Weight of the squared error: $1 / \operatorname{var}$ as in the official code, or none as Eq. 7 is printed. */
  weight?: "variance" | "none";
  /** Source of dropout masks; none drops nothing. */
  dropout?: Random;
}

/**
 * Loss of a denoiser for given times and noise; recordable.
 *
 * @param p parameters of the denoiser.
 * @param x windows $[B, L, \dots, C]$.
 */
export function denoiserLoss(
  denoiser: KarrasDenoiser,
  p: BoundParameters,
  x: tf.Tensor,
  {mask, label, t, z, over = "all", weight = "variance", dropout}: DenoiserLossInputs,
): tf.Scalar {
  return tf.tidy(() => {
    const xt = diffuse(x, denoiser.schedule.of(t), z, mask);
    const {mean, variance} = denoiser.posterior(p, xt, t, {mask, label, dropout});
    const error = mean.sub(x).square();
    return overEntries(weight === "variance" ? error.div(variance) : error, mask, over);
  });
}

/**
 * Distribution of diffusion times: uniform (official code), or a logistic-normal one, $\operatorname{logit} t \sim
 * \mathcal{N}(m, s^2)$, which spends more times on middling noise.
 *
 * @see Esser et al., "Scaling Rectified Flow Transformers for High-Resolution Image Synthesis", 2024, arXiv:2403.03206
 */
export type TimeDistribution =
  | "uniform"
  | {
      readonly kind: "logit-normal";
      /** Mean $m$. Default: 0. */
      readonly mean?: number;
      /** Deviation $s$. Default: 1. */
      readonly deviation?: number;
    };

/** Draw a diffusion time for each of `batch` samples, $[B]$; recordable. */
export function drawTimes(distribution: TimeDistribution, batch: number, random: Random): tf.Tensor {
  if (distribution === "uniform") return random.uniform([batch]);
  const {mean = 0, deviation = 1} = distribution;
  return tf.tidy(() => random.normal([batch]).mul(deviation).add(mean).sigmoid());
}

export interface SampledLossInputs extends Omit<DenoiserLossInputs, "t" | "z" | "dropout"> {
  /** Source of times, noise and dropout: its key is an input of the recorded step. */
  random: Random;
  /** Distribution of the times. Default: "uniform". */
  times?: TimeDistribution;
  /** Whether the network drops out. Default: true. */
  dropout?: boolean;
}

/** Loss of a denoiser for random times and fresh noise; recordable. */
export function sampledDenoiserLoss(
  denoiser: KarrasDenoiser,
  p: BoundParameters,
  x: tf.Tensor,
  {random, times = "uniform", dropout = true, ...inputs}: SampledLossInputs,
): tf.Scalar {
  return tf.tidy(() => {
    const t = drawTimes(times, x.shape[0], random.fold(0));
    const z = random.fold(1).normal(x.shape);
    return denoiserLoss(denoiser, p, x, {...inputs, t, z, dropout: dropout ? random.fold(2) : undefined});
  });
}
