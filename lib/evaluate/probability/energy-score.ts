/**
 * How good is a distribution as a forecast of a whole field? (Gneiting & Raftery, 2007)
 *
 * The energy score is the continuous ranked probability score with fields in place of numbers: distances are taken
 * between whole fields, so that the members' structure in space counts, which a score point by point does not see.
 */
import {ensembleSize} from "../ensemble";
import type {Values} from "../pointwise";
import {memberDistances, type MemberDistances} from "./member-distances";

/**
 * Compute the fair energy score of an ensemble,
 *
 * $$ \tfrac{1}{K} \sum_k \| x_k - y \| - \tfrac{1}{2 K (K - 1)} \sum_{j, k} \| x_j - x_k \|, \qquad
 *   \| x \|^2 = \langle x^2 \rangle. $$
 *
 * The norm is a root *mean* square, so that the score is in the units of the field and that of one member is its RMSE.
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
