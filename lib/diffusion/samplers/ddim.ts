/**
 * DDIM and DDPM: part of the noise in $x_t$ stays, the rest is replaced by new noise,
 *
 * $$ x_s = \alpha_s \hat x + \sigma_s \left( \sqrt{1 - \eta \tau} \, \frac{x_t - \alpha_t \hat x}{\sigma_t}
 *    + \sqrt{\eta \tau} \, \varepsilon \right), \qquad \hat x = \mathbb{E}[x \mid x_t], \quad
 *    \tau = 1 - \left( \frac{\alpha_t \sigma_s}{\alpha_s \sigma_t} \right)^2, \quad \varepsilon \sim \mathcal{N}(0, I). $$
 *
 * $\eta = 0$ is deterministic: Euler's method for the probability flow. $\eta = 1$ is DDPM.
 *
 * @see Song et al., "Denoising Diffusion Implicit Models", 2021, arXiv:2010.02502
 * @see Ho et al., "Denoising Diffusion Probabilistic Models", 2020, arXiv:2006.11239
 */
import {tf} from "@lola-ts/engine";
import type {NoiseLevel} from "../noise-schedule";

/** Inputs of one step from a time $t$ to the next time $s < t$ of a sampler's grid. */
interface SchemeInput {
  /** Index of the step: 0 starts from $t = 1$. */
  readonly i: number;
  /** Noise level $(\alpha_t, \sigma_t)$ at $t$. */
  readonly from: NoiseLevel;
  /** Noise level $(\alpha_s, \sigma_s)$ at $s$. */
  readonly to: NoiseLevel;
  /** Compute $\mathbb{E}[x \mid x_t]$: one call of the denoiser. */
  readonly mean: (xt: tf.Tensor) => tf.Tensor;
  /** Draw from $\mathcal{N}(0, I)$, of the shape of $x_t$. */
  readonly noise: () => tf.Tensor;
}

/** Turn $x_t$ into $x_s$, a new tensor; a multi-step scheme remembers earlier steps of the same trajectory. */
type SchemeStep = (xt: tf.Tensor, step: SchemeInput) => tf.Tensor;

export interface Scheme {
  /** True if its steps add noise. */
  readonly stochastic: boolean;
  /** Start a trajectory over a grid of noise levels, from $t = 1$ to $t = 0$. */
  begin(grid: readonly NoiseLevel[]): SchemeStep;
}

/** Make a DDIM scheme of stochasticity $\eta \ge 0$; where $\eta \tau$ exceeds 1, all noise is new. */
export function ddim(eta: number): Scheme {
  return {
    stochastic: eta > 0,
    begin: () => (xt, step) =>
      tf.tidy(() => {
        const {from, to} = step;
        const tau = 1 - ((from.alpha / to.alpha) * (to.sigma / from.sigma)) ** 2;
        const renewed = Math.min(eta * tau, 1);
        const mean = step.mean(xt);
        const old = xt.sub(mean.mul(from.alpha)).mul((to.sigma / from.sigma) * Math.sqrt(1 - renewed));
        const next = mean.mul(to.alpha).add(old);
        return renewed > 0 ? next.add(step.noise().mul(to.sigma * Math.sqrt(renewed))) : next;
      }),
  };
}

/**
 * Make a predictor-corrector scheme: before each deterministic DDIM step, $x_t$ is corrected by steps of Langevin dynamics at
 * fixed $t$, each of which pulls it towards the denoiser's mean and adds new noise,
 *
 * $$ x_t \gets x_t + \delta \, (\alpha_t \, \mathbb{E}[x \mid x_t] - x_t) + \sqrt{2 \delta} \, \sigma_t \, \varepsilon,
 *    \qquad \varepsilon \sim \mathcal{N}(0, I), $$
 *
 * a step of size $\delta \sigma_t^2$ along the score. It keeps the distribution of $x_t$ up to a relative error of the
 * variance of at most $\delta / (2 - \delta)$.
 *
 * @param corrections number of corrections before each step; each costs one more denoiser call.
 * @param delta size $\delta \in [0, 1]$ of a correction.
 * @see Song et al., "Score-Based Generative Modeling through Stochastic Differential Equations", 2021, arXiv:2011.13456
 */
export function predictorCorrector(corrections: number, delta: number): Scheme {
  const count = delta > 0 ? corrections : 0; // a correction of size 0 changes nothing
  return {
    stochastic: count > 0,
    begin(grid) {
      const predict = ddim(0).begin(grid);
      return (xt, step) =>
        tf.tidy(() => {
          const {alpha, sigma} = step.from;
          let x = xt;
          for (let n = 0; n < count; n++) {
            const pull = step.mean(x).mul(alpha).sub(x).mul(delta);
            x = x.add(pull).add(step.noise().mul(sigma * Math.sqrt(2 * delta)));
          }
          return predict(x, step);
        });
    },
  };
}
