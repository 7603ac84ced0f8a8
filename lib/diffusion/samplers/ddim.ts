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
import type {Scheme} from "./scheme";

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
