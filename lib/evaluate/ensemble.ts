/**
 * Is an ensemble's disagreement an honest measure of its error? (paper, section 3.5.3 and appendix A)
 *
 * The skill of $K$ members $v_k$ is the RMSE of their mean $\bar v$. If truth and members are exchangeable, the truth
 * is as far from $\bar v$ as one more member would be, so that $\operatorname{Skill} \approx \sqrt{(K + 1) / K}
 * \operatorname{Spread}$ (Eq. 13). The corrected spread here contains that factor, and a ratio of 1 means calibrated.
 */
import ndarray, {type NdArray} from "ndarray";
import {type StridedArray} from "../core/array";
import {stridesOf} from "../core/shape";
import {dense} from "./fields";
import {rmse, type Values} from "./pointwise";

export interface RatioOptions {
  /**
   * "paper" is $\operatorname{Spread} / \operatorname{Skill}$ with the corrected spread; "code" adds $10^{-3}$ to both,
   * as the official figures do, which keeps the ratio of a nearly exact forecast finite. Default: "paper".
   */
  ratio?: "paper" | "code";
}

/**
 * Compute the mean of an ensemble, point by point.
 *
 * @param out receives the result, so that loops can reuse it. Default: a new array.
 * @throws RangeError if there is no member or their sizes differ.
 */
export function ensembleMean(members: readonly Values[], out?: Float64Array): Float64Array {
  if (members.length === 0) throw new RangeError("ensembleMean: expected at least one member, found none");
  const size = members[0].length;
  const result = out ?? new Float64Array(size);
  result.fill(0);
  for (const member of members) {
    if (member.length !== size) {
      throw new RangeError(`ensembleMean: expected members of ${size} points, found one of ${member.length}`);
    }
    for (let i = 0; i < size; i++) result[i] += member[i];
  }
  for (let i = 0; i < size; i++) result[i] /= members.length;
  return result;
}

/**
 * Compute the corrected spread of an ensemble (Eq. 12 times the factor of Eq. 13),
 *
 * $$ \sqrt{\tfrac{K + 1}{K}} \operatorname{Spread}
 *   = \sqrt{\tfrac{K + 1}{K - 1} \big\langle \tfrac{1}{K} \textstyle\sum_k (v_k - \bar v)^2 \big\rangle}, $$
 *
 * and 0 for a single member, whose spread is undefined.
 *
 * @param mean the ensemble's mean. Default: computed.
 */
export function spread(members: readonly Values[], mean: Values = ensembleMean(members)): number {
  const K = members.length;
  if (K < 2) return 0;
  let sum = 0;
  for (const member of members) {
    for (let i = 0; i < mean.length; i++) sum += (member[i] - mean[i]) ** 2;
  }
  return Math.sqrt(((K + 1) / (K - 1)) * (sum / (K * mean.length)));
}

/** Compute the skill, the RMSE of the ensemble's mean against the truth $u$ (Eq. 11); small is good. */
export function skill(u: Values, members: readonly Values[]): number {
  return rmse(u, ensembleMean(members));
}

/**
 * Divide a spread by a skill. The spread of {@link spread} contains the factor of Eq. 13 already, so that the ratio is
 * their quotient, without another factor; the "paper" form of a perfect forecast (0 / 0) is NaN.
 */
export function spreadSkillRatio(spread: number, skill: number, {ratio = "paper"}: RatioOptions = {}): number {
  return ratio === "paper" ? spread / skill : (spread + 1e-3) / (skill + 1e-3);
}

/**
 * Take one member out of an ensemble, as a view.
 *
 * @param ensemble [K, L, X, Y, C] or [K, L, X, Y, Z, C].
 * @returns [L, X, Y, C] or [L, X, Y, Z, C], of the ensemble's own memory.
 * @throws RangeError if there is no such member.
 */
export function ensembleMember(ensemble: StridedArray<Float32Array>, k: number): NdArray<Float32Array> {
  const {data, shape, stride = stridesOf(shape), offset = 0} = ensemble;
  if (!(Number.isInteger(k) && k >= 0 && k < shape[0])) {
    throw new RangeError(`ensembleMember: expected a member from 0 to ${shape[0] - 1}, found ${k}`);
  }
  return ndarray(data, shape.slice(1), stride.slice(1), offset + k * stride[0]);
}

/**
 * Compute the mean of an ensemble as a trajectory.
 *
 * @param ensemble [K, L, X, Y, C] or [K, L, X, Y, Z, C].
 * @returns [L, X, Y, C] or [L, X, Y, Z, C].
 * @throws RangeError if there is no member.
 */
export function meanTrajectory(ensemble: StridedArray<Float32Array>): NdArray<Float32Array> {
  const [count, ...shape] = ensemble.shape;
  const members = Array.from({length: count}, (_, k) => dense(ensembleMember(ensemble, k), "meanTrajectory").data);
  return ndarray(Float32Array.from(ensembleMean(members)), shape);
}
