/**
 * Is the truth like one more member? (Hamill, 2001)
 *
 * If it is, its rank among the members is uniform on 0 … K: the histogram of ranks is flat. A valley says that the
 * ensemble is too narrow, a hill that it is too wide, a slope that it is biased.
 */
import {type Rng, having, checkOptions} from "@lola-ts/core";
import {ensembleSize} from "../ensemble";
import type {Values} from "../pointwise";

const generator = having("a generator, e.g. Rng.from(0)", "integer");

/**
 * Count the ranks of the truth among the members over the points of a field. Ties are broken at random.
 *
 * @param u truth.
 * @param members K fields of as many points.
 * @returns counts of the ranks 0 … K: of points with no member below the truth, with one, …, with all.
 * @throws RangeError if there is no member, sizes differ, or a value is NaN, which has no rank.
 */
export function rankHistogram(u: Values, members: readonly Values[], random: Rng): number[] {
  const K = ensembleSize("rankHistogram", u, members);
  checkOptions("rankHistogram", generator, random, "random");
  const places = placesOf(u, members);
  const counts = new Array<number>(K + 1).fill(0);
  for (let i = 0; i < u.length; i++) {
    const [below, equal] = [places.below[i], places.equal[i]];
    if (below + equal + places.above[i] < K) {
      throw new RangeError(`rankHistogram: expected numbers, found NaN at point ${i}.`);
    }
    counts[equal === 0 ? below : below + random.integer(equal + 1)]++;
  }
  return counts;
}

/** Count the members below, at and above the truth at each point: member by member, without a branch on what is found. */
function placesOf(u: Values, members: readonly Values[]) {
  const [below, equal, above] = [0, 0, 0].map(() => new Int32Array(u.length));
  for (const member of members) {
    for (let i = 0; i < u.length; i++) {
      below[i] += Number(member[i] < u[i]);
      equal[i] += Number(member[i] === u[i]);
      above[i] += Number(member[i] > u[i]);
    }
  }
  return {below, equal, above};
}
