/** Linear layers, and PyTorch's default initial values, which all layers of the official implementation have. */
import {sizeOf, type Rng} from "@lola-ts/core";
import {type tf, affine, type Precision, layerNorm} from "@lola-ts/engine";
import type {Init, BoundParameters, Specs} from "./module";

/** Fill from $\mathcal{U}(-b, b)$. */
export function uniformInit(bound: number): Init {
  return (generator, shape) => fill(shape, () => generator.uniform(-bound, bound));
}

/** Fill from `scale` times $\mathcal{N}(0, 1)$. */
export function normalInit(scale: number): Init {
  return (generator, shape) => fill(shape, () => scale * generator.normal());
}

/** Multiply the values of another initialisation. */
export function scaledInit(scale: number, init: Init): Init {
  return (generator: Rng, shape) => {
    const values = init(generator, shape);
    for (let i = 0; i < values.length; i++) values[i] *= scale;
    return values;
  };
}

/** Fill with given numbers. */
export function constantInit(values: ArrayLike<number>): Init {
  return () => Float32Array.from(values);
}

function fill(shape: readonly number[], draw: () => number): Float32Array {
  const values = new Float32Array(sizeOf(shape));
  for (let i = 0; i < values.length; i++) values[i] = draw(); // a loop, because paper-size models have 1e8 of them
  return values;
}

export interface LinearOptions {
  /** Default: true. */
  bias?: boolean;
  /** Factor of the weight's (not the bias's) initial values. Default: 1. */
  scale?: number;
  /** Number format of the products. Default: "float32". */
  precision?: Precision;
}

/** Linear layer, $y = x W^T + b$ over the last axis; W and b start from $\mathcal{U}(-1 / \sqrt{\text{in}}, 1 / \sqrt{\text{in}})$. */
export class Linear {
  readonly specs: Specs;
  private readonly precision?: Precision;

  constructor(inFeatures: number, outFeatures: number, {bias = true, scale = 1, precision}: LinearOptions = {}) {
    this.precision = precision;
    const init = uniformInit(1 / Math.sqrt(inFeatures));
    this.specs = {
      weight: {shape: [outFeatures, inFeatures], init: scale === 1 ? init : scaledInit(scale, init)},
      ...(bias && {bias: {shape: [outFeatures], init}}),
    };
  }

  /** Evaluate the layer. @param x [..., in]. @returns [..., out]. */
  forward(p: BoundParameters, x: tf.Tensor): tf.Tensor {
    return affine(x, p.get("weight"), "bias" in this.specs ? p.get("bias") : undefined, this.precision);
  }
}

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
