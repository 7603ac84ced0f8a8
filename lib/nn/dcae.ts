/**
 * Deep compression autoencoder: encoder and decoder (paper, section 3.2, Appendix B.2 and Figure 7).
 *
 * The encoder is a sequence of levels: a level moves 2 x 2 cells into channels, convolves, and refines by residual blocks;
 * the decoder is its mirror image. Layers between levels, and those to and from the latent, start near identity. Without pixel
 * shuffling the encoder's convolutions are strided, and the decoder's follow a repetition of cells.
 */
import {type tf, depthToSpace, dropout, silu, spaceToDepth, type Random} from "@lola-ts/engine";
import {checkpointed, type LayerForward} from "./checkpointing";
import {Conv, everyNth, nearest, type ConvOptions, type KernelInit} from "./conv";
import {nest, type BoundParameters, type Specs} from "./module";
import {ChannelNorm, type Variance} from "./linear";

/** Architecture shared by encoder and decoder; names follow the official configuration (paper, Table 3). */
export interface DCAEConfig extends Pick<ConvOptions, "spatial" | "kernelSize" | "periodic" | "precision"> {
  /** Number of channels per level, from fine to coarse. */
  hidChannels: readonly number[];
  /** Number of residual blocks per level. */
  hidBlocks: readonly number[];
  /** Side of the patches that are moved into channels before the first level. Default: 1. */
  patchSize?: number;
  /** Downsampling between levels along each axis. Default: 2. */
  stride?: number;
  /** Move cells into channels between levels; false for strided convolutions and repeated cells. Default: true. */
  pixelShuffle?: boolean;
  /** Initialise layers between levels, and those to and from the latent, near identity. Default: true. */
  identityInit?: boolean;
  /** Variance in the layer norms: "unbiased", as in the official code, or "population". Default: "unbiased". */
  normVariance?: Variance;
  /** Rate of dropout in residual blocks. Default: 0. */
  dropout?: number;
  /** Width of a residual block in units of its channels. Default: 1. */
  ffnFactor?: number;
  /** Compute the activations of residual blocks again for the backward pass instead of saving them. Default: false. */
  checkpointing?: boolean;
}

type BlockOptions = Pick<DCAEConfig, "ffnFactor" | "dropout" | "normVariance">;

/** Residual block, $x + \operatorname{Conv}(\operatorname{SiLU}(\operatorname{Conv}(\operatorname{LN}(x))))$. */
export class ResidualBlock {
  readonly specs: Specs;
  private readonly norm: ChannelNorm;
  private readonly convs: readonly [Conv, Conv];
  private readonly rate: number;

  constructor(
    readonly channels: number,
    {ffnFactor = 1, dropout: rate = 0, normVariance, ...conv}: ConvOptions & BlockOptions = {},
  ) {
    this.norm = new ChannelNorm(normVariance);
    const width = Math.round(ffnFactor * channels);
    this.convs = [new Conv(channels, width, conv), new Conv(width, channels, {...conv, init: "small"})];
    this.rate = rate;
    this.specs = {
      ...nest("norm", this.norm.specs),
      ...nest("ffn.0", this.convs[0].specs),
      ...nest("ffn.3", this.convs[1].specs),
    };
  }

  forward(p: BoundParameters, x: tf.Tensor, random?: Random): tf.Tensor {
    const hidden = silu(this.convs[0].forward(p.in("ffn.0"), this.norm.forward(x)));
    return x.add(this.convs[1].forward(p.in("ffn.3"), dropout(hidden, this.rate, random)));
  }
}

interface Layer {
  /** Official name of its parameters. */
  readonly name: string;
  /** Description of the layer in summaries. */
  readonly kind: string;
  /** Number of cells of the finest grid along an axis per cell of the output. */
  readonly stride: number;
  readonly channels: number;
  readonly specs: Specs;
  forward(p: BoundParameters, x: tf.Tensor, random?: Random): tf.Tensor;
}

class Builder {
  readonly layers: Layer[] = [];
  /** Downsampling between levels. */
  readonly stride: number;
  private readonly spatial: number;
  private readonly conv: ConvOptions;

  /** @throws RangeError unless there are channels and blocks for the same levels. */
  constructor(private readonly config: DCAEConfig) {
    const {hidChannels, hidBlocks} = config;
    if (hidChannels.length === 0 || hidChannels.length !== hidBlocks.length) {
      throw new RangeError(
        `DCAE: expected hidChannels and hidBlocks for the same levels, found (${hidChannels.join(", ")}) and ` +
          `(${hidBlocks.join(", ")}).`,
      );
    }
    this.spatial = config.spatial ?? 2;
    this.stride = config.stride ?? 2;
    const {kernelSize, periodic, precision} = config;
    this.conv = {spatial: this.spatial, kernelSize, periodic, precision};
  }

  cells(side: number): number {
    return side ** this.spatial;
  }

  patch(side: number): number[] {
    return new Array<number>(this.spatial).fill(side);
  }

  blocks(prefix: string, level: number, first: number, stride: number): void {
    const {hidChannels, hidBlocks, ffnFactor, normVariance, dropout: rate, checkpointing} = this.config;
    for (let i = 0; i < hidBlocks[level]; i++) {
      const block = new ResidualBlock(hidChannels[level], {...this.conv, ffnFactor, normVariance, dropout: rate});
      const name = `${prefix}.${first + i}`;
      const forward: LayerForward = (p, [x], random) => block.forward(p, x, random);
      this.add(name, "residual block", stride, block.channels, block.specs, (p, x, random) =>
        checkpointing ? checkpointed(block.specs, forward, p, [x], random) : forward(p, [x], random),
      );
    }
  }

  /** Add a convolution between an optional space-to-depth (down > 1) and an optional depth-to-space (up > 1). */
  resample(
    name: string,
    channels: [from: number, to: number],
    {down = 1, up = 1, stride, init}: {down?: number; up?: number; stride: number; init: KernelInit},
  ): void {
    const conv = this.convolution(channels[0] * this.cells(down), channels[1] * this.cells(up), init);
    const label = down > 1 ? "space-to-depth, convolution" : up > 1 ? "convolution, depth-to-space" : "convolution";
    this.add(name, label, stride, channels[1], conv.specs, (p, x) =>
      depthToSpace(conv.forward(p, spaceToDepth(x, this.patch(down))), this.patch(up)),
    );
  }

  /** Add the layer from the next finer level; the official code numbers patching and convolution in `name`. */
  descend(name: string, channels: [from: number, to: number], stride: number): void {
    if (this.config.pixelShuffle ?? true) {
      return this.resample(`${name}.1`, channels, {down: this.stride, stride, init: "identity"});
    }
    const conv = this.convolution(...channels, "identity");
    this.add(name, "strided convolution", stride, channels[1], conv.specs, (p, x) =>
      everyNth(conv.forward(p, x), this.patch(this.stride)),
    );
  }

  ascend(name: string, channels: [from: number, to: number], stride: number): void {
    if (this.config.pixelShuffle ?? true) {
      return this.resample(`${name}.0`, channels, {up: this.stride, stride, init: "identity"});
    }
    const conv = this.convolution(...channels, "identity");
    this.add(`${name}.1`, "nearest cells, convolution", stride, channels[1], conv.specs, (p, x) =>
      conv.forward(p, nearest(x, this.patch(this.stride))),
    );
  }

  private convolution(from: number, to: number, init: KernelInit): Conv {
    const kind = init === "identity" && this.config.identityInit === false ? "default" : init;
    return new Conv(from, to, {...this.conv, init: kind});
  }

  private add(
    name: string,
    kind: string,
    stride: number,
    channels: number,
    specs: Specs,
    forward: Layer["forward"],
  ): void {
    this.layers.push({name, kind, stride, channels, specs, forward});
  }
}

class LayerSequence {
  readonly specs: Specs;

  constructor(readonly layers: readonly Layer[]) {
    this.specs = Object.fromEntries(layers.flatMap(({name, specs}) => Object.entries(nest(name, specs))));
  }

  /**
   * Evaluate all layers; differentiable and recordable.
   *
   * @param random source of dropout masks. By default nothing is dropped.
   */
  forward(p: BoundParameters, x: tf.Tensor, random?: Random): tf.Tensor {
    return this.layers.reduce((y, layer, i) => layer.forward(p.in(layer.name), y, random?.fold(i)), x);
  }
}

/** Encoder, [B, ...grid, inChannels] to [B, ...grid / stride, outChannels]; official names `descent.<level>.<layer>`. */
export class DCEncoder extends LayerSequence {
  constructor(inChannels: number, outChannels: number, config: DCAEConfig) {
    const builder = new Builder(config);
    const {hidChannels, hidBlocks, patchSize = 1} = config;
    hidChannels.forEach((channels, level) => {
      const prefix = `descent.${level}`;
      const stride = patchSize * builder.stride ** level;
      if (level === 0) {
        builder.resample(`${prefix}.0`, [inChannels, channels], {down: patchSize, stride, init: "default"});
      } else {
        builder.descend(`${prefix}.0`, [hidChannels[level - 1], channels], stride);
      }
      builder.blocks(prefix, level, 1, stride);
      if (level === hidChannels.length - 1) {
        builder.resample(`${prefix}.${hidBlocks[level] + 1}`, [channels, outChannels], {stride, init: "identity"});
      }
    });
    super(builder.layers);
  }
}

/** Decoder, the encoder's mirror image; official names `ascent.<level from coarse to fine>.<layer>`. */
export class DCDecoder extends LayerSequence {
  constructor(inChannels: number, outChannels: number, config: DCAEConfig) {
    const builder = new Builder(config);
    const {hidChannels, hidBlocks, patchSize = 1} = config;
    const top = hidChannels.length - 1;
    hidChannels.forEach((_, index) => {
      const level = top - index;
      const prefix = `ascent.${index}`;
      const stride = patchSize * builder.stride ** level;
      const first = index === 0 ? 1 : 0; // the first level begins with a convolution of the latent
      if (first) builder.resample(`${prefix}.0`, [inChannels, hidChannels[level]], {stride, init: "identity"});
      builder.blocks(prefix, level, first, stride);
      const name = `${prefix}.${first + hidBlocks[level]}`;
      if (level > 0) {
        builder.ascend(name, [hidChannels[level], hidChannels[level - 1]], stride / builder.stride);
      } else {
        builder.resample(name, [hidChannels[0], outChannels], {up: patchSize, stride: 1, init: "default"});
      }
    });
    super(builder.layers);
  }
}

/** Compute the number $r$ of cells of the input along an axis per cell of the latent. */
export function latentStride({hidChannels, patchSize = 1, stride = 2}: DCAEConfig): number {
  return patchSize * stride ** (hidChannels.length - 1);
}
