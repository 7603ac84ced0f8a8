/**
 * Distributions of the diffusion times at which a denoiser is trained. The paper does not name one; the official code draws
 * uniformly. The logit-normal distribution spends more training on middle noise levels, where denoising is hardest.
 *
 * @see Esser et al., "Scaling Rectified Flow Transformers for High-Resolution Image Synthesis", 2024, arXiv:2403.03206
 */
import type {tf, Random} from "@lola-ts/engine";

/** Distribution of diffusion times on $[0, 1]$, as plain data. */
export type TimeDistribution =
  | {
      /** $t \sim \mathcal{U}(a, b)$. */
      readonly kind: "uniform";
      /** Lower bound $a \ge 0$. Default: 0. */
      readonly min?: number;
      /** Upper bound $b \le 1$. Default: 1. */
      readonly max?: number;
    }
  | {
      /** $t = 1 / (1 + e^{-u})$ with $u \sim \mathcal{N}(m, s^2)$. */
      readonly kind: "logit-normal";
      /** Mean $m$ of the logit. Default: 0. */
      readonly mean?: number;
      /** Standard deviation $s$ of the logit. Default: 1. */
      readonly deviation?: number;
    };

/**
 * Draw a diffusion time for each sample of a batch; recordable.
 *
 * @param distribution uniform on [0, 1] by default.
 * @returns times $[B]$ in $[0, 1]$.
 * @throws RangeError for an unknown kind, an interval outside of [0, 1], a mean that is not finite or a deviation that is not positive.
 */
export function drawTimes(
  random: Random,
  batch: number,
  distribution: TimeDistribution = {kind: "uniform"},
): tf.Tensor {
  switch (distribution.kind) {
    case "uniform": {
      const {min = 0, max = 1} = distribution;
      if (!(0 <= min && min < max && max <= 1)) {
        throw new RangeError(`training times: expected 0 <= min < max <= 1, found ${min} and ${max}.`);
      }
      return random.uniform([batch], min, max);
    }
    case "logit-normal": {
      const {mean = 0, deviation = 1} = distribution;
      if (!(Number.isFinite(mean) && Number.isFinite(deviation) && deviation > 0)) {
        throw new RangeError(
          `training times: expected a finite mean and a deviation above 0, found ${mean} and ${deviation}.`,
        );
      }
      return random.normal([batch]).mul(deviation).add(mean).sigmoid();
    }
    default: {
      const {kind} = distribution as {kind: unknown};
      throw new RangeError(`training times: expected the kind uniform or logit-normal, found ${String(kind)}.`);
    }
  }
}
