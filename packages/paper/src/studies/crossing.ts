/** The lead time at which two curves of errors cross, with an interval by a bootstrap over seeds and trajectories. */
import {Rng} from "@lola-ts/core";

/** From which lead time on diffusion is better: 0 at once, Infinity never. */
export interface Crossing {
  readonly lead: number;
  /** Ends of the interval of 95 %. */
  readonly interval: readonly [number, number];
}

/** Draws of a bootstrap. */
const DRAWS = 1000;

/**
 * Find the last lead time at which the geometric mean of ratios passes 1, with a percentile interval of 95 %.
 *
 * @param logs logarithms of the ratios: at each lead time, of each seed and trajectory.
 * @param count draws of the bootstrap. Default: 1000.
 */
export function crossingOf(leads: readonly number[], logs: readonly number[][][], count = DRAWS): Crossing {
  const [seeds, trajectories] = [logs[0].map((_, s) => s), logs[0][0].map((_, t) => t)];
  const rows = seeds.map((s) => trajectories.map((t) => logs.map((table) => table[s][t])));
  const at = (ofSeeds: readonly number[], ofTrajectories: readonly number[]) => {
    const sums = leads.map(() => 0); // a mean and a sum cross zero at the same place
    for (const s of ofSeeds) {
      for (const t of ofTrajectories) {
        const row = rows[s][t];
        for (let i = 0; i < row.length; i++) sums[i] += row[i];
      }
    }
    return lastCrossing(leads, sums);
  };
  const drawn = draws(count, {trajectories: trajectories.length, seeds: seeds.length});
  return {
    lead: at(seeds, trajectories),
    interval: interval(drawn.map((draw) => at(draw.seeds, draw.trajectories))),
  };
}

/**
 * Find the last lead time at which the gap between two curves falls to 0, on straight lines between the states: 0 if it is 0 or less
 * from the first state on, Infinity if it is above 0 at the last.
 */
export function lastCrossing(leads: readonly number[], gap: readonly number[]): number {
  const last = gap.map((difference) => difference <= 0).lastIndexOf(false); // what is not a number is not below
  if (last < 0) return 0;
  if (last === leads.length - 1) return Infinity;
  return leads[last] + (leads[last + 1] - leads[last]) * (gap[last] / (gap[last] - gap[last + 1]));
}

/** Seeds and trajectories that were drawn with replacement: their indices. */
interface Draw {
  readonly trajectories: readonly number[];
  readonly seeds: readonly number[];
}

/**
 * Draw for a bootstrap over seeds and trajectories, which are crossed. Of n there are n - 1 in a draw, which makes the variance of a
 * mean unbiased (Rao & Wu, 1988): there are few seeds.
 */
function draws(count: number, {trajectories, seeds}: {readonly trajectories: number; readonly seeds: number}): Draw[] {
  const chosen = (rng: Rng, n: number) => Array.from({length: Math.max(1, n - 1)}, () => rng.integer(n));
  return Array.from({length: count}, (_, n) => {
    const rng = Rng.from("study", n);
    return {trajectories: chosen(rng, trajectories), seeds: chosen(rng, seeds)};
  });
}

/** Take the central 95 % of draws, which may be infinite; what is not a number is left out. */
export function interval(values: readonly number[]): [number, number] {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? NaN;
  return [at(0.025), at(0.975)];
}
