/**
 * Reconstruction losses of autoencoders.
 *
 * Fields differ in scale and roughness, so each field's error counts relative to its own variance (paper, Eq. 14). The
 * paper's text takes the variance-normalised error without a root (VMSE), the official configuration with it (VRMSE).
 */
import {checkOptions, checkParts, number, oneOf, sizeOf} from "@lola-ts/core";
import {tf, tensorFrom} from "@lola-ts/engine";
import type {Variance} from "../nn/linear";

/**
 * "vmse": Eq. 14 of the paper; "vrmse": with its root; "mse", "mae": plain mean square and absolute errors;
 * "similarity": mean cosine between the latents of different samples, a penalty for latents that are all alike.
 */
export type LossKind = "vrmse" | "vmse" | "mse" | "mae" | "similarity";

/** One loss, or the weights of several that are added. */
export type LossMixture = LossKind | Readonly<Partial<Record<LossKind, number>>>;

export interface LossOptions {
  /** Variance of $u$: "unbiased", as in the official code, or "population", as Eq. 14 is printed. Default: "unbiased". */
  variance?: Variance;
  /** Latents [B, ...]: required by "similarity". */
  latents?: tf.Tensor;
}

/** Added to variances, which may vanish (paper, Eq. 14). */
const EPSILON = 1e-2;

/** Compute $\langle (u - v)^2 \rangle / (\operatorname{var} u + \epsilon)$ per sample and field, [B, C]. */
function normalisedError(u: tf.Tensor, v: tf.Tensor, kind: Variance): tf.Tensor {
  const axes = Array.from({length: u.rank - 2}, (_, i) => i + 1);
  const cells = sizeOf(u.shape.slice(1, -1));
  const variance = u
    .sub(u.mean(axes, true))
    .square()
    .sum(axes)
    .div(kind === "unbiased" ? cells - 1 : cells);
  return u.sub(v).square().mean(axes).div(variance.add(EPSILON));
}

/** Average the cosines between different rows; the lower bound of the norms is PyTorch's. */
function similarity(z?: tf.Tensor): tf.Tensor {
  const batch = z?.shape[0] ?? 0;
  if (!z || batch < 2)
    throw new RangeError("reconstructionLoss: expected latents of 2 or more samples for the similarity, found fewer.");
  const rows = z.reshape([batch, -1]);
  const unit = rows.div(rows.square().sum(1, true).sqrt().maximum(1e-8));
  const cosines = unit.sum(0).square().sum().sub(unit.square().sum()); // both orders of every pair
  return cosines.div(batch * (batch - 1));
}

const states = tensorFrom(3);

const losses: Record<LossKind, (u: tf.Tensor, v: tf.Tensor, options: LossOptions) => tf.Tensor> = {
  vrmse: (u, v, {variance = "unbiased"}) => normalisedError(u, v, variance).sqrt().mean(),
  vmse: (u, v, {variance = "unbiased"}) => normalisedError(u, v, variance).mean(),
  mse: (u, v) => u.sub(v).square().mean(),
  mae: (u, v) => u.sub(v).abs().mean(),
  similarity: (_u, _v, {latents}) => similarity(latents),
};

export const lossNames = Object.keys(losses) as LossKind[];

/**
 * Compute the loss of a reconstruction, averaged over samples and fields.
 *
 * @param u state [B, ...grid, C].
 * @param v reconstruction of the same shape.
 * @param mixture one loss, or the weights of several. Default: "vrmse".
 * @throws RangeError when shapes differ, no loss is named, or latents are needed and missing.
 */
export function reconstructionLoss(
  u: tf.Tensor,
  v: tf.Tensor,
  mixture: LossMixture = "vrmse",
  options: LossOptions = {},
): tf.Scalar {
  checkParts("reconstructionLoss", {u: states, v: states}, {u, v});
  checkOptions("reconstructionLoss", oneOf(["unbiased", "population"]), options.variance ?? "unbiased", "variance");
  if (u.shape.join() !== v.shape.join()) {
    throw new RangeError(
      `reconstructionLoss: expected a reconstruction [${u.shape.join(", ")}], found [${v.shape.join(", ")}].`,
    );
  }
  const weights = typeof mixture === "string" ? {[mixture]: 1} : mixture;
  const terms = Object.entries(weights).map(([kind, weight]) => {
    if (!(kind in losses)) {
      throw new RangeError(`reconstructionLoss: expected ${Object.keys(losses).join(", ")}, found "${kind}".`);
    }
    checkOptions("reconstructionLoss", number(), weight, kind);
    return losses[kind as LossKind](u, v, options).mul(weight);
  });
  if (terms.length === 0) throw new RangeError("reconstructionLoss: expected at least one weighted loss, found none.");
  return tf.addN(terms) as tf.Scalar;
}
