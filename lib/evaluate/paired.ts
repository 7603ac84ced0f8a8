/** Paired comparisons: is the difference of two methods on the same trajectories more than chance? */
import {summary} from "./summary";

/** A mean difference of paired samples. */
export interface PairedDifference {
  readonly value: number;
  /** Standard error of the mean difference; NaN for a single pair. */
  readonly error: number;
  /** Two-sided p-value of the paired t-test; NaN for a single pair. */
  readonly p: number;
}

/**
 * Subtract paired samples, and test whether their mean difference could be 0: $t = \bar d / (s_d / \sqrt n)$ with $n - 1$
 * degrees of freedom, if differences are normally distributed.
 *
 * @throws RangeError if there are not as many samples of one as of the other.
 */
export function pairedDifference(a: readonly number[], b: readonly number[]): PairedDifference {
  if (a.length !== b.length) {
    throw new RangeError(`pairedDifference: expected as many samples, found ${a.length} and ${b.length}.`);
  }
  const {value, error} = summary(a.map((sample, i) => sample - b[i]));
  return {value, error, p: value === 0 && error === 0 ? 1 : studentP(value / error, a.length - 1)};
}

/**
 * Compute the two-sided p-value $P(|T| \ge |t|)$ of Student's t distribution, by its finite series for whole degrees of
 * freedom (Abramowitz and Stegun, 26.7.3 and 26.7.4). The series without end is 1, so a small p-value is the sum of the terms
 * that follow, which keeps its digits where 1 minus the sum would lose them.
 *
 * @param freedom degrees of freedom; NaN is returned for less than 1.
 */
export function studentP(t: number, freedom: number): number {
  if (Number.isNaN(t) || freedom < 1) return NaN;
  if (!Number.isFinite(t)) return 0;
  const angle = Math.atan(Math.abs(t) / Math.sqrt(freedom));
  const sine = Math.sin(angle);
  const squaredCosine = freedom / (freedom + t * t);
  const odd = freedom % 2 === 1;
  let term = odd ? Math.sqrt(squaredCosine) : 1;
  let sum = 0;
  let k = odd ? 1 : 0;
  const next = () => {
    k += 2;
    term *= ((k - 1) / k) * squaredCosine;
  };
  for (; k < freedom; next()) sum += term;
  const within = odd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
  if (within < 0.9) return 1 - within;
  let rest = 0;
  for (; term > Number.EPSILON * rest; next()) rest += term;
  return (odd ? 2 / Math.PI : 1) * sine * rest;
}
