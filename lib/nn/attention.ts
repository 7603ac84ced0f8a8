/**
 * Self-attention of tokens with normalised queries and keys and learned rotary angles.
 */
import {tf} from "../tensor/backend";
import {attend, pairsToHalves, rotate} from "../tensor/attention";
import {affine, rmsNorm} from "../tensor/ops";
import {Linear} from "./linear";
import {nest, type Parameters, type Specs} from "./module";
import {EPS} from "./norm";

export interface AttentionOptions {
  heads?: number;
  /** Normalise queries and keys per head (Henry et al., 2020, arXiv:2010.04245). */
  qkNorm?: boolean;
}

/** Values of another block that are mixed into a block's own, $(v + g v_1) / \sqrt{1 + g^2}$. */
export interface ValueResidual {
  /** $v_1$, [B, L, C]. */
  first: tf.Tensor;
  /** $g$, [B or 1, 1, C]. */
  gate: tf.Tensor;
}

/** Multi-head self-attention (paper, section 3.3.1). */
export class SelfAttention {
  readonly specs: Specs;
  private readonly heads: number;
  private readonly qkNorm: boolean;
  private readonly output: Linear;

  /** @throws RangeError unless the heads divide the channels into even parts. */
  constructor(
    private readonly channels: number,
    {heads = 1, qkNorm = true}: AttentionOptions = {},
  ) {
    if (channels % (2 * heads) !== 0) {
      throw new RangeError(
        `SelfAttention: expected channels divisible by ${2 * heads} (2 x heads), found ${channels}.`,
      );
    }
    this.heads = heads;
    this.qkNorm = qkNorm;
    this.output = new Linear(channels, channels);
    this.specs = {
      ...nest("qkv_proj", new Linear(channels, 3 * channels, {bias: false}).specs),
      ...nest("y_proj", this.output.specs),
    };
  }

  /**
   * @param x tokens [B, L, C].
   * @param theta rotary angles [L, C / 2], of all heads; none for no rotation.
   * @param residual values of the first block, to be mixed in.
   */
  forward(p: Parameters, x: tf.Tensor, theta?: tf.Tensor, residual?: ValueResidual): tf.Tensor {
    const {channels, heads} = this;
    const size = channels / heads;
    const [batch, length] = x.shape;

    const qkv = tf
      .matMul(x.reshape([-1, channels]) as tf.Tensor2D, this.projection(p) as tf.Tensor2D, false, true)
      .reshape([batch, length, 3 * heads, size])
      .transpose([2, 0, 1, 3]); // [3 heads, B, L, D]
    const [qk, own] = tf.split(qkv, [2 * heads, heads], 0);
    const v = residual ? this.mix(own, residual) : own;

    let scores: tf.Tensor = qk.reshape([2, heads, batch, length, size]);
    if (this.qkNorm) scores = rmsNorm(scores, {eps: EPS});
    if (theta) scores = rotate(scores, anglesByHead(theta, heads));
    const [q, k] = tf.split(scores, 2, 0).map((part) => part.reshape([heads * batch, length, size]));

    const y = attend(q.mul(1 / Math.sqrt(size)), k, v.reshape([heads * batch, length, size]))
      .reshape([heads, batch, length, size])
      .transpose([1, 2, 0, 3])
      .reshape([batch, length, channels]);
    return this.output.forward(p.in("y_proj"), y);
  }

  /** The values of tokens [B, L, C], of the same shape. */
  values(p: Parameters, x: tf.Tensor): tf.Tensor {
    const {channels} = this;
    const weight = p.get("qkv_proj.weight").slice([2 * channels, 0], [channels, channels]);
    return affine(x, weight);
  }

  /** Mix values [heads, B, L, D] with those of the first block. */
  private mix(own: tf.Tensor, {first, gate}: ValueResidual): tf.Tensor {
    const byHead = (x: tf.Tensor) =>
      x.reshape([...x.shape.slice(0, 2), this.heads, this.channels / this.heads]).transpose([2, 0, 1, 3]);
    const g = byHead(gate);
    return own.add(byHead(first).mul(g)).mul(g.square().add(1).rsqrt());
  }

  /**
   * The joint projection with the channels of queries and keys in halves. Officially a rotated pair is two neighbours;
   * products of queries and keys do not change when both are reordered, and halves are quicker to rotate.
   */
  private projection(p: Parameters): tf.Tensor {
    const {channels, heads} = this;
    const [qk, v] = tf.split(p.get("qkv_proj.weight"), [2 * channels, channels], 0);
    const halves = pairsToHalves(qk.reshape([2 * heads, channels / heads, channels]), 1);
    return tf.concat([halves.reshape([2 * channels, channels]), v], 0);
  }
}

/** [L, heads * D / 2] to [heads, 1, L, D / 2]. */
function anglesByHead(theta: tf.Tensor, heads: number): tf.Tensor {
  const [length, width] = theta.shape;
  const size = width / heads;
  return theta.reshape([length, heads, size]).transpose([1, 0, 2]).reshape([heads, 1, length, size]);
}
