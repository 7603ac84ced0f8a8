/**
 * Point-wise errors between a true field $u$ and a forecast $v$ (paper, section 3.5.1), each over one field at one
 * time.
 *
 * Dividing by the variance and not by the mean square keeps errors in non-negative fields (density, pressure) visible:
 * predicting the spatial mean costs about 1, whatever the mean is.
 */

import type * as z from "zod";
import {checkOptions, row, rowOf, number, oneOf, optional, section, where} from "@lola-ts/core";

/** The values of one field at one time, in any order that both fields share. */
export type Values = ArrayLike<number>;

const kinds = oneOf(["unbiased", "population"]);
const nrmseRule = section({
  /** Added to the denominator, $\epsilon$ of Eq. 9. Default: 1e-6. */
  epsilon: optional(number({min: 0})),
});

export interface NormalisedOptions extends z.infer<typeof nrmseRule> {}

/** Rule of the options of {@link vrmse}. */
export const vrmseRule = section({
  ...nrmseRule.shape,
  /**
   * Variance of $u$ over $N$ points: "unbiased" divides by $N - 1$ (official code), "population" by $N$ (Eq. 9 as
   * printed). The results differ by a factor $\sqrt{1 - 1/N}$. Default: "unbiased".
   */
  variance: optional(kinds),
});

export interface VrmseOptions extends z.infer<typeof vrmseRule> {}

/** Fields that have a variance. */
const varied = {
  unbiased: where(row, "a row of 2 numbers or more", ({length}: Values) => length > 1),
  population: row,
};

function checkFields(where: string, u: Values, v: Values): void {
  checkOptions(where, row, u, "u");
  checkOptions(where, rowOf(u.length), v, "v");
}

/** Compute the spatial mean $\langle u \rangle$. */
export function mean(u: Values): number {
  let sum = 0;
  for (let i = 0; i < u.length; i++) sum += u[i];
  return sum / u.length;
}

/** Compute the spatial mean of squares $\langle u^2 \rangle$. */
export function meanSquare(u: Values): number {
  let sum = 0;
  for (let i = 0; i < u.length; i++) sum += u[i] * u[i];
  return sum / u.length;
}

/**
 * Compute the variance of a field, unbiased by default; see {@link VrmseOptions}.
 *
 * @throws RangeError for a single value, whose unbiased variance is undefined.
 */
export function variance(u: Values, kind: VrmseOptions["variance"] = "unbiased"): number {
  checkOptions("variance", kinds, kind, "kind");
  checkOptions("variance", varied[kind], u, "u");
  const centre = mean(u);
  let sum = 0;
  for (let i = 0; i < u.length; i++) sum += (u[i] - centre) ** 2;
  return sum / (kind === "unbiased" ? u.length - 1 : u.length);
}

/** Compute the mean squared error $\langle (u - v)^2 \rangle$ of fields of one size. */
function mse(u: Values, v: Values): number {
  let sum = 0;
  for (let i = 0; i < u.length; i++) sum += (u[i] - v[i]) ** 2;
  return sum / u.length;
}

/**
 * Compute the root mean squared error $\sqrt{\langle (u - v)^2 \rangle}$: the skill, if $v$ is an ensemble's mean.
 *
 * @throws RangeError if the fields differ in size.
 */
export function rmse(u: Values, v: Values): number {
  checkFields("rmse", u, v);
  return Math.sqrt(mse(u, v));
}

/**
 * Compute the normalised RMSE, $\sqrt{\langle (u - v)^2 \rangle / (\langle u^2 \rangle + \epsilon)}$.
 *
 * @throws RangeError if the fields differ in size, `epsilon` is negative, or an option is unknown.
 */
export function nrmse(u: Values, v: Values, options: NormalisedOptions = {}): number {
  checkFields("nrmse", u, v);
  checkOptions("nrmse", nrmseRule, options);
  const {epsilon = 1e-6} = options;
  return Math.sqrt(mse(u, v) / (meanSquare(u) + epsilon));
}

/**
 * Compute the variance-normalised RMSE (paper, Eq. 9),
 *
 * $$ \operatorname{VRMSE}(u, v) = \sqrt{\frac{\langle (u - v)^2 \rangle}{\operatorname{var}(u) + \epsilon}}. $$
 *
 * For an ensemble, $v$ is its mean, as in the official evaluation; the training loss is another formula
 * (its $\epsilon$ is $10^{-2}$).
 *
 * @throws RangeError if the fields differ in size or have a single value, or for an option that is unknown or has a wrong value.
 */
export function vrmse(u: Values, v: Values, options: VrmseOptions = {}): number {
  checkFields("vrmse", u, v);
  checkOptions("vrmse", vrmseRule, options);
  const {epsilon = 1e-6, variance: kind = "unbiased"} = options;
  checkOptions("vrmse", varied[kind], u, "u");
  return Math.sqrt(mse(u, v) / (variance(u, kind) + epsilon));
}

/**
 * Compute the relative error of the total, $1 - \sum v / \sum u$: for density, positive where mass is lost.
 *
 * @throws RangeError if the fields differ in size.
 */
export function massError(u: Values, v: Values): number {
  checkFields("massError", u, v);
  return 1 - mean(v) / mean(u);
}

/**
 * Compute the correlation of two fields without removing their means, $\langle u v \rangle / \sqrt{\langle u^2 \rangle
 * \langle v^2 \rangle}$: 1 for fields that are positive multiples of each other.
 *
 * @throws RangeError if the fields differ in size.
 */
export function correlation(u: Values, v: Values): number {
  checkFields("correlation", u, v);
  let sum = 0;
  for (let i = 0; i < u.length; i++) sum += u[i] * v[i];
  return sum / u.length / Math.sqrt(meanSquare(u) * meanSquare(v));
}
