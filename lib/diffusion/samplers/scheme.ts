/**
 * Methods of sampling: how $x_t$ becomes $x_s$ with $s < t$, whatever the denoiser.
 */
import type {tf} from "../../tensor/backend";
import type {NoiseLevel} from "../noise-schedule";

/** One step from a time $t$ to the next time $s < t$ of a sampler's grid. */
export interface SchemeInput {
  /** Number of the step: 0 starts from $t = 1$. */
  readonly i: number;
  /** $(\alpha_t, \sigma_t)$. */
  readonly from: NoiseLevel;
  /** $(\alpha_s, \sigma_s)$. */
  readonly to: NoiseLevel;
  /** $\mathbb{E}[x \mid x_t]$, one call of the denoiser. */
  readonly mean: (xt: tf.Tensor) => tf.Tensor;
  /** A new draw from $\mathcal{N}(0, I)$ of the shape of $x_t$. */
  readonly noise: () => tf.Tensor;
}

/** Turns $x_t$ into $x_s$, a new tensor; it may remember what earlier steps of the same walk saw. */
export type SchemeStep = (xt: tf.Tensor, step: SchemeInput) => tf.Tensor;

/** A method of sampling. */
export interface Scheme {
  /** Whether its steps add noise. */
  readonly stochastic: boolean;
  /** Start a walk over the scales at all times, from $t = 1$ to $t = 0$. */
  begin(grid: readonly NoiseLevel[]): SchemeStep;
}
