/**
 * How often is the truth where the ensemble says that it is?
 *
 * K members cut the line into K + 1 parts, each as likely to hold the truth as any other if the truth is like one more
 * member. So the interval between the i-th smallest and the i-th largest of them holds it with probability
 * $1 - 2 i / (K + 1)$, whatever the distribution: the coverage at these levels is a sum over the histogram of ranks, and a
 * calibrated ensemble covers exactly as often as it promises, for every K.
 */

import {checkOptions, either, list, notANumber, number} from "@lola-ts/core";

const counts = list(either(number({min: 0}), notANumber));

/** A central interval: its level, and the share of truths that it holds. */
export interface Coverage {
  /** Probability that the interval promises. */
  readonly level: number;
  /** Share of truths inside. */
  readonly covered: number;
}

/**
 * Compute the coverage of an ensemble's central intervals.
 *
 * @param ranks counts of the ranks 0 … K, see `rankHistogram`; those of several fields may be added.
 * @returns one row per interval, from the narrowest to the widest, $\lfloor K / 2 \rfloor$ of them.
 * @throws RangeError for an ensemble of one, which has no interval, or without any count.
 */
export function coverageCurve(ranks: readonly number[]): Coverage[] {
  checkOptions("coverageCurve", counts, ranks, "ranks");
  const K = ranks.length - 1;
  const total = ranks.reduce((sum, count) => sum + count, 0);
  if (K < 2) throw new RangeError(`coverageCurve: expected the ranks of at least two members, found those of ${K}.`);
  if (total === 0) throw new RangeError("coverageCurve: expected counts of ranks, found none.");
  const curve: Coverage[] = [];
  for (let i = Math.floor(K / 2); i >= 1; i--) {
    const inside = ranks.slice(i, K + 1 - i).reduce((sum, count) => sum + count, 0);
    curve.push({level: 1 - (2 * i) / (K + 1), covered: inside / total});
  }
  return curve;
}

/**
 * Compute the mean distance of a coverage curve from the diagonal: 0 for a calibrated ensemble.
 *
 * @throws RangeError as {@link coverageCurve}.
 */
export function coverageError(ranks: readonly number[]): number {
  const curve = coverageCurve(ranks);
  return curve.reduce((sum, {level, covered}) => sum + Math.abs(covered - level), 0) / curve.length;
}
