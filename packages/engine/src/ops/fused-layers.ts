/** Parts of networks as single operations, see `isFused`: values and gradients. */
import {attr, rawOp, rawOps, tf} from "../backend";

/** Compute $x \, \sigma(x)$. */
export const fusedSilu = (x: tf.Tensor): tf.Tensor => rawOp("LolaSilu", [x]);

/** Compute the gradient of {@link fusedSilu}. */
export const fusedSiluGrad = (dy: tf.Tensor, x: tf.Tensor): tf.Tensor => rawOp("LolaSiluGrad", [dy, x]);

/** Which norm of the last axis, of C numbers. */
export interface NormKind {
  /** Added to the mean square before its root. */
  readonly eps: number;
  /** Whether rows are centred first. */
  readonly centred: boolean;
  /** The mean square is divided by C less this. */
  readonly correction: 0 | 1;
}

const normAttributes = ({eps, centred, correction}: NormKind) => [
  attr.float("eps", eps),
  attr.bool("centred", centred),
  attr.int("correction", correction),
];

/** Normalise rows. @returns the value, and the factor of each row [..., 1]. */
export const fusedNorm = (x: tf.Tensor, kind: NormKind): tf.Tensor[] =>
  rawOps("LolaNorm", [x], normAttributes(kind), 2);

/** Compute the gradient of {@link fusedNorm} from its results. */
export const fusedNormGrad = (dy: tf.Tensor, y: tf.Tensor, factors: tf.Tensor, kind: NormKind): tf.Tensor =>
  rawOp("LolaNormGrad", [dy, y, factors], normAttributes(kind));

/**
 * Sum values times gates and add a shift.
 *
 * @param xs values [B, L, C].
 * @param gates one for each value, [B or 1, 1, C].
 * @param shift [B or 1, 1, C]. Default: none.
 */
export function fusedGatedSum(xs: readonly tf.Tensor[], gates: readonly tf.Tensor[], shift?: tf.Tensor): tf.Tensor {
  return rawOp("LolaGatedSum", [...xs, ...gates, shift ?? tf.zeros([0])], [attr.int("N", xs.length)]);
}

/** Multiply dy [B, L, C] by each of the gates: the gradients of a gated sum's values. */
export const fusedTimesGates = (dy: tf.Tensor, gates: readonly tf.Tensor[]): tf.Tensor[] =>
  rawOps("LolaTimesGates", [dy, ...gates], [attr.int("N", gates.length)], gates.length);

/** Sum products of dy and x, both [B, L, C], over L: the gradient of a gate, [B, 1, C]. */
export const fusedGateGrad = (dy: tf.Tensor, x: tf.Tensor): tf.Tensor => rawOp("LolaGateGrad", [dy, x]);

/** Multiply pairs of neighbours [..., L, D] by cosine + i sine, [L, D / 2] with any of the axes before. */
export const fusedRotate = (x: tf.Tensor, cosine: tf.Tensor, sine: tf.Tensor): tf.Tensor =>
  rawOp("LolaRotate", [x, cosine, sine]);

/** Compute the gradients of {@link fusedRotate} with respect to x and to the angle. */
export const fusedRotateGrad = (dy: tf.Tensor, y: tf.Tensor, cosine: tf.Tensor, sine: tf.Tensor): tf.Tensor[] =>
  rawOps("LolaRotateGrad", [dy, y, cosine, sine], [], 2);

/** Multiply rows, [..., C] and [..., C] to [..., 1]. */
export const fusedRowDot = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => rawOp("LolaRowDot", [a, b]);

/** Compute (x - shift) weight for x and weights [..., C] and shifts [..., 1]. */
export const fusedWeighDifference = (x: tf.Tensor, shifts: tf.Tensor, weights: tf.Tensor): tf.Tensor =>
  rawOp("LolaWeighDifference", [x, shifts, weights]);
