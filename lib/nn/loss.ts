/**
 * Reconstruction losses of autoencoders.
 *
 * Fields differ in scale and roughness, so each field's error counts relative to its own variance (paper, Eq. 14). The
 * paper's text takes the variance-normalised error without a root (VMSE), the official configuration with it (VRMSE).
 */
import {tf} from "../tensor/backend";

/** "vmse": Eq. 14 of the paper; "vrmse": with its root; "mse", "mae": plain mean square and absolute errors. */
export type LossKind = "vrmse" | "vmse" | "mse" | "mae";

/** One loss, or the weights of several that are added. */
export type LossMixture = LossKind | Readonly<Partial<Record<LossKind, number>>>;

/** Stabilises variances that vanish (paper, Eq. 14). */
const EPSILON = 1e-2;

/** $\langle (u - v)^2 \rangle / (\operatorname{var} u + \epsilon)$ per sample and field, with the unbiased variance. */
function normalisedError(u: tf.Tensor, v: tf.Tensor): tf.Tensor {
  const axes = Array.from({length: u.rank - 2}, (_, i) => i + 1);
  const cells = u.shape.slice(1, -1).reduce((product, size) => product * size, 1);
  const variance = u
    .sub(u.mean(axes, true))
    .square()
    .sum(axes)
    .div(cells - 1);
  return u.sub(v).square().mean(axes).div(variance.add(EPSILON));
}

const losses: Record<LossKind, (u: tf.Tensor, v: tf.Tensor) => tf.Tensor> = {
  vrmse: (u, v) => normalisedError(u, v).sqrt().mean(),
  vmse: (u, v) => normalisedError(u, v).mean(),
  mse: (u, v) => u.sub(v).square().mean(),
  mae: (u, v) => u.sub(v).abs().mean(),
};

/**
 * Compare a reconstruction with its state, averaged over samples and fields.
 *
 * @param u state [B, ...grid, C].
 * @param v reconstruction of the same shape.
 * @throws RangeError when shapes differ or no loss is named.
 */
export function reconstructionLoss(u: tf.Tensor, v: tf.Tensor, mixture: LossMixture = "vrmse"): tf.Scalar {
  if (u.shape.join() !== v.shape.join()) {
    throw new RangeError(`loss: expected a reconstruction [${u.shape.join(", ")}], found [${v.shape.join(", ")}].`);
  }
  const weights = typeof mixture === "string" ? {[mixture]: 1} : mixture;
  const terms = Object.entries(weights).map(([kind, weight]) => {
    if (!(kind in losses)) {
      throw new RangeError(`loss: expected ${Object.keys(losses).join(", ")}, found "${kind}".`);
    }
    return losses[kind as LossKind](u, v).mul(weight);
  });
  if (terms.length === 0) throw new RangeError("loss: expected at least one weighted loss, found none.");
  return tf.addN(terms) as tf.Scalar;
}
