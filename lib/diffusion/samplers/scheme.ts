/**
 * Sampling schemes: rules that turn $x_t$ into $x_s$ with $s < t$, independent of the denoiser.
 */
import type {tf} from "@lola-ts/engine";
import type {NoiseLevel} from "../noise-schedule";

/** Inputs of one step from a time $t$ to the next time $s < t$ of a sampler's grid. */
export interface SchemeInput {
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
export type SchemeStep = (xt: tf.Tensor, step: SchemeInput) => tf.Tensor;

/** A sampling scheme. */
export interface Scheme {
  /** True if its steps add noise. */
  readonly stochastic: boolean;
  /** Start a trajectory over a grid of noise levels, from $t = 1$ to $t = 0$. */
  begin(grid: readonly NoiseLevel[]): SchemeStep;
}
