/**
 * The differentiable operations that networks are built from, beyond tfjs's own: each runs as few TensorFlow kernels
 * as possible, carries its own gradient where the tape's is slow or missing, and can be recorded.
 */
import {gridRule, checkParts, oneOf, remembered, sizeOf} from "@lola-ts/core";
import {attr, rawOp, rawOps, tf} from "../backend";
import {tensorFrom} from "../tensor-rules";
import {differentiable, type Differentiable, type Tangent} from "../autodiff/differentiable";
import {quick} from "../autodiff/recompute";
import {isFused} from "../fused";
import type {Random} from "../random";
import {arithmetic, type Precision} from "./precision";

/** Accepts tensors [B, ...grid, C]. */
const cells = tensorFrom(3);

const T = attr.type("T", "float32");

const last = (x: tf.Tensor) => x.shape[x.rank - 1];

/** Rows below which a product only reads its weights, which TensorFlow does as fast. */
const FEWEST = 16;

/** Make the map of rows $x W^T$, or $x W^T + b$, with products in a number format; x [N, in], W [out, in], b [out]. */
const rowsMap = remembered((precision: Precision, hasBias: boolean) => {
  const format = arithmetic(precision);
  const product = (a: tf.Tensor, b: tf.Tensor, transposeA = false, transposeB = false) => {
    const attrs = [format.type("T"), attr.bool("transpose_a", transposeA), attr.bool("transpose_b", transposeB)];
    return format.toFloat32(format.run("MatMul", [a, b], attrs));
  };
  const isOnePass = (rows: tf.Tensor) => precision === "float32" && isFused() && rows.shape[0] >= FEWEST;
  return differentiable({
    forward: (x, w, b) => {
      if (isOnePass(x)) return [rawOp("LolaAffine", [x, w, hasBias ? b : tf.zeros([0])]), x, w];
      const [rows, weight] = [format.from(x), format.from(w)];
      const y = product(rows, weight, false, true);
      return [hasBias ? rawOp("BiasAdd", [y, b], [T]) : y, rows, weight];
    },
    backward: (dy, x, w) => {
      const sum = () => (isFused() ? rawOp("LolaColumnSums", [dy]) : rawOp("BiasAddGrad", [dy], [T]));
      const dx = isOnePass(dy) ? rawOp("LolaAffine", [dy, w.transpose(), tf.zeros([0])]) : product(format.from(dy), w);
      return [dx, () => product(format.from(dy), x, true), ...(hasBias ? [sum] : [])];
    },
    tangents: [
      (t, _x, w) => product(format.from(t), w, false, true),
      (t, x) => product(x, format.from(t), false, true),
      (t, x) => tf.tile(t.reshape([1, -1]), [x.shape[0], 1]),
    ],
  });
});

/**
 * Map the last axis affinely, $x W^T + b$.
 *
 * @param x [..., in].
 * @param w [out, in].
 * @param b bias [out]; none by default.
 * @param precision number format of the products; x, w, b, the result and all gradients are float32. Default: "float32".
 * @returns [..., out].
 * @throws RangeError when the last axis of x has another size than w expects.
 */
export function affine(x: tf.Tensor, w: tf.Tensor, b?: tf.Tensor, precision: Precision = "float32"): tf.Tensor {
  const [outputs, inputs] = w.shape;
  if (last(x) !== inputs) {
    throw new RangeError(`affine: expected an input [..., ${inputs}], found [${x.shape.join(", ")}].`);
  }
  const rows = x.reshape([-1, inputs]) as tf.Tensor2D;
  const map = rowsMap(precision, b !== undefined);
  return map(rows, w, ...(b ? [b] : [])).reshape([...x.shape.slice(0, -1), outputs]);
}

/** Make an operation of one input whose Jacobian is symmetric: its tangent is its gradient. */
function symmetric(forward: Differentiable["forward"], derivative: Tangent): (x: tf.Tensor) => tf.Tensor {
  return differentiable({
    forward,
    backward: (dy, ...saved) => [derivative(dy, ...saved)],
    tangents: [derivative],
  });
}

/**
 * Apply the sigmoid linear unit, $x \, \sigma(x)$, with the derivative $\sigma + x \sigma (1 - \sigma)$. Its value is one operation of
 * TensorFlow, too: as the gradient of softplus it knows $g \, \sigma(x)$. It is {@link quick}.
 */
export const silu = quick(
  symmetric(
    (x) => [isFused() ? rawOp("LolaSilu", [x]) : rawOp("SoftplusGrad", [x, x], [T]), x],
    (dy, x) => {
      if (isFused()) return rawOp("LolaSiluGrad", [dy, x]);
      const sigmoid = rawOp("Sigmoid", [x], [T]);
      return dy.mul(rawOp("SigmoidGrad", [sigmoid, x], [T]).add(sigmoid));
    },
  ),
);

export interface NormOptions {
  /** Added to the mean square before its root. Default: 1e-5. */
  eps?: number;
}

/** Which norm of the last axis, of C numbers. */
interface NormKind {
  /** Added to the mean square before its root. */
  readonly eps: number;
  /** Whether rows are centred first. */
  readonly centred: boolean;
  /** The mean square is divided by C less this. */
  readonly correction: 0 | 1;
}

const normOf = remembered(({eps, centred, correction}: NormKind) => {
  const attrs = [attr.float("eps", eps), attr.bool("centred", centred), attr.int("correction", correction)];
  return symmetric(
    (x) => {
      if (isFused()) {
        const [y, scale] = rawOps("LolaNorm", [x], attrs, 2); // scale: the factor of each row [..., 1]
        return [y, y, scale];
      }
      const moved = centred ? x.sub(x.mean(-1, true)) : x;
      const scale = meanSquare(moved, last(x) - correction)
        .add(eps)
        .rsqrt();
      const y = moved.mul(scale);
      return [y, y, scale];
    },
    (dy, y, scale) => {
      if (isFused()) return rawOp("LolaNormGrad", [dy, y, scale], attrs);
      const along = dy
        .mul(y)
        .sum(-1, true)
        .mul(1 / (last(y) - correction));
      const across = dy.sub(y.mul(along));
      return (centred ? across.sub(dy.mean(-1, true)) : across).mul(scale); // y has mean 0: only dy's mean is to be removed
    },
  );
});

/** Compute $\sum x^2 / n$ over the last axis, which stays with size 1. */
function meanSquare(x: tf.Tensor, n: number): tf.Tensor {
  const attrs = [T, attr.type("Tidx", "int32"), attr.bool("keep_dims", true)];
  return rawOp("EuclideanNorm", [x, tf.tensor1d([x.rank - 1], "int32")], attrs)
    .square()
    .mul(1 / n);
}

/**
 * Normalise the last axis, $(x - \langle x \rangle) / \sqrt{\operatorname{var} x + \epsilon}$.
 *
 * @param unbiased divide by C - 1 in the variance, as the official autoencoder does, not its transformer. Default: false.
 */
export function layerNorm(
  x: tf.Tensor,
  {eps = 1e-5, unbiased = false}: NormOptions & {unbiased?: boolean} = {},
): tf.Tensor {
  return normOf({eps, centred: true, correction: unbiased ? 1 : 0})(x);
}

/** Scale the last axis to unit mean square, $x / \sqrt{\langle x^2 \rangle + \epsilon}$. */
export function rmsNorm(x: tf.Tensor, {eps = 1e-5}: NormOptions = {}): tf.Tensor {
  return normOf({eps, centred: false, correction: 0})(x);
}

/** Make the gated sum of a number of terms as one operation; inputs: values, gates and perhaps a shift. */
const gatedSumOf = remembered((count: number, hasShift: boolean) => {
  const timesInput = (i: number): Tangent => {
    return (t, ...inputs) => t.mul(inputs[i]);
  };
  return differentiable({
    forward: (...inputs) => {
      const all = hasShift ? inputs : [...inputs, tf.zeros([0])]; // a shift of no numbers is none
      return [rawOp("LolaGatedSum", all, [attr.int("N", count)]), ...inputs];
    },
    backward: (dy, ...inputs) => {
      const [xs, gates] = [inputs.slice(0, count), inputs.slice(count, 2 * count)];
      const shared = (gate: tf.Tensor, sums: tf.Tensor) => (gate.shape[0] === 1 ? sums.sum(0, true) : sums);
      return [
        ...rawOps("LolaTimesGates", [dy, ...gates], [attr.int("N", count)], count),
        ...xs.map((x, i) => () => shared(gates[i], rawOp("LolaGateGrad", [dy, x]))),
        ...inputs.slice(2 * count).map((shift) => () => shared(shift, dy.sum(1, true))),
      ];
    },
    tangents: [
      ...range(count, count).map(timesInput),
      ...range(count, 0).map(timesInput),
      ...(hasShift ? [(t: tf.Tensor, x: tf.Tensor) => t.add(tf.zerosLike(x))] : []),
    ],
  });
});

/**
 * Sum values times gates, $\sum_i g_i x_i + s$.
 *
 * @param terms values [B, L, C], each with a gate [B or 1, 1, C].
 * @param shift $s$, [B or 1, 1, C]. Default: none.
 * @returns [B, L, C].
 */
export function gatedSum(terms: readonly (readonly [x: tf.Tensor, gate: tf.Tensor])[], shift?: tf.Tensor): tf.Tensor {
  const [xs, gates] = [terms.map(([x]) => x), terms.map(([, gate]) => gate)];
  if (!isFused()) {
    const sum = terms.map(([x, gate]) => x.mul(gate)).reduce((a, b) => a.add(b));
    return shift ? sum.add(shift) : sum;
  }
  const sum = gatedSumOf(terms.length, shift !== undefined);
  return sum(...xs, ...gates, ...(shift ? [shift] : []));
}

/** Names of the saturating functions that bound a latent (paper, section 3.2). */
export type Saturation = "softclip" | "softclip2" | "tanh" | "arcsinh" | "rmsnorm";

const BOUND = 5;

const saturations: Record<Saturation, (x: tf.Tensor) => tf.Tensor> = {
  softclip: (x) => x.div(x.abs().div(BOUND).add(1)),
  softclip2: (x) => x.mul(x.div(BOUND).square().add(1).rsqrt()),
  tanh: (x) => x.div(BOUND).tanh().mul(BOUND),
  arcsinh: (x) => x.asinh(),
  rmsnorm: (x) => rmsNorm(x),
};

export const saturationNames = Object.keys(saturations) as Saturation[];

/**
 * Bound a latent: softclip $x / (1 + |x| / B)$, softclip2 $x / \sqrt{1 + (x / B)^2}$, tanh $B \tanh(x / B)$ with $B = 5$,
 * arcsinh $\operatorname{arcsinh} x$, or rmsnorm over channels (paper, section 3.2).
 *
 * @throws RangeError for another name.
 */
export function saturate(x: tf.Tensor, saturation: Saturation): tf.Tensor {
  checkParts("saturate", {x: tensorFrom(0), saturation: oneOf(saturationNames)}, {x, saturation});
  return saturations[saturation](x);
}

/**
 * Zero entries with probability `rate` and scale the others by $1 / (1 - \text{rate})$.
 *
 * @param random source of the mask. By default nothing is dropped (evaluation).
 */
export function dropout(x: tf.Tensor, rate: number, random?: Random): tf.Tensor {
  if (!random || rate === 0) return x;
  const mask = random.uniform(x.shape).greaterEqual(rate).cast("float32");
  return x.mul(mask.mul(1 / (1 - rate)));
}

/**
 * Move each patch of the grid into channels, ordered (C, ...patch): [B, ...grid, C] to [B, ...grid / patch, C * patch].
 *
 * @param patch size of a patch along each axis of the grid.
 * @throws RangeError when the patch does not divide the grid.
 */
export function spaceToDepth(x: tf.Tensor, patch: readonly number[]): tf.Tensor {
  const grid = x.shape.slice(1, -1);
  if (patch.length !== grid.length || patch.some((size, i) => grid[i] % size !== 0)) {
    throw new RangeError(
      `spaceToDepth: expected a grid that patches of ${patch.join(" x ")} divide, found ${grid.join(" x ")}.`,
    );
  }
  if (patch.every((size) => size === 1)) return x;

  const coarse = grid.map((size, i) => size / patch[i]);
  const split = coarse.flatMap((size, i) => [size, patch[i]]);
  const n = grid.length;
  const order = [0, ...range(n, 1, 2), 2 * n + 1, ...range(n, 2, 2)];
  return x
    .reshape([x.shape[0], ...split, last(x)])
    .transpose(order)
    .reshape([x.shape[0], ...coarse, last(x) * sizeOf(patch)]);
}

/**
 * Undo {@link spaceToDepth}: [B, ...grid, C * patch] to [B, ...grid * patch, C].
 *
 * @throws RangeError when the channels are not a multiple of the patch.
 */
export function depthToSpace(x: tf.Tensor, patch: readonly number[]): tf.Tensor {
  const grid = x.shape.slice(1, -1);
  if (patch.length !== grid.length || last(x) % sizeOf(patch) !== 0) {
    throw new RangeError(
      `depthToSpace: expected ${patch.length} axes and a multiple of ${sizeOf(patch)} channels, ` +
        `found [${x.shape.join(", ")}].`,
    );
  }
  if (patch.every((size) => size === 1)) return x;

  const n = grid.length;
  const order = [0, ...range(n, 1).flatMap((axis, i) => [axis, n + 2 + i]), n + 1];
  return x
    .reshape([x.shape[0], ...grid, last(x) / sizeOf(patch), ...patch])
    .transpose(order)
    .reshape([x.shape[0], ...grid.map((size, i) => size * patch[i]), last(x) / sizeOf(patch)]);
}

/**
 * Average over blocks of the last axes of the grid: [B, ..., ...grid, C] to [B, ..., ...grid / block, C].
 *
 * @param block size of a block along each of the last axes before the channels.
 * @throws RangeError when the blocks do not divide the grid.
 */
export function blockMeans(x: tf.Tensor, block: readonly number[]): tf.Tensor {
  checkParts("blockMeans", {x: cells, block: gridRule}, {x, block});
  const first = x.rank - 1 - block.length;
  if (first < 1 || block.some((size, i) => x.shape[first + i] % size !== 0)) {
    throw new RangeError(
      `blockMeans: expected axes that blocks of ${block.join(" x ")} divide, found [${x.shape.join(", ")}].`,
    );
  }
  return block.reduce((y: tf.Tensor, size, i) => {
    const {shape} = y;
    const axis = first + i;
    const coarse = [...shape.slice(0, axis), shape[axis] / size, ...shape.slice(axis + 1)];
    return y
      .reshape([-1, size, sizeOf(shape.slice(axis + 1))])
      .mean(1)
      .reshape(coarse);
  }, x);
}

function range(length: number, start: number, step = 1): number[] {
  return Array.from({length}, (_, i) => start + step * i);
}
