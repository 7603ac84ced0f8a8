/**
 * Successive halving: all variants train a few steps, the best of them more, and the best of these to the end.
 *
 * Each rung is a training of its own with its own schedule of the learning rate, so that its numbers are those of a short
 * training and not of the beginning of a long one; it costs 1/η of the next.
 *
 * @see Jamieson & Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter Optimization", 2016, arXiv:1502.07943
 */
import {summary} from "lola/evaluate";
import {badness} from "./badness";
import {byVariant, type EndedTrial, type MeasuredTrial} from "./trial";

/** How a sweep stops early what is not among the best. */
export interface Halving {
  /** Share η of variants that go on is 1/η, with η times as many steps. Default: 3. */
  readonly eta?: number;
  /** Number of rungs, the last of which trains all steps. Default: 3. */
  readonly rungs?: number;
}

/** Shares of the steps of each rung, the last is 1. */
export function rungShares({eta = 3, rungs = 3}: Halving): number[] {
  return Array.from({length: rungs}, (_, rung) => eta ** (rung + 1 - rungs));
}

/**
 * Choose the variants that go on, the best first: 1/η of them, rounded up, by the mean over seeds. A variant of which a seed
 * failed, or whose mean is not finite, does not go on.
 *
 * @param trials those of one rung.
 */
export function survivors(trials: readonly EndedTrial[], measure: string, {eta = 3}: Halving): EndedTrial[][] {
  const groups = byVariant(trials);
  const scored = groups.flatMap((group) => {
    if (group.some(({measured}) => measured === undefined)) return [];
    const values = (group as MeasuredTrial[]).map(({measured}) => measured.values[measure]);
    const score = badness(measure, summary(values).value);
    return Number.isFinite(score) ? [{group, score}] : [];
  });
  scored.sort((a, b) => a.score - b.score);
  return scored.slice(0, Math.ceil(groups.length / eta)).map(({group}) => group);
}
