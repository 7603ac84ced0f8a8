/**
 * How good is a distribution as a forecast of a number, or of a whole field? (Gneiting & Raftery, 2007)
 *
 * The continuous ranked probability score of members $x_1 \dots x_K$ for a truth $y$ is the mean distance of a member to
 * the truth, less half the mean distance of two members. It is in the units of the field; of one forecast it is the
 * absolute error. The plain form takes the members for the whole distribution, which rewards an ensemble for being too
 * narrow; the fair one (Ferro, 2014) has the same expectation for every $K$.
 *
 * The energy score is the same with fields in place of numbers: distances are taken between whole fields, so that the members'
 * structure in space counts, which a score point by point does not see.
 */
import {checkOptions, loops, number, optional, section} from "@lola-ts/core";
import {ensembleSize} from "../ensemble";
import {together, type ScoreLoops} from "../loops";
import type {Values} from "../pointwise";

/** A distance of two fields in two norms, or a mean of such distances. */
export interface Distance {
  /** $\langle |a - b| \rangle$ over the points. */
  absolute: number;
  /** $\sqrt{\langle (a - b)^2 \rangle}$. */
  square: number;
}

/** Mean distances of an ensemble. */
export interface MemberDistances {
  readonly members: number;
  /** Of a member to the truth. */
  readonly toTruth: Readonly<Distance>;
  /** Of two members; 0 where there is one. */
  readonly apart: Readonly<Distance>;
}

/** Measure all distances of an ensemble, K fields of as many points as the truth, in both norms in one pass. */
export function memberDistances(u: Values, members: readonly Values[]): MemberDistances {
  const K = members.length;
  const sums = new Float64Array(K * (K + 1));
  loops<ScoreLoops>().distances(together(u, members), K + 1, sums);
  const toTruth = {absolute: 0, square: 0};
  const apart = {absolute: 0, square: 0};
  for (let k = 0, pair = 0; k < K; k++) {
    for (let j = -1; j < k; j++, pair += 2) {
      const sum = j < 0 ? toTruth : apart;
      sum.absolute += sums[pair] / u.length;
      sum.square += Math.sqrt(sums[pair + 1] / u.length);
    }
  }
  return {members: K, toTruth: over(toTruth, K), apart: over(apart, Math.max(1, (K * (K - 1)) / 2))};
}

const over = ({absolute, square}: Distance, count: number) => ({absolute: absolute / count, square: square / count});

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

/**
 * Compute the fair energy score of an ensemble,
 *
 * $$ \tfrac{1}{K} \sum_k \| x_k - y \| - \tfrac{1}{2 K (K - 1)} \sum_{j, k} \| x_j - x_k \|, \qquad
 *   \| x \|^2 = \langle x^2 \rangle. $$
 *
 * The norm is a root *mean* square, so that the score is in the units of the field, and the score of one member is its RMSE.
 *
 * @param u truth.
 * @param members K fields of as many points.
 * @throws RangeError if there is no member or sizes differ.
 */
export function energyScore(u: Values, members: readonly Values[]): number {
  ensembleSize("energyScore", u, members);
  return energyScoreOf(memberDistances(u, members));
}

/** Compute the score of {@link energyScore} from an ensemble's distances. */
export const energyScoreOf = ({toTruth, apart}: MemberDistances): number => toTruth.square - 0.5 * apart.square;
