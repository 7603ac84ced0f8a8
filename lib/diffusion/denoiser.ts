/**
 * Denoisers.
 *
 * A denoiser estimates $\mathbb{E}[x \mid x_t]$. Its network sees an input of unit variance and predicts what is of unit
 * variance at every noise level (the preconditioning of Karras et al., with data of unit variance):
 *
 * $$ d(x_t, t) = \frac{\alpha_t}{\alpha_t^2 + \sigma_t^2} x_t + \frac{\sigma_t}{\sqrt{\alpha_t^2 + \sigma_t^2}}
 *    F \left( \frac{x_t}{\sqrt{\alpha_t^2 + \sigma_t^2}}, \, 10 \log \frac{\sigma_t}{\alpha_t}, b, \theta \right). $$
 *
 * What wraps a denoiser is a denoiser: {@link KarrasDenoiser.condition} binds weights and parameters $\theta$, and a
 * {@link MaskedDenoiser} adds what was observed.
 *
 * @see Karras et al., "Elucidating the Design Space of Diffusion-Based Generative Models", 2022, arXiv:2206.00364
 */
import {Model, nest, type BoundParameters, type Specs} from "../nn/module";
import {tf} from "../tensor/backend";
import {EmulatorNetwork, type EmulatorConfig, type NetworkInputs} from "../models/emulator-network";
import {spreadMask} from "../models/context";
import {
  createSchedule,
  type NoiseLevel,
  type NoiseLevelTensors,
  type Schedule,
  type ScheduleConfig,
} from "./noise-schedule";

/** Diffusion time: one for the whole batch, or a tensor $[B]$ with one per sample. */
export type Time = number | tf.Tensor;

/** What a denoiser knows about the data behind $x_t$: a Gaussian approximation of $p(x \mid x_t)$. */
export interface Posterior {
  /** $\mathbb{E}[x \mid x_t]$, of the shape of $x_t$. */
  readonly mean: tf.Tensor;
  /** Prior guess of the variance, $\sigma_t^2 / (\alpha_t^2 + \sigma_t^2)$, $[1 | B, 1, \dots, 1]$. */
  readonly variance: tf.Tensor;
}

/**
 * Estimate the score $\nabla \log p(x_t)$ from a denoiser's mean by Tweedie's formula (paper, Eq. 4),
 *
 * $$ s(x_t) = \frac{\alpha_t \, \mathbb{E}[x \mid x_t] - x_t}{\sigma_t^2}. $$
 *
 * The text after Eq. 4 prints $\alpha_t$ in front of $x_t$ instead, which is no solution of that equation.
 */
export function score(xt: tf.Tensor, mean: tf.Tensor, {alpha, sigma}: NoiseLevel): tf.Tensor {
  return tf.tidy(() =>
    mean
      .mul(alpha)
      .sub(xt)
      .div(sigma ** 2),
  );
}

/** Anything that denoises: what a sampler needs. */
export interface Denoiser {
  readonly schedule: Schedule;
  /**
   * @param xt noisy trajectories $[B, L, \dots, C]$.
   * @param mask states that are observed, clean up to the factor $\sqrt{\alpha_t^2 + \sigma_t^2}$.
   */
  denoise(xt: tf.Tensor, t: Time, mask?: tf.Tensor): Posterior;
}

/** Scales at a time, as tensors $[1]$ or $[B]$. */
export function noiseAt(schedule: Schedule, t: Time): NoiseLevelTensors {
  if (typeof t !== "number") return schedule.of(t.rank === 0 ? t.reshape([1]) : t);
  const {alpha, sigma} = schedule(t);
  return {alpha: tf.tensor1d([alpha]), sigma: tf.tensor1d([sigma])};
}

/** The scales that a denoiser puts around its network, one element per time. */
export interface Preconditioning {
  readonly cIn: tf.Tensor;
  readonly cSkip: tf.Tensor;
  readonly cOut: tf.Tensor;
  readonly cNoise: tf.Tensor;
  readonly variance: tf.Tensor;
}

/** $c_{\text{in}}, c_{\text{skip}}, c_{\text{out}}, c_{\text{noise}}$ and the variance for given noise; recordable. */
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

/** A denoiser's network and the process it was trained on. */
export interface DenoiserConfig {
  readonly network: EmulatorConfig;
  readonly schedule: ScheduleConfig;
}

/** Preconditioned denoiser of windows of states. */
export class KarrasDenoiser extends Model {
  readonly specs: Specs;
  readonly schedule: Schedule;
  private readonly network: EmulatorNetwork;

  /** @throws RangeError for a schedule or a network that is not possible. */
  constructor(readonly config: DenoiserConfig) {
    super();
    this.schedule = createSchedule(config.schedule);
    this.network = new EmulatorNetwork(config.network);
    this.specs = nest("backbone", this.network.specs);
  }

  /**
   * Denoise; differentiable and recordable.
   *
   * @param p this model's parameters, `layout.bind(weights)`.
   * @param xt noisy trajectories $[B, L, \dots, C]$; observed states are multiplied by $\sqrt{\alpha_t^2 + \sigma_t^2}$.
   */
  posterior(p: BoundParameters, xt: tf.Tensor, t: Time, inputs: NetworkInputs = {}): Posterior {
    return tf.tidy(() => {
      const {cIn, cSkip, cOut, cNoise, variance} = preconditioning(noiseAt(this.schedule, t));
      const spread = (c: tf.Tensor) => c.reshape([-1, ...xt.shape.slice(1).map(() => 1)]);
      const guess = this.network.forward(p.in("backbone"), xt.mul(spread(cIn)), cNoise, inputs);
      return {mean: xt.mul(spread(cSkip)).add(guess.mul(spread(cOut))), variance: spread(variance)};
    });
  }

  /** The denoiser of systems with parameters `label`, $[B, D]$ or $[1, D]$. */
  condition(p: BoundParameters, label?: tf.Tensor2D): Denoiser {
    return {schedule: this.schedule, denoise: (xt, t, mask) => this.posterior(p, xt, t, {mask, label})};
  }
}

/** Denoiser of $p(x \mid x_t, b \odot x = b \odot y)$: some states are observed without noise. */
export class MaskedDenoiser implements Denoiser {
  /**
   * @param denoiser what knows masks from its training.
   * @param y observed states, $[B, L, \dots, C]$; whatever is elsewhere is ignored.
   * @param mask $[L]$ or $[B, L]$, 1 where observed.
   */
  constructor(
    private readonly denoiser: Denoiser,
    private readonly y: tf.Tensor,
    private readonly mask: tf.Tensor,
  ) {}

  get schedule(): Schedule {
    return this.denoiser.schedule;
  }

  denoise(xt: tf.Tensor, t: Time): Posterior {
    return tf.tidy(() => {
      const {alpha, sigma} = noiseAt(this.schedule, t);
      const scale = alpha.square().add(sigma.square()).sqrt();
      const b = spreadMask(this.mask, xt);
      const generated = tf.sub(1, b);
      const known = this.y.mul(b);
      const input = known.mul(scale.reshape([-1, ...xt.shape.slice(1).map(() => 1)])).add(xt.mul(generated));
      const {mean, variance} = this.denoiser.denoise(input, t, this.mask);
      return {mean: known.add(mean.mul(generated)), variance};
    });
  }
}
