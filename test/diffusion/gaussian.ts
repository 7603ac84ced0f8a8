/** A distribution with an exact denoiser. */
import type {Denoiser} from "../../lib/diffusion/posterior";
import type {Schedule} from "../../lib/diffusion/noise-schedule";
import {tf} from "@lola-ts/engine";

/** The denoiser of $\mathcal{N}(m, \operatorname{diag} v)$, $m + \alpha v (x_t - \alpha m) / (\alpha^2 v + \sigma^2)$. */
export function gaussian(schedule: Schedule, m: tf.Tensor, v: tf.Tensor): Denoiser {
  return {
    schedule,
    denoise: (xt, t) => {
      const {alpha, sigma} = schedule(t as number);
      const gain = v.mul(alpha).div(v.mul(alpha ** 2).add(sigma ** 2));
      return {mean: xt.sub(m.mul(alpha)).mul(gain).add(m), variance: tf.scalar(sigma ** 2 / (alpha ** 2 + sigma ** 2))};
    },
  };
}

/** Mean and variance of a sample over its first axis, in double precision. */
export function moments(sample: tf.Tensor): {mean: Float64Array; variance: Float64Array} {
  const count = sample.shape[0];
  const size = sample.size / sample.shape[0];
  const values = sample.dataSync();
  const mean = new Float64Array(size);
  const variance = new Float64Array(size);
  values.forEach((value, i) => (mean[i % size] += value / count));
  values.forEach((value, i) => (variance[i % size] += (value - mean[i % size]) ** 2 / (count - 1)));
  return {mean, variance};
}
