/**
 * Denoisers.
 *
 * A denoiser estimates $\mathbb{E}[x \mid x_t]$. Its network sees an input of unit variance and predicts what is of unit
 * variance at every noise level (the preconditioning of Karras et al., with data of unit variance):
 *
 * $$ d(x_t, t) = \frac{\alpha_t}{\alpha_t^2 + \sigma_t^2} x_t + \frac{\sigma_t}{\sqrt{\alpha_t^2 + \sigma_t^2}}
 *    F \left( \frac{x_t}{\sqrt{\alpha_t^2 + \sigma_t^2}}, \, 10 \log \frac{\sigma_t}{\alpha_t}, b, \theta \right). $$
 *
 * A wrapped denoiser is a denoiser again: {@link KarrasDenoiser.condition} binds weights and parameters $\theta$, and
 * {@link MaskedDenoiser} fixes the context states.
 *
 * @see Karras et al., "Elucidating the Design Space of Diffusion-Based Generative Models", 2022, arXiv:2206.00364
 */
import {checkOptions, checkParts, section} from "@lola-ts/core";
import {contextOnly, requireMask, windowBatch} from "../models/context";
import {emulatorRules, EmulatorNetwork, type EmulatorConfig, type NetworkInputs} from "../models/emulator-network";
import {Model, nest, type BoundParameters, type Specs} from "../nn/module";
import {tf, type Random, like, tensorFrom} from "@lola-ts/engine";
import {denoiserLoss, type DenoiserLossOptions} from "./denoiser-loss";
import {createSchedule, type NoiseLevelTensors, type Schedule, type ScheduleConfig} from "./noise-schedule";
import {denoiserRule, noiseAt, type Denoiser, type Posterior, type Time} from "./posterior";

/** Scales around a denoiser's network, one element per time. */
export interface Preconditioning {
  readonly cIn: tf.Tensor;
  readonly cSkip: tf.Tensor;
  readonly cOut: tf.Tensor;
  readonly cNoise: tf.Tensor;
  readonly variance: tf.Tensor;
}

/** Compute $c_{\text{in}}, c_{\text{skip}}, c_{\text{out}}, c_{\text{noise}}$ and the variance; recordable. */
export function preconditioning({alpha, sigma}: NoiseLevelTensors): Preconditioning {
  const total = alpha.square().add(sigma.square());
  const cIn = total.rsqrt();
  return {
    cIn,
    cSkip: alpha.div(total),
    cOut: sigma.mul(cIn),
    cNoise: sigma.div(alpha).log().mul(10),
    variance: sigma.square().div(total),
  };
}

/** Network of a denoiser and its diffusion process. */
export interface DenoiserConfig {
  readonly network: EmulatorConfig;
  readonly schedule: ScheduleConfig;
}

export interface TrainingLossOptions extends DenoiserLossOptions {
  /** Source of times, noise and dropout masks: its key is an input of the recorded step. */
  readonly random: Random;
  /** Whether the network drops out, as in training. Default: true. */
  readonly dropout?: boolean;
}

/** Preconditioned denoiser of windows of states. */
export class KarrasDenoiser extends Model {
  readonly specs: Specs;
  readonly schedule: Schedule;
  private readonly network: EmulatorNetwork;

  /** @throws RangeError for an invalid schedule or network. */
  constructor(readonly config: DenoiserConfig) {
    super();
    this.schedule = createSchedule(config.schedule);
    checkOptions("KarrasDenoiser", section(emulatorRules), config.network, "network");
    this.network = new EmulatorNetwork(config.network);
    this.specs = nest("backbone", this.network.specs);
  }

  /** Make a denoiser with fresh weights. */
  static create(config: DenoiserConfig, seed: number): KarrasDenoiser {
    return new KarrasDenoiser(config).initialise(seed);
  }

  /**
   * Denoise; differentiable and recordable.
   *
   * @param p this model's parameters, `layout.bind(weights)`.
   * @param xt noisy windows $[B, L, \dots, C]$; context states are multiplied by $\sqrt{\alpha_t^2 + \sigma_t^2}$.
   */
  posterior(p: BoundParameters, xt: tf.Tensor, t: Time, inputs: NetworkInputs = {}): Posterior {
    return tf.tidy(() => {
      const {cIn, cSkip, cOut, cNoise, variance} = preconditioning(noiseAt(this.schedule, t));
      const spread = (c: tf.Tensor) => c.reshape([-1, ...xt.shape.slice(1).map(() => 1)]);
      const guess = this.network.forward(p.in("backbone"), xt.mul(spread(cIn)), cNoise, inputs);
      return {mean: xt.mul(spread(cSkip)).add(guess.mul(spread(cOut))), variance: spread(variance)};
    });
  }

  /**
   * Compute the training loss for random times and noise (paper, Eqs. 3 and 7); differentiable and recordable.
   *
   * @param p this model's parameters, `layout.bind(weights)`.
   * @param batch windows $[B, L, \dots, C]$, their context mask $[L]$ or $[B, L]$ and, for systems with parameters, labels
   *   $[B, D]$.
   * @throws RangeError when a tensor of the batch is missing or has another shape.
   */
  loss(
    p: BoundParameters,
    batch: readonly tf.Tensor[],
    {random, dropout = true, ...options}: TrainingLossOptions,
  ): tf.Scalar {
    return tf.tidy(() => {
      const {x, mask, label} = windowBatch(batch);
      const t = random.fold(0).uniform([x.shape[0]], 0, 1);
      const z = random.fold(1).normal(x.shape);
      const masks = dropout ? random.fold(2) : undefined;
      return denoiserLoss(this, p, x, {...options, mask, label, t, z, dropout: masks});
    });
  }

  /** Bind parameters and labels, $[B, D]$ or $[1, D]$, to get a denoiser. */
  condition(p: BoundParameters, label?: tf.Tensor2D): Denoiser {
    const denoise: Denoiser["denoise"] = (xt, t, mask) => {
      if (mask) requireMask("denoise", mask);
      return this.posterior(p, xt, t, {mask, label});
    };
    return {schedule: this.schedule, denoise};
  }
}

/** Denoiser of $p(x \mid x_t, b \odot x = b \odot y)$, with context states that are known without noise. */
export class MaskedDenoiser implements Denoiser {
  /**
   * @param denoiser denoiser that was trained with masks.
   * @param y windows $[B, L, \dots, C]$ that hold the context states; their other states are ignored.
   * @param mask context mask $[L]$ or $[B, L]$, 1 for context states.
   * @throws RangeError unless it is a denoiser with tensors, and the mask holds 0 and 1; a mask that is recorded is not read.
   */
  constructor(
    private readonly denoiser: Denoiser,
    private readonly y: tf.Tensor,
    private readonly mask: tf.Tensor,
  ) {
    checkParts("MaskedDenoiser", {denoiser: denoiserRule, y: tensorFrom(2), mask: tensorFrom(1)}, {denoiser, y, mask});
    requireMask("MaskedDenoiser", mask);
  }

  get schedule(): Schedule {
    return this.denoiser.schedule;
  }

  denoise(xt: tf.Tensor, t: Time): Posterior {
    checkOptions("MaskedDenoiser", like(xt), this.y, "y");
    return tf.tidy(() => {
      const {alpha, sigma} = noiseAt(this.schedule, t);
      const scale = alpha.square().add(sigma.square()).sqrt();
      const generated = tf.sub(1, this.mask);
      const context = contextOnly(this.y, this.mask);
      const clean = context.mul(scale.reshape([-1, ...xt.shape.slice(1).map(() => 1)]));
      const {mean, variance} = this.denoiser.denoise(clean.add(contextOnly(xt, generated)), t, this.mask);
      return {mean: context.add(contextOnly(mean, generated)), variance};
    });
  }
}
