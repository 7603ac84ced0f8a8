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

const rowDot = (a: tf.Tensor, b: tf.Tensor) => (isFused() ? rawOp("LolaRowDot", [a, b]) : a.mul(b).sum(-1, true));

const weighDifference = (x: tf.Tensor, shifts: tf.Tensor, weights: tf.Tensor) =>
  isFused() ? rawOp("LolaWeighDifference", [x, shifts, weights]) : x.sub(shifts).mul(weights);

const savedOrAgain = (saved: tf.Tensor[], q: tf.Tensor, k: tf.Tensor) => (saved.length > 0 ? saved : weightsOf(q, k));

const weightedMean = differentiable({
  forward(q, k, v) {
    const weights = weightsOf(q, k);
    const vs = split(v, weights.length);
    const y = join(weights.map((weight, i) => product(weight, vs[i])));
    return [y, q, k, v, y, ...(weights.length === 1 ? weights : [])];
  },
  backward(dy, q, k, v, y, ...saved) {
    const [laterQ, laterK] = after([q, k], dy);
    const weights = savedOrAgain(saved, laterQ, laterK);
    const n = weights.length;
    const [qs, ks, vs, dys] = [q, k, v, dy].map((x) => split(x, n));
    const shifts = split(rowDot(dy, y), n); // sum_j p_j dp_j of the softmax, without forming it
    const dScores = weights.map((p, i) => weighDifference(product(dys[i], vs[i], false, true), shifts[i], p));
    return [
      join(dScores.map((ds, i) => product(ds, ks[i]))),
      join(dScores.map((ds, i) => product(ds, qs[i], true))),
      join(weights.map((p, i) => product(p, dys[i], true))),
    ];
  },
  tangents: [
    (t, q, k, v, _y, ...saved) => meanTangent(t, k, v, savedOrAgain(saved, q, k)),
    (t, q, k, v, _y, ...saved) => meanTangent(q, t, v, savedOrAgain(saved, q, k)),
    (t, q, k, _v, _y, ...saved) => {
      const weights = savedOrAgain(saved, q, k);
      const ts = split(t, weights.length);
      return join(weights.map((p, i) => product(p, ts[i])));
    },
  ],
});

/** Compute the tangent of the weighted mean along tangents $q k^T$ of the scores, chunk by chunk. */
function meanTangent(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, weights: tf.Tensor[]): tf.Tensor {
  const [qs, ks, vs] = [q, k, v].map((x) => split(x, weights.length));
  return join(
    weights.map((p, i) => {
      const ds = product(qs[i], ks[i], false, true);
      return product(weighDifference(ds, rowDot(ds, p), p), vs[i]);
    }),
  );
}

/**
 * Attend: $\operatorname{softmax}(q k^T) v$, in chunks of the batch. The weights of several chunks are not saved for
 * the gradient: memory holds one chunk's at a time.
 *
 * @param q queries [B, L, D], already scaled by $1 / \sqrt D$.
 * @param k keys [B, S, D].
 * @param v values [B, S, E].
 * @returns [B, L, E].
 */
export function attend(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor): tf.Tensor {
  return weightedMean(q, k, v);
}
