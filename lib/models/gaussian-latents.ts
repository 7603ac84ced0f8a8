/**
 * Latents as Gaussians: the variational form of an autoencoder (Kingma and Welling, 2014, arXiv:1312.6114).
 *
 * The encoder gives a mean $\mu$ and a logarithm of the variance $s$ of each latent value. Training decodes a sample,
 * $z = \mu + e^{s / 2} \varepsilon$, and pays for the distance of $\mathcal{N}(\mu, e^s)$ from a unit Gaussian.
 */
import {checkOptions} from "@lola-ts/core";
import {tf, type Random, tensorFrom} from "@lola-ts/engine";

/** Gaussians of independent values. */
export interface GaussianLatents {
  /** Means [B, ...grid, C]. */
  readonly mean: tf.Tensor;
  /** Logarithms of the variances, of the same shape. */
  readonly logVariance: tf.Tensor;
}

/** Bounds of a logarithm of a variance: beyond them single precision holds no variance of use. */
const [LOWEST, HIGHEST] = [-30, 20];

/** Split the output of an encoder [B, ...grid, 2 C] into means and logarithms of variances; differentiable, recordable. */
export function gaussianLatents(output: tf.Tensor): GaussianLatents {
  checkOptions("gaussianLatents", tensorFrom(2), output, "output");
  const [mean, logVariance] = tf.split(output, 2, -1);
  return {mean, logVariance: logVariance.clipByValue(LOWEST, HIGHEST)};
}

/** Draw a sample, $\mu + e^{s / 2} \varepsilon$ with $\varepsilon \sim \mathcal{N}(0, I)$; differentiable, recordable. */
export function sampleLatents({mean, logVariance}: GaussianLatents, random: Random): tf.Tensor {
  return mean.add(random.normal(mean.shape).mul(logVariance.div(2).exp()));
}

/**
 * Compute the Kullback–Leibler divergence from a unit Gaussian, averaged over all values,
 *
 * $$ D = \tfrac{1}{2} \langle \mu^2 + e^s - s - 1 \rangle ; $$
 *
 * differentiable and recordable.
 *
 * @returns a scalar of 0 or more, in nats per value; 0 for $\mu = s = 0$.
 */
export function gaussianDivergence({mean, logVariance}: GaussianLatents): tf.Scalar {
  return mean.square().add(logVariance.exp()).sub(logVariance).sub(1).mean().div(2);
}
