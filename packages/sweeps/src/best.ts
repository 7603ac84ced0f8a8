/** The best variants of a sweep. */
import {summary} from "lola/evaluate";
import {badness} from "./badness";
import type {Overrides} from "./space";
import {byVariant, wholeTrials, type EndedTrial} from "./trial";

/**
 * Find the variant with the best mean of a measure over seeds, one for each combination of the values of some options, e.g. the
 * best learning rate of each optimiser.
 *
 * @param within paths of these options. Default: none, the best of all.
 */
export function bestVariants(
  trials: readonly EndedTrial[],
  measure: string,
  within: readonly string[] = [],
): Overrides[] {
  const best = new Map<string, {overrides: Overrides; score: number}>();
  for (const group of byVariant(wholeTrials(trials))) {
    const [{overrides}] = group;
    const score = badness(measure, summary(group.map(({measured}) => measured.values[measure])).value);
    const key = JSON.stringify(within.map((path) => overrides[path]));
    if (Number.isFinite(score) && !(score >= (best.get(key)?.score ?? Infinity))) best.set(key, {overrides, score});
  }
  return [...best.values()].map(({overrides}) => overrides);
}
