/**
 * The two operations of attention that have their own gradients: rotation of queries and keys by position, and the
 * weighted mean of values.
 */
import {attr, rawOp, rawOps, tf} from "../backend";
import {differentiable} from "../autodiff/differentiable";
import {after} from "../compile/tracer";
import {isFused} from "../fused";

const T = attr.type("T", "float32");

/** Turn pairs of neighbours by a right angle, $(x_0, x_1)$ to $(-x_1, x_0)$: a product with a matrix, one operation. */
function turned(x: tf.Tensor): tf.Tensor {
  const width = x.shape[x.rank - 1];
  const matrix = new Float32Array(width ** 2);
  for (let i = 0; i < width; i += 2) {
    matrix[i * width + i + 1] = 1;
    matrix[(i + 1) * width + i] = -1;
  }
  return tf.matMul(x.reshape<tf.Tensor2D>([-1, width]), tf.tensor2d(matrix, [width, width])).reshape(x.shape);
}

/** Repeat the numbers of pairs [..., D / 2] for both of their neighbours, [..., D]. */
const forBoth = (x: tf.Tensor) =>
  x
    .reshape([...x.shape, 1])
    .mul(tf.ones([2]))
    .reshape([...x.shape.slice(0, -1), -1]);

/** Tell whether angles have all the last axes of pairs, and so can be rotated by in one operation. */
const isOneRotation = (x: tf.Tensor, {shape}: tf.Tensor) =>
  isFused() &&
  shape.every((size, i) => (i === shape.length - 1 ? 2 * size : size) === x.shape[x.rank - shape.length + i]);

/** Multiply the pairs of neighbours by $c + i s$. */
function rotatePairs(x: tf.Tensor, cos: tf.Tensor, sin: tf.Tensor): tf.Tensor {
  if (isOneRotation(x, cos)) return rawOp("LolaRotate", [x, cos, sin]);
  return x.mul(forBoth(cos)).add(turned(x).mul(forBoth(sin)));
}

const rotation = differentiable({
  forward(x, theta, scale) {
    const cos = theta.cos().mul(scale);
    const sin = theta.sin().mul(scale);
    const y = rotatePairs(x, cos, sin);
    return [y, y, cos, sin];
  },
  backward(dy, y, cos, sin) {
    if (isOneRotation(y, cos)) return [...rawOps("LolaRotateGrad", [dy, y, cos, sin], [], 2), tf.scalar(0)];
    const lacking = y.rank - cos.rank;
    const shared = [...Array(y.rank - 1).keys()].filter((i) => i < lacking || cos.shape[i - lacking] !== y.shape[i]);
    const moved = dy.mul(turned(y)); // an angle moves its pair y along the turned one
    const sums = shared.length > 0 ? moved.sum(shared) : moved;
    return [rotatePairs(dy, cos, sin.neg()), sums.reshape([...cos.shape, 2]).sum(-1), tf.scalar(0)];
  },
  tangents: [(t, _y, cos, sin) => rotatePairs(t, cos, sin), (t, y) => rotatePairs(y, tf.zerosLike(t), t)],
});

/**
 * Rotate channel pairs $(x_{2 i}, x_{2 i + 1})$ by angles of position (rotary embedding).
 *
 * @param x [..., L, D].
 * @param theta angles [..., L, D / 2]; leading axes may be missing or of size 1 where they share angles.
 * @param scale factor of the result. Default: 1.
 * @throws RangeError when the shapes do not fit together.
 * @see Su et al., "RoFormer", 2021, arXiv:2104.09864
 */
export function rotaryEmbedding(x: tf.Tensor, theta: tf.Tensor, scale = 1): tf.Tensor {
  const full = [...x.shape.slice(0, -1), x.shape[x.rank - 1] / 2].slice(-theta.rank);
  if (theta.rank > x.rank || theta.shape.some((size, i) => size !== full[i] && (size !== 1 || i === theta.rank - 1))) {
    throw new RangeError(
      `rotaryEmbedding: expected angles [${full.join(", ")}] (or 1) for [${x.shape.join(", ")}], found [${theta.shape.join(", ")}].`,
    );
  }
  return rotation(x, theta, tf.scalar(scale));
}

/**
 * Bytes of attention weights in a chunk, which stay in the processor's cache. Those of a single chunk are saved for the
 * gradient, several queries are computed a second time.
 */
const CHUNK = 8 << 20;

/** Choose the number of chunks of a batch: the smallest that divides it and bounds each chunk's weights [n, L, S]. */
function chunks({shape: [batch, length]}: tf.Tensor, {shape: [, sources]}: tf.Tensor): number {
  const max = Math.max(1, Math.floor(CHUNK / (4 * length! * sources!)));
  let n = Math.ceil(batch / max);
  while (batch % n !== 0) n++;
  return n;
}

function product(a: tf.Tensor, b: tf.Tensor, adjointA = false, adjointB = false): tf.Tensor {
  return rawOp("BatchMatMulV2", [a, b], [T, attr.bool("adj_x", adjointA), attr.bool("adj_y", adjointB)]);
}

const split = (x: tf.Tensor, n: number) => (n === 1 ? [x] : tf.split(x, n, 0));
const join = (parts: tf.Tensor[]) => (parts.length === 1 ? parts[0] : tf.concat(parts, 0));

/** Compute attention weights $\operatorname{softmax}(q k^T)$, chunk by chunk. */
function weightsOf(q: tf.Tensor, k: tf.Tensor): tf.Tensor[] {
  const n = chunks(q, k);
  const ks = split(k, n);
  return split(q, n).map((qi, i) => rawOp("Softmax", [product(qi, ks[i], false, true)], [T]));
}

const savedOrAgain = (saved: tf.Tensor[], q: tf.Tensor, k: tf.Tensor) => (saved.length > 0 ? saved : weightsOf(q, k));

/** Heads as rows: [B, L, H, D] to [B H, L, D]. */
const headsAsRows = (x: tf.Tensor) => x.transpose([0, 2, 1, 3]).reshape([-1, x.shape[1]!, x.shape[3]!]);

/** Rows as heads of a tensor with the first axes of `x` [B, L, H, ...]: [B H, L, E] to [B, L, H, E]. */
const rowsAsHeads = (rows: tf.Tensor, {shape: [batch, length, heads]}: tf.Tensor) =>
  rows.reshape([batch, heads!, length!, rows.shape[2]!]).transpose([0, 2, 1, 3]);

/** Queries and keys [B, L, 2, H, D] with heads as rows. */
function rowsOf(qk: tf.Tensor): [q: tf.Tensor, k: tf.Tensor] {
  const [batch, length, , heads, size] = qk.shape;
  const rows = qk.transpose([2, 0, 3, 1, 4]);
  const [q, k] = tf.split(rows, 2, 0).map((x) => x.reshape([batch * heads, length, size]));
  return [q, k];
}

/** Gradients of the weighted mean, of rows, chunk by chunk. */
function chainGradient(dy: tf.Tensor, q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, y: tf.Tensor, saved: tf.Tensor[]) {
  const [laterQ, laterK] = after([q, k], dy);
  const weights = savedOrAgain(saved, laterQ, laterK);
  const n = weights.length;
  const [qs, ks, vs, dys] = [q, k, v, dy].map((x) => split(x, n));
  const shifts = split(dy.mul(y).sum(-1, true), n); // sum_j p_j dp_j of the softmax, without forming it
  const dScores = weights.map((p, i) => product(dys[i], vs[i], false, true).sub(shifts[i]).mul(p));
  const dq = join(dScores.map((ds, i) => product(ds, ks[i])));
  const dk = join(dScores.map((ds, i) => product(ds, qs[i], true)));
  const dv = join(weights.map((p, i) => product(p, dys[i], true)));
  return {dq, dk, dv};
}

const weightedMean = differentiable({
  forward(qk, v) {
    if (isFused()) {
      const [y, logSums] = rawOps("LolaAttention", [qk, v], [], 2);
      return [y, qk, v, y, logSums];
    }
    const weights = weightsOf(...rowsOf(qk));
    const vs = split(headsAsRows(v), weights.length);
    const y = rowsAsHeads(join(weights.map((weight, i) => product(weight, vs[i]))), v);
    return [y, qk, v, y, ...(weights.length === 1 ? weights : [])];
  },
  backward(dy, qk, v, y, ...saved) {
    if (isFused()) return rawOps("LolaAttentionGrad", [dy, qk, v, y, ...saved], [], 2);
    const {dq, dk, dv} = chainGradient(headsAsRows(dy), ...rowsOf(qk), headsAsRows(v), headsAsRows(y), saved);
    return [tf.stack([rowsAsHeads(dq, v), rowsAsHeads(dk, v)], 2), rowsAsHeads(dv, v)];
  },
  tangents: [
    (t, qk, v) => {
      const [q, k] = rowsOf(qk);
      const [tq, tk] = rowsOf(t);
      const [weights, values] = [weightsOf(q, k), headsAsRows(v)];
      return rowsAsHeads(meanTangent(tq, k, values, weights).add(meanTangent(q, tk, values, weights)), v);
    },
    (t, qk, v) => {
      const weights = weightsOf(...rowsOf(qk));
      const ts = split(headsAsRows(t), weights.length);
      return rowsAsHeads(join(weights.map((p, i) => product(p, ts[i]))), v);
    },
  ],
});

/** Compute the tangent of the weighted mean of rows along tangents $q k^T$ of the scores, chunk by chunk. */
function meanTangent(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, weights: tf.Tensor[]): tf.Tensor {
  const [qs, ks, vs] = [q, k, v].map((x) => split(x, weights.length));
  return join(
    weights.map((p, i) => {
      const ds = product(qs[i], ks[i], false, true);
      return product(ds.sub(ds.mul(p).sum(-1, true)).mul(p), vs[i]);
    }),
  );
}

/**
 * Attend to the tokens of a row: $\operatorname{softmax}(q k^T) v$ in each head.
 *
 * @param qk queries, already scaled by $1 / \sqrt D$, and keys, [B, L, 2, H, D].
 * @param v values [B, L, H, E].
 * @returns [B, L, H, E].
 */
export function attend(qk: tf.Tensor, v: tf.Tensor): tf.Tensor {
  return weightedMean(qk, v);
}
