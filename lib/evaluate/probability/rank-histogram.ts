/**
 * Is the truth like one more member? (Hamill, 2001)
 *
 * If it is, its rank among the members is uniform on 0 … K: the histogram of ranks is flat. A valley says that the
 * ensemble is too narrow, a hill that it is too wide, a slope that it is biased.
 */
import {type Rng, having, checkOptions, loops} from "@lola-ts/core";
import {ensembleSize} from "../ensemble";
import {together, type ScoreLoops} from "../loops";
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
  const size = u.length;
  const places = new Int32Array(3 * size);
  loops<ScoreLoops>().places(together(u, members), K + 1, places);
  const counts = new Array<number>(K + 1).fill(0);
  for (let i = 0; i < size; i++) {
    const [below, equal, above] = [places[i], places[size + i], places[2 * size + i]];
    if (below + equal + above < K) {
      throw new RangeError(`rankHistogram: expected numbers, found NaN at point ${i}.`);
    }
    counts[equal === 0 ? below : below + random.integer(equal + 1)]++;
  }
  return counts;
}
