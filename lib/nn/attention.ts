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

/** Values of the first block that are mixed into a block's values, $(v + g v_1) / \sqrt{1 + g^2}$. */
export interface ValueResidual {
  /** Values $v_1$ of the first block, [B, L, C]. */
  first: tf.Tensor;
  /** Gate $g$, [B or 1, 1, C]. */
  gate: tf.Tensor;
}

/** Tokens of several states, state after state, that attend to some of each other only. */
export interface AttentionGroups {
  /** Number of states, which divides the number of tokens. */
  states: number;
  /** "state": to the tokens of their own state; "place": to the tokens of their own place in all states. */
  within: "state" | "place";
}

/** Inputs of self-attention beside tokens and angles. */
export interface AttentionInputs {
  /** Values of the first block to mix in. By default there are none. */
  residual?: ValueResidual;
  /** Tokens that attend to each other. By default all do. */
  groups?: AttentionGroups;
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
  forward(p: BoundParameters, x: tf.Tensor, theta?: tf.Tensor, {residual, groups}: AttentionInputs = {}): tf.Tensor {
    const {channels, heads} = this;
    const size = channels / heads;
    const [batch, length] = x.shape;

    const scale = size ** -0.25; // of queries and of keys: their products are divided by the root of the size
    const [both, own] = this.weights(p);
    const qk = affine(x, both, undefined, this.precision).reshape([batch, length, 2, heads, size]);
    const normed = this.qkNorm ? rmsNorm(qk, {eps: EPS}) : qk;
    const scores = theta ? rotaryEmbedding(normed, anglesByHead(theta, heads), scale) : normed.mul(scale);

    const values = affine(x, own, undefined, this.precision);
    const v = (residual ? mix(values, residual) : values).reshape([batch, length, heads, size]);
    return this.output.forward(p.in("y_proj"), attendWithin(scores, v, groups).reshape([batch, length, channels]));
  }

  /** Compute the values of tokens [B, L, C], of the same shape. */
  values(p: BoundParameters, x: tf.Tensor): tf.Tensor {
    return affine(x, this.weights(p)[1], undefined, this.precision);
  }

  /** Split the weights in two: queries and keys [2 C, C], and values [C, C]. */
  private weights(p: BoundParameters): tf.Tensor[] {
    return tf.split(p.get("qkv_proj.weight"), [2 * this.channels, this.channels], 0);
  }
}

function mix(v: tf.Tensor, {first, gate: g}: ValueResidual): tf.Tensor {
  return v.add(first.mul(g)).mul(g.square().add(1).rsqrt());
}

/** Attend within groups: queries and keys [B, L, 2, H, D] and values [B, L, H, D] become more rows of fewer tokens. */
function attendWithin(qk: tf.Tensor, v: tf.Tensor, groups?: AttentionGroups): tf.Tensor {
  if (!groups) return attend(qk, v);
  const {states, within} = groups;
  const [rows, length] = v.shape;
  const places = length / states;
  const byState = within === "state";
  const [count, each] = byState ? [states, places] : [places, states];
  const swap = (x: tf.Tensor) => (byState ? x : x.transpose([0, 2, 1, ...[...x.shape.keys()].slice(3)]));
  const grouped = (x: tf.Tensor) =>
    swap(x.reshape([rows, states, places, ...x.shape.slice(2)])).reshape([rows * count, each, ...x.shape.slice(2)]);
  return swap(attend(grouped(qk), grouped(v)).reshape([rows, count, each, ...v.shape.slice(2)])).reshape(v.shape);
}

/** Split angles of queries and of keys by head: [L, heads * D / 2] to [L, 2, heads, D / 2]. */
function anglesByHead(theta: tf.Tensor, heads: number): tf.Tensor {
  const [length, width] = theta.shape;
  return theta.reshape([length, 1, heads, width / heads]).tile([1, 2, 1, 1]);
}
