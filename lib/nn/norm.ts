/**
 * Normalisation without trained parameters.
 */
import type {tf} from "../tensor/backend";
import {layerNorm} from "../tensor/ops";
import {constantInit} from "./linear";
import type {Specs} from "./module";

/** The official implementation's stabiliser of all norms. */
export const EPS = 1e-5;

/**
 * The autoencoder's layer norm: over channels at each cell, with the unbiased variance. Official files carry its `eps`
 * as a buffer.
 */
export class ChannelNorm {
  readonly specs: Specs = {eps: {shape: [], init: constantInit([EPS]), trainable: false}};

  forward(x: tf.Tensor): tf.Tensor {
    return layerNorm(x, {eps: EPS, unbiased: true});
  }
}
