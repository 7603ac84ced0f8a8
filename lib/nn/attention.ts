/** Self-attention of tokens with normalised queries and keys and learned rotary angles. */
import {tf, attend, rotaryEmbedding, affine, rmsNorm, type Precision} from "@lola-ts/engine";
import {EPS, Linear} from "./linear";
import {nest, type BoundParameters, type Specs} from "./module";

export interface AttentionOptions {
  /** Number of heads. Default: 1. */
  heads?: number;
  /** Normalise queries and keys per head (Henry et al., 2020, arXiv:2010.04245). Default: true. */
  qkNorm?: boolean;
  /** Number format of the products in linear layers. Default: "float32". */
  precision?: Precision;
}

/** Multi-head self-attention (paper, section 3.3.1). */
export class SelfAttention {
  readonly specs: Specs;
  private readonly heads: number;
  private readonly qkNorm: boolean;
  private readonly precision?: Precision;
  private readonly output: Linear;

  /** @throws RangeError unless the heads divide the channels into even parts. */
  constructor(
    private readonly channels: number,
    {heads = 1, qkNorm = true, precision}: AttentionOptions = {},
  ) {
    if (channels % (2 * heads) !== 0) {
      throw new RangeError(
        `SelfAttention: expected channels divisible by ${2 * heads} (2 x heads), found ${channels}.`,
      );
    }
    this.heads = heads;
    this.qkNorm = qkNorm;
    this.precision = precision;
    this.output = new Linear(channels, channels, {precision});
    this.specs = {
      ...nest("qkv_proj", new Linear(channels, 3 * channels, {bias: false}).specs),
      ...nest("y_proj", this.output.specs),
    };
  }

  /**
   * Evaluate the layer; differentiable and recordable.
   *
   * @param x tokens [B, L, C].
   * @param theta rotary angles [L, C / 2] of all heads. By default there is no rotation.
   * @returns tokens [B, L, C].
   */
  forward(p: BoundParameters, x: tf.Tensor, theta?: tf.Tensor): tf.Tensor {
    const {channels, heads} = this;
    const size = channels / heads;
    const [batch, length] = x.shape;

    const scale = size ** -0.25; // of queries and of keys: their products are divided by the root of the size
    const [both, own] = tf.split(p.get("qkv_proj.weight"), [2 * channels, channels], 0);
    const qk = affine(x, both, undefined, this.precision).reshape([batch, length, 2, heads, size]);
    const normed = this.qkNorm ? rmsNorm(qk, {eps: EPS}) : qk;
    const scores = theta ? rotaryEmbedding(normed, anglesByHead(theta, heads), scale) : normed.mul(scale);

    const values = affine(x, own, undefined, this.precision);
    const v = values.reshape([batch, length, heads, size]);
    return this.output.forward(p.in("y_proj"), attend(scores, v).reshape([batch, length, channels]));
  }
}

/** Split angles of queries and of keys by head: [L, heads * D / 2] to [L, 2, heads, D / 2]. */
function anglesByHead(theta: tf.Tensor, heads: number): tf.Tensor {
  const [length, width] = theta.shape;
  return theta.reshape([length, 1, heads, width / heads]).tile([1, 2, 1, 1]);
}
