/** Moments of many values, which say how far a distribution is from a unit Gaussian: 0, 1, 3, and nothing far out. */

/** Names of the moments. */
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
