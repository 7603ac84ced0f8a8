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
 * Compute the two-sided p-value $P(|T| \ge |t|)$ of Student's t distribution. With $\varphi = \arctan(\sqrt\nu / |t|)$ it is
 *
 * $$ \int_0^\varphi \sin^{\nu - 1} u \, du \Big/ \int_0^{\pi/2} \sin^{\nu - 1} u \, du, $$
 *
 * so that small p-values keep their digits.
 *
 * @param freedom degrees of freedom ν, also between whole numbers; NaN is returned for less than 1.
 */
export function studentP(t: number, freedom: number): number {
  if (Number.isNaN(t) || freedom < 1) return NaN;
  if (t === 0) return 1;
  return sinePower(Math.atan(Math.sqrt(freedom) / Math.abs(t)), freedom) / sinePower(Math.PI / 2, freedom);
}

/** Integrate $\sin^{\nu - 1}$ from 0 to an angle, by the tanh-sinh rule. */
function sinePower(angle: number, freedom: number): number {
  const step = 1 / 32;
  let sum = 0;
  for (let x = -5; x <= 5; x += step) {
    const e = Math.exp(-Math.PI * Math.sinh(x));
    const place = 1 / (1 + e);
    sum += Math.sin(angle * place) ** (freedom - 1) * Math.PI * Math.cosh(x) * e * place * place;
  }
  return step * angle * sum;
}
