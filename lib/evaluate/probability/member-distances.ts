/** How far the members of an ensemble are from the truth and from each other: what CRPS and energy score are made of. */
import type {Values} from "../pointwise";

/** A distance of two fields in two norms, or a mean of such distances. */
export interface Distance {
  /** $\langle |a - b| \rangle$ over the points. */
  readonly absolute: number;
  /** $\sqrt{\langle (a - b)^2 \rangle}$. */
  readonly square: number;
}

/** Mean distances of an ensemble. */
export interface MemberDistances {
  /** Number K of members. */
  readonly members: number;
  /** Of a member to the truth. */
  readonly toTruth: Distance;
  /** Of two members; 0 where there is one. */
  readonly apart: Distance;
}

/**
 * Measure all distances of an ensemble, in both norms in one pass.
 *
 * @param u truth.
 * @param members K fields of as many points.
 */
export function memberDistances(u: Values, members: readonly Values[]): MemberDistances {
  const toTruth = {absolute: 0, square: 0};
  const apart = {absolute: 0, square: 0};
  members.forEach((member, k) => {
    addDistance(toTruth, member, u);
    for (let j = 0; j < k; j++) addDistance(apart, member, members[j]);
  });
  const K = members.length;
  return {members: K, toTruth: over(toTruth, K), apart: over(apart, Math.max(1, (K * (K - 1)) / 2))};
}

function addDistance(sum: {absolute: number; square: number}, a: Values, b: Values): void {
  let absolute = 0;
  let square = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = a[i] - b[i];
    absolute += Math.abs(difference);
    square += difference * difference;
  }
  sum.absolute += absolute / a.length;
  sum.square += Math.sqrt(square / a.length);
}

const over = ({absolute, square}: Distance, count: number): Distance => ({
  absolute: absolute / count,
  square: square / count,
});
