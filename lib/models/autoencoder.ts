/**
 * Autoencoders of states.
 *
 * The encoder $E_\psi$ maps a state to a latent on a grid $r$ times coarser, the decoder $D_\psi$ maps it back. A
 * saturation bounds the latent, so that emulators see values of order one without a penalty on their distribution (paper,
 * section 3.2). How much is compressed depends on the latent's channels alone.
 */
import {checkOptions, flag, list, number, oneOf, optional, section, where, type RulesOf, sizeOf} from "@lola-ts/core";
import {axes, count, countFrom0, dropoutRate, ffnFactor} from "../nn/architecture-rules";
import {DCDecoder, DCEncoder, latentStride, type DCAEConfig} from "../nn/dcae";
import {reconstructionLoss, type LossMixture, type LossOptions} from "./reconstruction-loss";
import {Model, nest, type BoundParameters, type Specs} from "../nn/module";
import {
  type tf,
  compile,
  type Compiled,
  saturate,
  saturationNames,
  type Saturation,
  precisions,
  Random,
  floatsFrom,
} from "@lola-ts/engine";

export interface AutoencoderConfig extends DCAEConfig {
  /** Number of fields of a state. */
  pixChannels: number;
  latChannels: number;
  /** Saturation that bounds latents, or "none". Default: "softclip2". */
  saturation?: Saturation | "none";
  /** Standard deviation of the noise that `decode` adds to latents if it has a source. Default: 0. */
  latentNoise?: number;
}

/** Accept deviations of noise on latents, which are of order one. */
export const latentNoise = number({min: 0, max: 1000});

/** Rules of the options of an autoencoder; one that is added does not compile without its line here. */
export const autoencoderRules: RulesOf<AutoencoderConfig> = {
  pixChannels: count,
  latChannels: count,
  hidChannels: list(count),
  hidBlocks: list(countFrom0),
  spatial: optional(axes([2, 3])),
  patchSize: optional(count),
  kernelSize: optional(where(count, "an odd whole number", (side: number) => side % 2 === 1)),
  stride: optional(count),
  pixelShuffle: optional(flag),
  periodic: optional(flag),
  precision: optional(oneOf(precisions)),
  identityInit: optional(flag),
  normVariance: optional(oneOf(["unbiased", "population"])),
  dropout: optional(dropoutRate),
  ffnFactor: optional(ffnFactor),
  checkpointing: optional(flag),
  saturation: optional(oneOf([...saturationNames, "none"])),
  latentNoise: optional(latentNoise),
};

export interface AutoencoderLossOptions extends Pick<LossOptions, "variance"> {
  /**
   * Loss, or weights of several: "vrmse" as in the official configuration, "vmse" as in the paper's text. Default: "vrmse".
   */
  readonly kind?: LossMixture;
  /** Source of dropout masks. By default nothing is dropped. */
  readonly random?: Random;
}

export interface SummaryRow {
  layer: string;
  kind: string;
  /** Shape of the output without the batch. */
  output: string;
  parameters: number;
}

/** Autoencoder of single states, [B, ...grid, pixChannels] to [B, ...grid / r, latChannels] and back. */
export class Autoencoder extends Model {
  readonly specs: Specs;
  /** Cells of a state along an axis per cell of its latent, $r$. */
  readonly stride: number;
  private readonly down: DCEncoder;
  private readonly up: DCDecoder;
  private readonly encoding: Compiled;
  private readonly decoding: Compiled;

  /** @throws RangeError for an architecture that cannot be built. */
  constructor(readonly config: AutoencoderConfig) {
    super();
    checkOptions("Autoencoder", section(autoencoderRules), config);
    const {pixChannels, latChannels} = config;
    this.down = new DCEncoder(pixChannels, latChannels, config);
    this.up = new DCDecoder(latChannels, pixChannels, config);
    this.specs = {...nest("encoder", this.down.specs), ...nest("decoder", this.up.specs)};
    this.stride = latentStride(config);
    this.encoding = compile((weights, x) => [this.encoder(this.bind(weights), x)], "encode");
    this.decoding = compile((weights, z, key?) => [this.noisyDecoder(this.bind(weights), z, key)], "decode");
  }

  /** Make an autoencoder with fresh weights. */
  static create(config: AutoencoderConfig, seed: number): Autoencoder {
    return new Autoencoder(config).initialise(seed);
  }

  /** Compression rate: number of values of a state per value of its latent. */
  get compression(): number {
    const {pixChannels, latChannels, spatial = 2} = this.config;
    return (this.stride ** spatial * pixChannels) / latChannels;
  }

  /**
   * Encode states, differentiably; recordable.
   *
   * @param p this model's parameters, `layout.bind(weights)`.
   * @param x states [B, ...grid, pixChannels], standardised.
   * @param random source of dropout masks. By default nothing is dropped.
   * @returns latents [B, ...grid / r, latChannels], saturated.
   * @throws RangeError when the fields differ from the configuration's or the stride does not divide the grid.
   */
  encoder(p: BoundParameters, x: tf.Tensor, random?: Random): tf.Tensor {
    const {saturation = "softclip2"} = this.config;
    this.check("states", x, this.config.pixChannels, this.stride);
    const output = this.down.forward(p.in("encoder"), x, random);
    return saturation === "none" ? output : saturate(output, saturation);
  }

  /**
   * Decode latents, differentiably; recordable.
   *
   * @param p this model's parameters, `layout.bind(weights)`.
   * @param z latents [B, ...grid / r, latChannels].
   * @param random source of dropout masks. By default nothing is dropped.
   * @returns states [B, ...grid, pixChannels].
   * @throws RangeError when the channels differ from the configuration's.
   */
  decoder(p: BoundParameters, z: tf.Tensor, random?: Random): tf.Tensor {
    this.check("latents", z, this.config.latChannels, 1);
    return this.up.forward(p.in("decoder"), z, random);
  }

  /**
   * Compute the reconstruction loss (paper, Eq. 6); differentiable and recordable.
   *
   * @param p this model's parameters, `layout.bind(weights)`.
   * @param batch states [B, ...grid, pixChannels], standardised.
   * @throws RangeError when the batch has other tensors or shapes.
   */
  loss(
    p: BoundParameters,
    batch: readonly tf.Tensor[],
    {kind = "vrmse", variance, random}: AutoencoderLossOptions = {},
  ): tf.Scalar {
    if (batch.length !== 1) throw new RangeError(`loss: expected a batch of states, found ${batch.length} tensors.`);
    const [x] = batch;
    const latents = this.encoder(p, x, random?.fold(0));
    return reconstructionLoss(x, this.decoder(p, latents, random?.fold(1)), kind, {variance, latents});
  }

  /**
   * Encode states with the model's weights; runs as one function per shape.
   *
   * @param x states [B, ...grid, pixChannels], standardised.
   * @returns latents [B, ...grid / r, latChannels].
   * @throws RangeError when the fields differ from the configuration's or the stride does not divide the grid.
   */
  encode(x: tf.Tensor): tf.Tensor {
    this.check("states", x, this.config.pixChannels, this.stride);
    return this.encoding(this.weights, x)[0];
  }

  /**
   * Decode latents with the model's weights; runs as one function per shape.
   *
   * @param z latents [B, ...grid / r, latChannels].
   * @param random source of noise of the configured deviation (`latentNoise`), which is added to the latents. Default: no noise.
   * @returns states [B, ...grid, pixChannels].
   * @throws RangeError when the channels differ from the configuration's.
   */
  decode(z: tf.Tensor, {random}: {random?: Random} = {}): tf.Tensor {
    this.check("latents", z, this.config.latChannels, 1);
    return this.decoding(this.weights, z, ...(random ? [random.key] : []))[0];
  }

  /**
   * Tabulate the layers.
   *
   * @param grid size of a state. By default outputs are relative to the state's axes, e.g. H/4.
   */
  summary(grid?: readonly number[]): SummaryRow[] {
    const axes = grid ?? (this.config.spatial === 3 ? ["X", "Y", "Z"] : ["H", "W"]);
    const along = (axis: number | string, stride: number) => {
      if (typeof axis === "number") return `${axis / stride}`;
      return stride === 1 ? axis : `${axis}/${stride}`;
    };
    const rows = (side: "encoder" | "decoder", {layers}: DCEncoder | DCDecoder) =>
      layers.map(({name, kind, stride, channels, specs}) => ({
        layer: `${side}.${name}`,
        kind,
        output: [...axes.map((axis) => along(axis, stride)), channels].join(" x "),
        parameters: Object.values(specs)
          .filter(({trainable = true}) => trainable)
          .reduce((total, {shape}) => total + sizeOf(shape), 0),
      }));
    return [...rows("encoder", this.down), ...rows("decoder", this.up)];
  }

  override dispose(): void {
    super.dispose();
    this.encoding.dispose();
    this.decoding.dispose();
  }

  private bind(weights: tf.Tensor): BoundParameters {
    return this.layout.bind(weights as tf.Tensor1D);
  }

  private noisyDecoder(p: BoundParameters, z: tf.Tensor, key?: tf.Tensor): tf.Tensor {
    const noise = key && new Random(key as tf.Tensor1D).normal(z.shape).mul(this.config.latentNoise ?? 0);
    return this.decoder(p, noise ? z.add(noise) : z);
  }

  private check(what: string, x: tf.Tensor, channels: number, divisor: number): void {
    const {spatial = 2} = this.config;
    checkOptions("Autoencoder", floatsFrom(0), x, what);
    const grid = x.shape.slice(1, -1);
    if (grid.length === spatial && x.shape[x.rank - 1] === channels && grid.every((n) => n % divisor === 0)) return;
    throw new RangeError(
      `Autoencoder: expected ${what} [B, ...grid, ${channels}] with ${spatial} axes divisible by ${divisor}, ` +
        `found [${x.shape.join(", ")}].`,
    );
  }
}
