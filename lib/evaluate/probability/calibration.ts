/** Is an ensemble calibrated over a horizon? Ranks of all fields, states and trajectories together. */
import type {MetricRow} from "../evaluate";
import type {Horizon} from "../horizons";
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
  rows: readonly Pick<MetricRow, "state" | "ranks">[],
  horizons: readonly Horizon[],
  stride: number,
): Calibration[] {
  return horizons.flatMap(([from, to]) => {
    const counts: number[] = [];
    for (const {state, ranks} of rows) {
      if (!ranks || state * stride < from || state * stride > to) continue;
      ranks.forEach((count, rank) => (counts[rank] = (counts[rank] ?? 0) + count));
    }
    if (counts.length < 3) return [];
    const total = counts.reduce((sum, count) => sum + count, 0);
    return {
      horizon: `${from}:${to}`,
      ranks: counts.map((count) => (count / total) * counts.length),
      curve: coverageCurve(counts),
      coverageError: coverageError(counts),
    };
  });
}
