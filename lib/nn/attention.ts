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
  private readonly input: Linear;
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
    this.input = new Linear(channels, 3 * channels, {bias: false, precision});
    this.output = new Linear(channels, channels, {precision});
    this.specs = {
      ...nest("qkv_proj", this.input.specs),
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

    const projected = this.input.forward(p.in("qkv_proj"), x).reshape([batch, length, 3, heads, size]);
    const qkv = projected.transpose([2, 0, 3, 1, 4]); // [3, B, heads, L, D]
    const [qk, value] = tf.split(qkv, [2, 1], 0);
    const v = value.reshape([batch, heads, length, size]);

    const scale = size ** -0.25; // of queries and of keys: their products are divided by the root of the size
    let scores = this.qkNorm ? rmsNorm(qk, {eps: EPS}) : qk;
    scores = theta ? rotaryEmbedding(scores, anglesByHead(theta, heads), scale) : scores.mul(scale);
    const [q, k] = tf.split(scores, 2, 0);
    const flat = (z: tf.Tensor) => z.reshape([batch * heads, length, size]);

    const y = attendWithin(flat(q), flat(k), flat(residual ? this.mix(v, residual) : v), groups)
      .reshape([batch, heads, length, size])
      .transpose([0, 2, 1, 3])
      .reshape([batch, length, channels]);
    return this.output.forward(p.in("y_proj"), y);
  }

  /** Compute the values of tokens [B, L, C], of the same shape. */
  values(p: BoundParameters, x: tf.Tensor): tf.Tensor {
    const {channels} = this;
    const weight = p.get("qkv_proj.weight").slice([2 * channels, 0], [channels, channels]);
    return affine(x, weight);
  }

  private mix(v: tf.Tensor, {first, gate}: ValueResidual): tf.Tensor {
    const byHead = (x: tf.Tensor) =>
      x.reshape([...x.shape.slice(0, 2), this.heads, this.channels / this.heads]).transpose([0, 2, 1, 3]);
    const g = byHead(gate);
    return v.add(byHead(first).mul(g)).mul(g.square().add(1).rsqrt());
  }
}

/** Attend within groups: queries, keys and values [B, L, D] become more rows of fewer tokens. */
function attendWithin(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, groups?: AttentionGroups): tf.Tensor {
  if (!groups) return attend(q, k, v);
  const {states, within} = groups;
  const [rows, length, size] = q.shape;
  const places = length / states;
  const byState = within === "state";
  const [count, each] = byState ? [states, places] : [places, states];
  const swap = (x: tf.Tensor) => (byState ? x : x.transpose([0, 2, 1, 3]));
  const [a, b, c] = [q, k, v].map((x) =>
    swap(x.reshape([rows, states, places, size])).reshape([rows * count, each, size]),
  );
  return swap(attend(a, b, c).reshape([rows, count, each, size])).reshape([rows, length, size]);
}

/** Split angles by head: [L, heads * D / 2] to [heads, L, D / 2]. */
function anglesByHead(theta: tf.Tensor, heads: number): tf.Tensor {
  const [length, width] = theta.shape;
  return theta.reshape([length, heads, width / heads]).transpose([1, 0, 2]);
}
