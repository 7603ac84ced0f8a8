/**
 * Is an ensemble's disagreement an honest measure of its error? (paper, section 3.5.3 and appendix A)
 *
 * The skill of $K$ members $v_k$ is the RMSE of their mean $\bar v$. If truth and members are exchangeable, the truth
 * is as far from $\bar v$ as one more member would be, so that $\operatorname{Skill} \approx \sqrt{(K + 1) / K}
 * \operatorname{Spread}$ (Eq. 13). The corrected spread here contains that factor, and a ratio of 1 means calibrated.
 */
import type * as z from "zod";
import ndarray, {type NdArray} from "ndarray";
import {
  type StridedArray,
  checkOptions,
  arrayOf,
  row,
  rowOf,
  count,
  either,
  list,
  notANumber,
  number,
  oneOf,
  optional,
  section,
  stridesOf,
  whole,
} from "@lola-ts/core";
import {rmse, type Values} from "./pointwise";

const ratios = oneOf(["paper", "code"]);
/** Rule of the options of {@link spreadSkillRatio}. */
export const ratioRule = section({
  /**
   * "paper" is $\operatorname{Spread} / \operatorname{Skill}$ with the corrected spread; "code" adds $10^{-3}$ to both,
   * as the official figures do, which keeps the ratio of a nearly exact forecast finite. Default: "paper".
   */
  ratio: optional(ratios),
});

export interface RatioOptions extends z.infer<typeof ratioRule> {}

const rows = list(row);
const ensembles = arrayOf("K, L, X, C", "K, L, X, Y, C", "K, L, X, Y, Z, C");
/** An error of a forecast; NaN where it diverged. */
const error = either(number({min: 0}), notANumber);

/**
 * Count the members of an ensemble.
 *
 * @param caller name of the calling function, for errors.
 * @param u truth, or any field of as many points.
 */
export function ensembleSize(caller: string, u: Values, members: readonly Values[]): number {
  checkOptions(caller, row, u, "u");
  checkOptions(caller, rows, members, "members");
  const other = members.find(({length}) => length !== u.length);
  if (!other) return members.length;
  throw new RangeError(`${caller}: expected members of ${u.length} points, found one of ${other.length}.`);
}

/** Count the points of an ensemble's members. @throws RangeError as {@link ensembleSize}. */
function pointsOf(caller: string, members: readonly Values[]): number {
  checkOptions(caller, rows, members, "members");
  ensembleSize(caller, members[0], members);
  return members[0].length;
}

/**
 * Compute the mean of an ensemble, point by point.
 *
 * @param out receives the result, so that loops can reuse it. Default: a new array.
 * @throws RangeError if there is no member or their sizes differ.
 */
export function ensembleMean(members: readonly Values[], out?: Float64Array): Float64Array {
  const size = pointsOf("ensembleMean", members);
  const result = out ?? new Float64Array(size);
  checkOptions("ensembleMean", rowOf(size), result, "out");
  result.fill(0);
  for (const member of members) {
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
 * @throws RangeError if there is no member or sizes differ.
 */
export function spread(members: readonly Values[], mean: Values = ensembleMean(members)): number {
  checkOptions("spread", rowOf(pointsOf("spread", members)), mean, "mean");
  const K = members.length;
  if (K < 2) return 0;
  let sum = 0;
  for (const member of members) {
    for (let i = 0; i < mean.length; i++) sum += (member[i] - mean[i]) ** 2;
  }
  return Math.sqrt(((K + 1) / (K - 1)) * (sum / (K * mean.length)));
}

/**
 * Compute the corrected spread at each point, the deviation of the members times the factor of Eq. 13; 0 for a single one. Its
 * mean square is {@link spread}'s.
 *
 * @throws RangeError if there is no member or their sizes differ.
 */
export function pointwiseSpread(members: readonly Values[]): Float64Array {
  const mean = ensembleMean(members);
  const K = members.length;
  if (K < 2) return mean.fill(0);
  const square = (i: number) => members.reduce((sum, member) => sum + (member[i] - mean[i]) ** 2, 0);
  return mean.map((_, i) => Math.sqrt(((K + 1) / (K - 1)) * (square(i) / K)));
}

/** Points of about the same spread. */
export interface SpreadGroup {
  readonly spread: number;
  /** Root mean square of the error of the ensemble's mean at these points. */
  readonly error: number;
}

/**
 * Sort points by their corrected spread into groups of equal size, and compute spread and error of the mean in each group. In a
 * calibrated ensemble both are equal in every group (Fortin et al., 2014).
 *
 * @param u truth: the points of one field, or of several fields after each other.
 * @param groups number of groups. Default: 10.
 * @returns the groups, from the smallest spread to the largest.
 * @throws RangeError if there is no member, sizes differ, or there are fewer points than groups.
 */
export function errorBySpread(u: Values, members: readonly Values[], groups = 10): SpreadGroup[] {
  const size = ensembleSize("errorBySpread", u, members) && u.length;
  checkOptions("errorBySpread", whole({min: 1, max: size}), groups, "groups");
  const [mean, apart] = [ensembleMean(members), pointwiseSpread(members)];
  const order = Array.from(apart.keys()).sort((a, b) => apart[a] - apart[b]);
  return Array.from({length: groups}, (_, g) => {
    const points = order.slice(Math.floor((g * size) / groups), Math.floor(((g + 1) * size) / groups));
    const rms = (valueAt: (point: number) => number) =>
      Math.sqrt(points.reduce((sum, point) => sum + valueAt(point) ** 2, 0) / points.length);
    return {spread: rms((point) => apart[point]), error: rms((point) => u[point] - mean[point])};
  });
}

/**
 * Compute the skill that an ensemble would have with infinitely many members. The mean of K of them scatters about its
 * limit by the members' variance over K, which adds to the squared error:
 *
 * $$ \operatorname{Skill}_\infty^2 = \operatorname{Skill}_K^2 - \operatorname{Spread}^2 / (K + 1) $$
 *
 * with the corrected spread; 0 where the estimate is negative. Errors in any unit do, VRMSE too.
 *
 * @param members number K of members.
 * @returns NaN if skill or spread is.
 * @throws RangeError unless there is a member.
 */
export function limitOfSkill(skill: number, spread: number, members: number): number {
  checkOptions("limitOfSkill", error, skill, "skill");
  checkOptions("limitOfSkill", error, spread, "spread");
  checkOptions("limitOfSkill", count, members, "members");
  const square = skill ** 2 - spread ** 2 / (members + 1);
  return square < 0 ? 0 : Math.sqrt(square);
}

/**
 * Compute the skill, the RMSE of the ensemble's mean against the truth $u$ (Eq. 11); small is good.
 *
 * @throws RangeError if there is no member or sizes differ.
 */
export function skill(u: Values, members: readonly Values[]): number {
  ensembleSize("skill", u, members);
  return rmse(u, ensembleMean(members));
}

/**
 * Divide a spread by a skill. The spread of {@link spread} contains the factor of Eq. 13 already, so that the ratio is
 * their quotient, without another factor; the "paper" form of a perfect forecast (0 / 0) is NaN.
 *
 * @throws RangeError for another form.
 */
export function spreadSkillRatio(spread: number, skill: number, {ratio = "paper"}: RatioOptions = {}): number {
  checkOptions("spreadSkillRatio", error, spread, "spread");
  checkOptions("spreadSkillRatio", error, skill, "skill");
  checkOptions("spreadSkillRatio", ratios, ratio, "ratio");
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
  checkOptions("ensembleMember", ensembles, ensemble, "ensemble");
  const {data, shape, stride = stridesOf(shape), offset = 0} = ensemble;
  if (!(Number.isInteger(k) && k >= 0 && k < shape[0])) {
    throw new RangeError(`ensembleMember: expected a member from 0 to ${shape[0] - 1}, found ${k}.`);
  }
  return ndarray(data, shape.slice(1), stride.slice(1), offset + k * stride[0]);
}
