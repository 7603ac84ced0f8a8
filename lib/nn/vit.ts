/**
 * The transformer of emulators and solvers: tokens are patches of a space-time grid (paper, section 3.3.1).
 *
 * Conditions enter in two ways: fields as further channels of the input, and vectors by modulation. A block computes,
 * with $(a, b, c, d)$ from the modulation and $s$ the tokens' first embedding,
 *
 * $$ u = (1 + a) \operatorname{LN}(x) + b, \quad u = \operatorname{FFN}(u + \operatorname{MSA}(u)), \quad
 * y = \frac{x + c u}{\sqrt{1 + c^2}}, \quad y \leftarrow \frac{y + d s}{\sqrt{1 + d^2}}. $$
 *
 * The mixtures keep the variance of independent summands. At the start $c$ and $d$ are small: a block begins near the
 * identity (AdaLN-Zero). The skip from $s$ is the official code's form of value residual learning; in its published form
 * (Zhou et al., 2024, arXiv:2410.17897) the values of the first block's attention are mixed into every block's own.
 * Attention is over all tokens of space and time.
 */
import {checkParts, flag, oneOf, optional, whole, type RulesOf, sizeOf} from "@lola-ts/core";
import {
  tf,
  affine,
  depthToSpace,
  dropout,
  gatedSum,
  layerNorm,
  silu,
  spaceToDepth,
  precisions,
  type Precision,
  type Random,
} from "@lola-ts/engine";
import {count, countFrom0, dropoutRate, ffnFactor, perAxis} from "./architecture-rules";
import {SelfAttention} from "./attention";
import {checkpointed, type LayerForward} from "./checkpointing";
import {PositionalEmbedding, coordinates} from "./embedding";
import {EPS, Linear, normalInit} from "./linear";
import {nest, type Init, type BoundParameters, type Specs} from "./module";

/** Architecture of a transformer; names follow the official configuration (paper, Table 5). */
export interface ViTConfig {
  inChannels: number;
  outChannels: number;
  /** Number of channels of the condition that is appended to the input. Default: 0. */
  condChannels?: number;
  /** Number of features of the modulating vector; 0 for constant (trained) modulations. Default: 0. */
  modFeatures?: number;
  hidChannels: number;
  hidBlocks: number;
  attentionHeads: number;
  /** Width of the feed-forward network in units of hidChannels. Default: 4. */
  ffnFactor?: number;
  /** Normalise queries and keys. Default: true. */
  qkNorm?: boolean;
  /** Rotate queries and keys by learned angles of position. Default: true. */
  rope?: boolean;
  /** Rate of dropout. Default: 0. */
  dropout?: number;
  /** Number of axes of the grid: time and space. Default: 3. */
  spatial?: number;
  /** Number of cells of a token along each axis, or one number for all. Default: 1. */
  patchSize?: number | readonly number[];
  /** Compute the activations of blocks again for the backward pass instead of saving them. Default: false. */
  checkpointing?: boolean;
  /** Number format of the products in the blocks' linear layers. Default: "float32". */
  precision?: Precision;
}

type Ends = "inChannels" | "outChannels" | "condChannels" | "modFeatures";

/** Rules of the options of a transformer except its ends; one that is added does not compile without its line here. */
export const transformerRules: RulesOf<Omit<ViTConfig, Ends>> = {
  hidChannels: count,
  hidBlocks: countFrom0,
  attentionHeads: count,
  ffnFactor: optional(ffnFactor),
  qkNorm: optional(flag),
  rope: optional(flag),
  dropout: optional(dropoutRate),
  spatial: optional(whole({min: 1, max: 4})),
  patchSize: optional(perAxis),
  checkpointing: optional(flag),
  precision: optional(oneOf(precisions)),
};

const ends: RulesOf<Pick<ViTConfig, Ends>> = {
  inChannels: count,
  outChannels: count,
  condChannels: optional(countFrom0),
  modFeatures: optional(countFrom0),
};

/** Inputs beside the states. */
export interface ViTInputs {
  /** Condition [B, ...grid, condChannels]. */
  cond?: tf.Tensor;
  /** Modulating vector [B, modFeatures]. */
  mod?: tf.Tensor;
  /** Source of dropout masks. By default nothing is dropped. */
  dropout?: Random;
}

/** Rotary angles: directions uniform over the sphere, wavelengths log-uniform over two decades. */
const anglesInit: Init = (generator, [axes, channels]) => {
  const theta = new Float32Array(axes * channels);
  for (let j = 0; j < channels; j++) {
    const direction = Array.from({length: axes}, () => generator.normal());
    const amplitude = 100 ** -generator.uniform() / Math.hypot(...direction);
    direction.forEach((component, i) => (theta[i * channels + j] = amplitude * component));
  }
  return theta;
};

const ZERO = 1e-2;

const VECTORS = 4;

/** Map from the modulating vector to $(a, b, c, d)$ of a block, each [B or 1, 1, C]. */
class Modulation {
  readonly specs: Specs;
  private readonly layers?: readonly [Linear, Linear];

  constructor(
    private readonly channels: number,
    modFeatures: number,
  ) {
    if (modFeatures > 0) {
      this.layers = [new Linear(modFeatures, modFeatures), new Linear(modFeatures, VECTORS * channels, {scale: ZERO})];
      this.specs = {...nest("ada_zero.0", this.layers[0].specs), ...nest("ada_zero.2", this.layers[1].specs)};
    } else {
      this.specs = {ada_zero: {shape: [VECTORS, channels], init: normalInit(ZERO)}};
    }
  }

  forward(p: BoundParameters, mod?: tf.Tensor): tf.Tensor[] {
    const {channels, layers} = this;
    if (!layers) return tf.split(p.get("ada_zero").reshape([1, VECTORS, channels]), VECTORS, 1);
    const hidden = silu(layers[0].forward(p.in("ada_zero.0"), mod as tf.Tensor));
    return tf.split(layers[1].forward(p.in("ada_zero.2"), hidden).reshape([-1, VECTORS, channels]), VECTORS, 1);
  }
}

/** Compute $(1 + a) x + b$. */
const modulate = (x: tf.Tensor, a: tf.Tensor, b: tf.Tensor) => gatedSum([[x, a.add(1)]], b);

/** One block: modulated attention and feed-forward network in one residual branch. */
export class ViTBlock {
  readonly specs: Specs;
  private readonly modulation: Modulation;
  private readonly attention: SelfAttention;
  private readonly ffn: readonly [Linear, Linear];
  private readonly rate: number;

  constructor(config: ViTConfig) {
    const {hidChannels, modFeatures = 0, ffnFactor = 4, spatial = 3, rope = true, precision} = config;
    this.modulation = new Modulation(hidChannels, modFeatures);
    this.attention = new SelfAttention(hidChannels, {heads: config.attentionHeads, qkNorm: config.qkNorm, precision});
    const width = Math.round(ffnFactor * hidChannels);
    this.ffn = [new Linear(hidChannels, width, {precision}), new Linear(width, hidChannels, {precision})];
    this.rate = config.dropout ?? 0;
    this.specs = {
      ...this.modulation.specs,
      ...(rope && {theta: {shape: [spatial, hidChannels / 2], init: anglesInit}}),
      ...nest("msa", this.attention.specs),
      ...nest("ffn.0", this.ffn[0].specs),
      ...nest("ffn.3", this.ffn[1].specs),
    };
  }

  /**
   * Evaluate the block; differentiable and recordable.
   *
   * @param x tokens [B, L, C].
   * @param skip embedding of the tokens, [B, L, C].
   * @param where coordinates of the tokens [L, axes].
   * @returns tokens [B, L, C].
   */
  forward(
    p: BoundParameters,
    x: tf.Tensor,
    skip: tf.Tensor,
    where: tf.Tensor2D,
    {mod, dropout: random}: Pick<ViTInputs, "mod" | "dropout"> = {},
  ): tf.Tensor {
    const [a, b, c, d] = this.modulation.forward(p, mod);
    const theta = p.has("theta") ? affine(where, p.get<tf.Tensor2D>("theta").transpose()) : undefined;

    const modulated = modulate(layerNorm(x, {eps: EPS}), a, b);
    const attended = modulated.add(this.attention.forward(p.in("msa"), modulated, theta));
    const hidden = dropout(silu(this.ffn[0].forward(p.in("ffn.0"), attended)), this.rate, random);
    const branch = this.ffn[1].forward(p.in("ffn.3"), hidden);

    // both mixtures at once: the factors are small tensors
    const keepOf = (gate: tf.Tensor) => gate.square().add(1).rsqrt();
    const keep = keepOf(d);
    return gatedSum([
      [x, keepOf(c).mul(keep)],
      [branch, keepOf(c).mul(c).mul(keep)],
      [skip, keep.mul(d)],
    ]);
  }
}

/** Transformer over the tokens of a grid, [B, ...grid, inChannels] to [B, ...grid, outChannels]. */
export class ViT {
  readonly specs: Specs;
  /** Number of cells of a token along each axis. */
  readonly patch: readonly number[];
  private readonly input: Linear;
  private readonly output: Linear;
  private readonly position: PositionalEmbedding;
  private readonly blocks: readonly ViTBlock[];

  /** @throws RangeError when the patch has another number of axes than the grid, or heads do not divide channels. */
  constructor(readonly config: ViTConfig) {
    checkParts("ViT", {...ends, ...transformerRules}, config);
    const {inChannels, outChannels, condChannels = 0, hidChannels, hidBlocks, spatial = 3, patchSize = 1} = config;
    this.patch = typeof patchSize === "number" ? new Array<number>(spatial).fill(patchSize) : patchSize;
    if (this.patch.length !== spatial) {
      throw new RangeError(`ViT: expected a patch size along ${spatial} axes, found ${this.patch.join(" x ")}.`);
    }
    const cells = sizeOf(this.patch);
    this.input = new Linear(cells * (inChannels + condChannels), hidChannels);
    this.output = new Linear(hidChannels, cells * outChannels);
    this.position = new PositionalEmbedding(spatial, hidChannels);
    this.blocks = Array.from({length: hidBlocks}, () => new ViTBlock(config));
    this.specs = {
      ...nest("in_proj", this.input.specs),
      ...nest("out_proj", this.output.specs),
      ...nest("positional_embedding", this.position.specs),
      ...Object.fromEntries(this.blocks.flatMap(({specs}, i) => Object.entries(nest(`blocks.${i}`, specs)))),
    };
  }

  /**
   * Evaluate the transformer; differentiable and recordable.
   *
   * @param p parameters of this transformer.
   * @param x states [B, ...grid, inChannels], e.g. windows [B, L, X, Y, C] or [B, L, X, Y, Z, C].
   * @returns an output [B, ...grid, outChannels].
   * @throws RangeError when input, condition or modulation have other shapes than configured.
   */
  forward(p: BoundParameters, x: tf.Tensor, inputs: ViTInputs = {}): tf.Tensor {
    this.check(x, inputs);
    const {cond, mod, dropout: random} = inputs;
    const patches = spaceToDepth(cond ? tf.concat([x, cond], -1) : x, this.patch);
    const grid = patches.shape.slice(1, -1);
    const flat = patches.reshape([x.shape[0], -1, patches.shape[patches.rank - 1]]);

    const embedding = this.input.forward(p.in("in_proj"), flat);
    const where = coordinates(grid);
    const coo = tf.tensor2d(where, [where.length / grid.length, grid.length]);
    let tokens = embedding.add(this.position.forward(p.in("positional_embedding"), grid));
    this.blocks.forEach((block, i) => {
      const blockParameters = p.in(`blocks.${i}`);
      const source = random?.fold(i);
      const forward: LayerForward = (q, [x, s, where, m], dropout) =>
        block.forward(q, x, s, where as tf.Tensor2D, {mod: m, dropout});
      const tensors = [tokens, embedding, coo, ...(mod ? [mod] : [])];
      tokens = this.config.checkpointing
        ? checkpointed(block.specs, forward, blockParameters, tensors, source)
        : forward(blockParameters, tensors, source);
    });
    const out = this.output.forward(p.in("out_proj"), tokens);
    return depthToSpace(out.reshape([x.shape[0], ...grid, -1]), this.patch);
  }

  private check(x: tf.Tensor, {cond, mod}: ViTInputs): void {
    const {inChannels, condChannels = 0, modFeatures = 0, spatial = 3} = this.config;
    const expect = (name: string, found: tf.Tensor | undefined, expected: (number | string)[]) => {
      const fits = found?.rank === expected.length && expected.every((n, i) => n === "n" || n === found.shape[i]);
      if (fits) return;
      throw new RangeError(
        `ViT: expected ${name} of shape [${expected.join(", ")}], found ${found ? `[${found.shape.join(", ")}]` : "none"}.`,
      );
    };
    expect("an input", x, ["n", ...new Array<string>(spatial).fill("n"), inChannels]);
    if (condChannels > 0) expect("a condition", cond, [...x.shape.slice(0, -1), condChannels]);
    else if (cond) throw new RangeError("ViT: expected no condition (condChannels is 0), found one.");
    if (modFeatures > 0) expect("a modulation", mod, [x.shape[0], modFeatures]);
  }
}
