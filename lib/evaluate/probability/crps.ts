/**
 * How good is a distribution as a forecast of a number? (Gneiting & Raftery, 2007)
 *
 * The continuous ranked probability score of members $x_1 \dots x_K$ for a truth $y$ is the mean distance of a member to
 * the truth, less half the mean distance of two members. It is in the units of the field; of one forecast it is the
 * absolute error. The plain form takes the members for the whole distribution, which rewards an ensemble for being too
 * narrow; the fair one (Ferro, 2014) has the same expectation for every $K$.
 */
import {checkOptions, number, optional, section} from "@lola-ts/core";
import {ensembleSize} from "../ensemble";
import type {Values} from "../pointwise";
import {memberDistances, type MemberDistances} from "./member-distances";

export interface CrpsOptions {
  /**
   * Share $\alpha$ of the fair form, in [0, 1]; the rest is the plain one. In a loss, 0.95 ("almost fair", Lang et al.,
   * 2024) avoids that a member beside the truth sets the others free. Default: 1.
   */
  alpha?: number;
}

const optionRules = section<CrpsOptions>({alpha: optional(number({min: 0, max: 1}))});

/**
 * Compute the continuous ranked probability score of an ensemble, averaged over the points of a field,
 *
 * $$ \Big\langle \tfrac{1}{K} \sum_k |x_k - y| - \tfrac{1}{2} \Big( \tfrac{\alpha}{K (K - 1)} + \tfrac{1 - \alpha}{K^2}
 *   \Big) \sum_{j, k} |x_j - x_k| \Big\rangle, $$
 *
 * which for one member is the mean absolute error.
 *
 * @param u truth.
 * @param members K fields of as many points.
 * @throws RangeError if there is no member, sizes differ, `alpha` is not in [0, 1], or an option is unknown.
 */
export function crps(u: Values, members: readonly Values[], options: CrpsOptions = {}): number {
  ensembleSize("crps", u, members);
  checkOptions("crps", optionRules, options);
  return crpsOf(memberDistances(u, members), options.alpha);
}

/** Compute the score of {@link crps} from an ensemble's distances. */
export function crpsOf({members: K, toTruth, apart}: MemberDistances, alpha = 1): number {
  return toTruth.absolute - 0.5 * (alpha + ((1 - alpha) * (K - 1)) / K) * apart.absolute;
}
