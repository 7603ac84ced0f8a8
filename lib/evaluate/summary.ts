/** Summaries of independent samples: mean or median with its standard error; moments of many values. */
import {checkOptions, oneOf} from "@lola-ts/core";

const statisticRule = oneOf(["mean", "median"]);

/**
 * Compute the mean or median; NaN as soon as one value is NaN, so that a diverged forecast stays visible.
 *
 * @throws RangeError for another statistic.
 */
export function central(values: readonly number[], statistic: "mean" | "median"): number {
  checkOptions("central", statisticRule, statistic, "statistic");
  if (values.length === 0 || values.some(Number.isNaN)) return NaN;
  if (statistic === "mean") return values.reduce((a, b) => a + b, 0) / values.length;
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Compute the quantile of the given share, between its two neighbours; NaN of no or of undefined values. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0 || values.some(Number.isNaN)) return NaN;
  const sorted = Float64Array.from(values).sort();
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (place - low) * (sorted[high] - sorted[low]);
}

/**
 * Estimate a number from independent samples, with its standard error by the jackknife,
 * $\sqrt{\tfrac{n - 1}{n} \sum_i (\theta_{-i} - \bar\theta)^2}$, where $\theta_{-i}$ is estimated without sample $i$; NaN for a
 * single one. For ratios of sums and other numbers that are no means of samples.
 */
export function jackknife<T>(
  samples: readonly T[],
  estimate: (some: readonly T[]) => number,
): {value: number; error: number} {
  const n = samples.length;
  const value = estimate(samples);
  if (n < 2) return {value, error: NaN};
  const {error} = summary(samples.map((_, i) => estimate(samples.filter((__, j) => j !== i))));
  return {value, error: (n - 1) * error};
}

/**
 * Compute value and standard error of independent samples: $s / \sqrt n$ for the mean; for the median $\sqrt{\pi / 2}$ times
 * that, with $s$ from the median absolute deviation (normal approximation, robust to outliers).
 */
export function summary(
  samples: readonly number[],
  statistic: "mean" | "median" = "mean",
): {value: number; error: number} {
  const value = central(samples, statistic);
  const n = samples.length;
  if (n < 2) return {value, error: NaN};
  if (statistic === "median") {
    const deviation =
      1.4826 *
      central(
        samples.map((sample) => Math.abs(sample - value)),
        "median",
      );
    return {value, error: (Math.sqrt(Math.PI / 2) * deviation) / Math.sqrt(n)};
  }
  const squares = samples.reduce((sum, sample) => sum + (sample - value) ** 2, 0);
  return {value, error: Math.sqrt(squares / (n - 1) / n)};
}

/** Moments of many values, which say how far a distribution is from a unit Gaussian: 0, 1, 3, and nothing far out. */

export const momentNames = ["mean", "deviation", "kurtosis", "largest"] as const;
export type MomentName = (typeof momentNames)[number];

/**
 * Compute the moments of values, all of them pooled: mean, standard deviation, kurtosis
 * $\langle (z - \bar z)^4 \rangle / \langle (z - \bar z)^2 \rangle^2$, and the largest modulus. NaN of no values.
 */
export function valueMoments(values: ArrayLike<number>): Record<MomentName, number> {
  const {length} = values;
  const average = (f: (value: number) => number) => {
    let sum = 0;
    for (let i = 0; i < length; i++) sum += f(values[i]);
    return sum / length;
  };
  const mean = average((value) => value);
  const variance = average((value) => (value - mean) ** 2);
  const fourth = average((value) => (value - mean) ** 4);
  let largest = length > 0 ? 0 : NaN;
  for (let i = 0; i < length; i++) largest = Math.max(largest, Math.abs(values[i]));
  return {mean, deviation: Math.sqrt(variance), kurtosis: fourth / variance ** 2, largest};
}
