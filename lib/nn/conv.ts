/**
 * Convolution layers and their three kinds of initial values.
 *
 * Initialised near identity, a layer that changes resolution starts as a copy of its input: deep autoencoders then
 * reconstruct from the first step on (paper, section 3.2; Chen et al., 2024, arXiv:2410.10733).
 */
import {sizeOf} from "@lola-ts/core";
import {tf, convolution, type ConvolutionOptions, depthToSpace, spaceToDepth, type Precision} from "@lola-ts/engine";
import {scaledInit, uniformInit} from "./linear";
import type {Init, BoundParameters, Specs} from "./module";

/**
 * Initial values of a kernel: "default", $\mathcal{U}(-b, b)$ with $b = 1 / \sqrt{\text{in} \, |\text{kernel}|}$; "small", a
 * hundredth of that; "identity", small plus 1 from input $o \bmod \text{in}$ to output $o$ at the centre.
 */
export type KernelInit = "default" | "small" | "identity";

export interface ConvOptions {
  /** Number of space axes. Default: 2. */
  spatial?: number;
  /** Odd side of the kernel. Default: 3. */
  kernelSize?: number;
  /** Pad with values from the opposite side instead of zeros. Default: false. */
  periodic?: boolean;
  /** Number format of the products. Default: "float32". */
  precision?: Precision;
  /** Initial values. Default: "default". */
  init?: KernelInit;
}

/** Factor of the default initial values in "small" and "identity". */
const SMALL = 1e-2;

function identityInit(bound: number): Init {
  const small = scaledInit(SMALL, uniformInit(bound));
  return (generator, shape) => {
    const kernel = small(generator, shape);
    const [inputs, outputs] = shape.slice(-2);
    const cells = kernel.length / (inputs * outputs);
    const centre = (cells - 1) / 2; // all sizes are odd
    for (let o = 0; o < outputs; o++) kernel[(centre * inputs + (o % inputs)) * outputs + o] += 1;
    return kernel;
  };
}

/** Select the first cell of each patch: a strided convolution is the full convolution at these cells. */
export function everyNth(x: tf.Tensor, patch: readonly number[]): tf.Tensor {
  const y = spaceToDepth(x, patch); // channels (C, patch)
  const begin = y.shape.map(() => 0);
  const channels = x.shape[x.rank - 1];
  const parts = y.reshape([...y.shape.slice(0, -1), channels, sizeOf(patch)]);
  return parts
    .slice([...begin, 0], [...y.shape.slice(0, -1), channels, 1])
    .reshape([...y.shape.slice(0, -1), channels]);
}

/** Repeat each cell over a patch: upsampling by the nearest cell. */
export function nearest(x: tf.Tensor, patch: readonly number[]): tf.Tensor {
  const cells = sizeOf(patch);
  const repeated = x.reshape([...x.shape, 1]).mul(tf.ones([cells])); // tile has no gradient at this rank
  return depthToSpace(repeated.reshape([...x.shape.slice(0, -1), x.shape[x.rank - 1] * cells]), patch);
}

/** Convolution that preserves the grid: [B, ...grid, in] to [B, ...grid, out]. */
export class Conv {
  readonly specs: Specs;
  private readonly options: ConvolutionOptions;

  constructor(
    inChannels: number,
    readonly outChannels: number,
    {spatial = 2, kernelSize = 3, periodic = false, precision = "float32", init = "default"}: ConvOptions = {},
  ) {
    this.options = {periodic, precision};
    const kernel = new Array<number>(spatial).fill(kernelSize);
    const bound = 1 / Math.sqrt(inChannels * kernelSize ** spatial);
    const inits = {
      default: () => uniformInit(bound),
      small: () => scaledInit(SMALL, uniformInit(bound)),
      identity: () => identityInit(bound),
    };
    this.specs = {
      weight: {shape: [...kernel, inChannels, outChannels], init: inits[init](), kind: "conv"},
      bias: {shape: [outChannels], init: uniformInit(bound)},
    };
  }

  forward(p: BoundParameters, x: tf.Tensor): tf.Tensor {
    return convolution(x, p.get("weight"), p.get("bias"), this.options);
  }
}
