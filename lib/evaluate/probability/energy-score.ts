/**
 * How good is a distribution as a forecast of a whole field? (Gneiting & Raftery, 2007)
 *
 * The energy score is the continuous ranked probability score with fields in place of numbers: distances are taken
 * between whole fields, so that the members' structure in space counts, which a score point by point does not see.
 */
import {ensembleSize} from "../ensemble";
import type {Values} from "../pointwise";

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
  const K = ensembleSize("energyScore", u, members);
  let error = 0;
  let pairs = 0;
  for (let k = 0; k < K; k++) {
    error += distance(members[k], u);
    for (let j = 0; j < k; j++) pairs += distance(members[k], members[j]);
  }
  return error / K - (K < 2 ? 0 : pairs / (K * (K - 1)));
}

function distance(a: Values, b: Values): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return Math.sqrt(sum / a.length);
}
