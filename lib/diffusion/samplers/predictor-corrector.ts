/**
 * Predictor-corrector sampling: before each DDIM step, $x_t$ is corrected by steps of Langevin dynamics at fixed $t$, each of
 * which pulls it towards the denoiser's mean and adds new noise,
 *
 * $$ x_t \gets x_t + \delta \, (\alpha_t \, \mathbb{E}[x \mid x_t] - x_t) + \sqrt{2 \delta} \, \sigma_t \, \varepsilon,
 *    \qquad \varepsilon \sim \mathcal{N}(0, I), $$
 *
 * a step of size $\delta \sigma_t^2$ along the score. It keeps the distribution of $x_t$ up to a relative error of the
 * variance of at most $\delta / (2 - \delta)$.
 *
 * @see Song et al., "Score-Based Generative Modeling through Stochastic Differential Equations", 2021, arXiv:2011.13456
 */
import {tf} from "@lola-ts/engine";
import {ddim} from "./ddim";
import type {Scheme} from "./scheme";

export interface PredictorCorrectorOptions {
  /** Number of corrections before each step; each costs one more denoiser call. */
  readonly corrections: number;
  /** Size $\delta \in [0, 1]$ of a correction. */
  readonly delta: number;
}

/** Make a predictor-corrector scheme: `corrections` Langevin steps of size $\delta$ before each deterministic step. */
export function predictorCorrector({corrections, delta}: PredictorCorrectorOptions): Scheme {
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
