/**
 * Loss of a denoiser.
 *
 * A window $x$ is diffused except for its context states, the denoiser estimates it, and the squared error is weighted by
 * $1 / \operatorname{var}$ of the preconditioning, so that every noise level counts alike (paper, Eqs. 3 and 7):
 *
 * $$ \mathcal{L} = \mathbb{E} \left[ \frac{\alpha_t^2 + \sigma_t^2}{\sigma_t^2} \left\| d(x_t) - x \right\|^2 \right]. $$
 *
 * The paper has a weight $\lambda_t$ in Eq. 3, which it does not name, and none in Eq. 7.
 */
import {having, checkOptions, oneOf, optional} from "@lola-ts/core";
import {overEntries, spreadMask, type LossEntries} from "../models/context";
import type {NetworkInputs} from "../models/emulator-network";
import type {BoundParameters} from "../nn/module";
import {tf, floatsFrom, like, tensorFrom} from "@lola-ts/engine";
import type {NoiseLevelTensors, Schedule} from "./noise-schedule";
import type {Posterior, Time} from "./posterior";

/**
 * Diffuse all states but the context, $x_t = b \sqrt{\alpha_t^2 + \sigma_t^2} \, x + (1 - b) (\alpha_t x + \sigma_t z)$.
 *
 * The factor of the context states undoes the preconditioning, so that the network sees them clean.
 *
 * @param x windows $[B, L, \dots, C]$.
 * @param noise scales at the batch's times, $[B]$ each.
 * @param z draw from $\mathcal{N}(0, I)$, of the shape of `x`.
 * @param mask context mask $[L]$ or $[B, L]$.
 * @throws RangeError if shapes do not fit each other.
 */
export function diffuse(x: tf.Tensor, {alpha, sigma}: NoiseLevelTensors, z: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  checkOptions("diffuse", tensorFrom(3), x, "x");
  checkOptions("diffuse", like(x), z, "z");
  checkOptions("diffuse", tensorFrom(0), alpha, "alpha");
  checkOptions("diffuse", like(alpha), sigma, "sigma");
  checkOptions("diffuse", tensorFrom(1), mask, "mask");
  if (alpha.size !== 1 && alpha.size !== x.shape[0]) {
    throw new RangeError(`diffuse: expected scales of ${x.shape[0]} windows, found alpha of ${alpha.size}.`);
  }
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

export interface DenoiserLossOptions {
  /** States that count: all, as in the official code, or only the generated ones. Default: "all". */
  readonly over?: LossEntries;
  /**
   * Weight of the squared error: "variance", $1 / \operatorname{var}$ as in the official code, or "none", as Eq. 7 is
   * printed. Default: "variance".
   */
  readonly weight?: "variance" | "none";
}

export interface DenoiserLossInputs extends DenoiserLossOptions, NetworkInputs {
  /** Context mask $[L]$ or $[B, L]$. */
  readonly mask: tf.Tensor;
  /** Diffusion times $[B]$ in $[0, 1]$. */
  readonly t: tf.Tensor;
  /** Noise of the shape of the windows. */
  readonly z: tf.Tensor;
}

export interface ParametrisedDenoiser {
  readonly schedule: Schedule;
  posterior(p: BoundParameters, xt: tf.Tensor, t: Time, inputs: NetworkInputs): Posterior;
}

/**
 * Compute the loss of a denoiser for given times and noise; recordable.
 *
 * @param p parameters of the denoiser.
 * @param x windows $[B, L, \dots, C]$.
 * @throws RangeError if shapes do not fit each other, or an option has another name.
 */
export function denoiserLoss(
  denoiser: ParametrisedDenoiser,
  p: BoundParameters,
  x: tf.Tensor,
  {mask, label, t, z, over = "all", weight = "variance", dropout}: DenoiserLossInputs,
): tf.Scalar {
  checkOptions("denoiserLoss", having("a denoiser", "schedule", "posterior"), denoiser, "denoiser");
  checkOptions("denoiserLoss", having("parameters", "get", "in"), p, "p");
  checkOptions("denoiserLoss", floatsFrom(3), x, "x");
  checkOptions("denoiserLoss", floatsFrom(1), mask, "mask");
  checkOptions("denoiserLoss", optional(floatsFrom(2)), label, "label");
  checkOptions("denoiserLoss", tensorFrom(0), t, "t");
  checkOptions("denoiserLoss", oneOf(["all", "generated"]), over, "over");
  checkOptions("denoiserLoss", oneOf(["variance", "none"]), weight, "weight");
  return tf.tidy(() => {
    const xt = diffuse(x, denoiser.schedule.of(t), z, mask);
    const {mean, variance} = denoiser.posterior(p, xt, t, {mask, label, dropout});
    const error = mean.sub(x).square();
    return overEntries(weight === "variance" ? error.div(variance) : error, mask, over);
  });
}
