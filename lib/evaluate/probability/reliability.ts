/**
 * How far is an ensemble from calibration over a horizon, and how sure is that? Errors are over trajectories, whose points are
 * not independent of each other.
 */
import type {MetricRow} from "../evaluate";
import type {Horizon} from "../horizons";
import {central, jackknife, summary} from "../summary";
import {coverageCurve} from "./coverage";

/** A number and its standard error by the jackknife over trajectories; NaN for a single one. */
export interface Estimate {
  readonly value: number;
  readonly error: number;
}

/** A distance from calibration, which is above 0 even of a calibrated ensemble. */
export interface CalibrationError extends Estimate {
  /** What a calibrated ensemble would have on average, because trajectories are few; NaN for a single one. */
  readonly chance: number;
}

/** Reliability of one ensemble over one horizon. */
export interface Reliability {
  /** As the paper writes it, "1:20". */
  readonly horizon: string;
  /** $\sqrt{\sum \operatorname{Spread}^2 / \sum \operatorname{Skill}^2}$ of each field, averaged over fields. */
  readonly ratio: Estimate;
  /** Mean over ranks of $|f - 1|$, where f is the frequency of a rank times K + 1. */
  readonly rankError: CalibrationError;
  /** Mean distance of the coverage of central intervals from their level. */
  readonly coverageError: CalibrationError;
}

type Row = Pick<MetricRow, "trajectory" | "state" | "field" | "spread" | "rmse" | "ranks">;

/**
 * Measure the reliability of an ensemble over horizons.
 *
 * The ratio here is of sums: a mean of ratios, as in `MetricRow`, is drawn up by the states whose skill happens to be good
 * (Fortin et al., 2014).
 *
 * @param rows scores per trajectory, state and field; those without ranks (single forecasts, diverged ones) do not count.
 * @param horizons in lead time.
 * @param stride simulation time from one state to the next.
 * @returns one row per horizon that has ranks of two or more members.
 */
export function reliabilityOf(rows: readonly Row[], horizons: readonly Horizon[], stride: number): Reliability[] {
  return horizons.flatMap(([from, to]) => {
    const inside = rows.filter(({state, ranks}) => ranks && state * stride >= from && state * stride <= to);
    if (inside.length === 0 || inside[0].ranks!.length < 3) return [];
    const trajectories = [...new Set(inside.map(({trajectory}) => trajectory))];
    const each = trajectories.map((one) => sumsOf(inside.filter(({trajectory}) => trajectory === one)));
    const counts = each.map(({ranks}) => ranks);
    return {
      horizon: `${from}:${to}`,
      ratio: jackknife(each, ratioOfSums),
      rankError: errorOf(counts, rankDeviations),
      coverageError: errorOf(counts, coverageDeviations),
    };
  });
}

/** What a trajectory adds: counts of ranks, and sums of squares of spread and skill by field. */
interface Sums {
  readonly ranks: readonly number[];
  readonly fields: ReadonlyMap<string, readonly [spread: number, skill: number]>;
}

function sumsOf(rows: readonly Row[]): Sums {
  const fields = new Map<string, readonly [number, number]>();
  for (const {field, spread, rmse} of rows) {
    const [a, b] = fields.get(field) ?? [0, 0];
    fields.set(field, [a + spread ** 2, b + rmse ** 2]);
  }
  return {ranks: added(rows.map(({ranks}) => ranks!)), fields};
}

const added = (rows: readonly (readonly number[])[]) =>
  rows[0].map((_, i) => rows.reduce((sum, row) => sum + row[i], 0));

function ratioOfSums(each: readonly Sums[]): number {
  const names = [...new Set(each.flatMap(({fields}) => [...fields.keys()]))];
  const ratios = names.map((name) => {
    const [spread, skill] = added(each.map(({fields}) => [...(fields.get(name) ?? [0, 0])]));
    return Math.sqrt(spread / skill);
  });
  return central(ratios, "mean");
}

/** Frequencies of ranks, times their number, less 1. */
function rankDeviations(ranks: readonly number[]): number[] {
  const total = ranks.reduce((sum, count) => sum + count, 0);
  return ranks.map((count) => (count / total) * ranks.length - 1);
}

const coverageDeviations = (ranks: readonly number[]) =>
  coverageCurve(ranks).map(({level, covered}) => covered - level);

/** Mean modulus of deviations; the mean modulus of a normal variable of deviation s is $s \sqrt{2 / \pi}$. */
function errorOf(
  counts: readonly (readonly number[])[],
  deviations: (ranks: readonly number[]) => number[],
): CalibrationError {
  const modulus = (some: typeof counts) => central(deviations(added(some)).map(Math.abs), "mean");
  const own = counts.map(deviations);
  const scatter = own[0].map((_, i) => summary(own.map((row) => row[i])).error);
  return {...jackknife(counts, modulus), chance: Math.sqrt(2 / Math.PI) * central(scatter, "mean")};
}
