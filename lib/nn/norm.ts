/**
 * Normalisation without trained parameters.
 */
import {type tf, layerNorm} from "@lola-ts/engine";
import {constantInit} from "./linear";
import type {Specs} from "./module";

/** The official implementation's $\epsilon$ of all norms. */
export const EPS = 1e-5;

/** Variance over $N$ values: divided by $N - 1$ ("unbiased") or by $N$ ("population"). */
export type Variance = "unbiased" | "population";

/**
 * The autoencoder's layer norm: over channels at each cell. The official code takes the unbiased variance, the usual layer
 * norm that of the population. Official files contain its `eps` as a buffer.
 */
export class ChannelNorm {
  readonly specs: Specs = {eps: {shape: [], init: constantInit([EPS]), trainable: false}};

  constructor(private readonly variance: Variance = "unbiased") {}

  forward(x: tf.Tensor): tf.Tensor {
    return layerNorm(x, {eps: EPS, unbiased: this.variance === "unbiased"});
  }
}
