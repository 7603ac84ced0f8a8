/** Is an ensemble calibrated over a horizon? Ranks of all fields, states and trajectories together. */
import type {MetricRow} from "../evaluate";
import type {Horizon} from "../horizons";
import {summary} from "../summary";
import {coverageCurve, coverageError, type Coverage} from "./coverage";

/** Calibration of one ensemble over one horizon. */
export interface Calibration {
  /** As the paper writes it, "1:20". */
  readonly horizon: string;
  /** Share of truths at each rank 0 … K, times K + 1: 1 everywhere for a calibrated ensemble. */
  readonly ranks: readonly number[];
  /** Coverage of the central intervals, from the narrowest to the widest. */
  readonly curve: readonly Coverage[];
  /** Mean distance of the coverage from its level. */
  readonly coverageError: number;
  /** Standard errors over trajectories of `ranks` and of the coverages of `curve`; NaN where there is one trajectory only. */
  readonly errors: {readonly ranks: readonly number[]; readonly covered: readonly number[]};
}

/**
 * Pool the ranks of an ensemble's rows over horizons.
 *
 * @param rows scores per trajectory, state and field; those without ranks (single forecasts, diverged ones) do not count.
 * @param horizons in lead time.
 * @param stride simulation time from one state to the next.
 * @returns one row per horizon that has ranks of two or more members.
 */
export function calibrationOf(
  rows: readonly Pick<MetricRow, "trajectory" | "state" | "ranks">[],
  horizons: readonly Horizon[],
  stride: number,
): Calibration[] {
  return horizons.flatMap(([from, to]) => {
    const inside = rows.filter(({state}) => state * stride >= from && state * stride <= to);
    const counts = pooled(inside);
    if (counts.length < 3) return [];
    const each = [...new Set(inside.map(({trajectory}) => trajectory))]
      .map((one) => pooled(inside.filter(({trajectory}) => trajectory === one)))
      .filter(({length}) => length > 0);
    return {
      horizon: `${from}:${to}`,
      ranks: frequencies(counts),
      curve: coverageCurve(counts),
      coverageError: coverageError(counts),
      errors: {
        ranks: errorsOver(each.map(frequencies)),
        covered: errorsOver(each.map((own) => coverageCurve(own).map(({covered}) => covered))),
      },
    };
  });
}

/** Add the counts of rows that have some. */
function pooled(rows: readonly Pick<MetricRow, "ranks">[]): number[] {
  const counts: number[] = [];
  for (const {ranks} of rows) ranks?.forEach((count, rank) => (counts[rank] = (counts[rank] ?? 0) + count));
  return counts;
}

/** Share of each rank, times the number of ranks. */
function frequencies(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (count / total) * counts.length);
}

/** Standard error of each column over rows. */
function errorsOver(rows: readonly (readonly number[])[]): number[] {
  return rows[0].map((_, column) => summary(rows.map((row) => row[column])).error);
}
