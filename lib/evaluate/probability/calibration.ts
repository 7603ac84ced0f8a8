/**
 * Is an ensemble calibrated over a horizon, how far is it from that, and how sure is it? Ranks of all fields, states and
 * trajectories are taken together; errors are over trajectories, whose points are not independent of each other.
 */
import {checkOptions, either, list, notANumber, number} from "@lola-ts/core";
import type {MetricRow} from "../evaluate";
import type {Horizon} from "../horizons";
import {central, jackknife, summary} from "../summary";

const countsRule = list(either(number({min: 0}), notANumber));

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
 * K members cut the line into K + 1 parts, each as likely to hold the truth as any other if the truth is like one more
 * member. So the interval between the i-th smallest and the i-th largest of them holds it with probability
 * $1 - 2 i / (K + 1)$, whatever the distribution: the coverage at these levels is a sum over the histogram of ranks, and a
 * calibrated ensemble covers exactly as often as it promises, for every K.
 *
 * @param ranks counts of the ranks 0 … K, see `rankHistogram`; ranks of several fields may be added.
 * @returns one row per interval, from the narrowest to the widest, $\lfloor K / 2 \rfloor$ of them.
 * @throws RangeError for an ensemble of one, which has no interval, or without any count.
 */
export function coverageCurve(ranks: readonly number[]): Coverage[] {
  checkOptions("coverageCurve", countsRule, ranks, "ranks");
  const K = ranks.length - 1;
  const total = sum(ranks);
  if (K < 2)
    throw new RangeError(`coverageCurve: expected the ranks of at least two members, found the ranks of ${K}.`);
  if (total === 0) throw new RangeError("coverageCurve: expected counts of ranks, found none.");
  return Array.from({length: Math.floor(K / 2)}, (_, n) => {
    const i = Math.floor(K / 2) - n;
    return {level: 1 - (2 * i) / (K + 1), covered: sum(ranks.slice(i, K + 1 - i)) / total};
  });
}

/**
 * Compute the mean distance of a coverage curve from the diagonal: 0 for a calibrated ensemble.
 *
 * @throws RangeError as {@link coverageCurve}.
 */
export function coverageError(ranks: readonly number[]): number {
  return central(coverageDeviations(ranks).map(Math.abs), "mean");
}

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

type RankRow = Pick<MetricRow, "trajectory" | "state" | "ranks">;

/**
 * Pool the ranks of an ensemble's rows over horizons.
 *
 * @param rows scores per trajectory, state and field; those without ranks (single forecasts, diverged ones) do not count.
 * @param horizons in lead time.
 * @param stride simulation time from one state to the next.
 * @returns one row per horizon that has ranks of two or more members.
 */
export function calibrationOf(rows: readonly RankRow[], horizons: readonly Horizon[], stride: number): Calibration[] {
  return horizons.flatMap((horizon) => {
    const each = rankedTrajectories(rows, horizon, stride).map(pooledRanks);
    if (each.length === 0) return [];
    const counts = added(each);
    return {
      horizon: horizon.join(":"),
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

/** A number and its standard error by the jackknife over trajectories; NaN for a single one. */
export interface Estimate {
  readonly value: number;
  readonly error: number;
}

/** A distance from calibration, which is above 0 even of a calibrated ensemble. */
export interface CalibrationError extends Estimate {
  /** Mean over calibrated ensembles of as few trajectories; NaN for a single one. */
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

type SpreadRow = RankRow & Pick<MetricRow, "field" | "spread" | "rmse">;

/**
 * Measure the reliability of an ensemble over horizons.
 *
 * The ratio here is of sums: a mean of ratios, as in `MetricRow`, is drawn up by the states whose skill happens to be good
 * (Fortin et al., 2014).
 *
 * @param rows as {@link calibrationOf} takes them.
 * @returns one row per horizon that has ranks of two or more members.
 */
export function reliabilityOf(rows: readonly SpreadRow[], horizons: readonly Horizon[], stride: number): Reliability[] {
  return horizons.flatMap((horizon) => {
    const trajectories = rankedTrajectories(rows, horizon, stride);
    if (trajectories.length === 0) return [];
    const counts = trajectories.map(pooledRanks);
    return {
      horizon: horizon.join(":"),
      ratio: jackknife(trajectories.map(squaresByField), ratioOfSums),
      rankError: errorOf(counts, (ranks) => frequencies(ranks).map((frequency) => frequency - 1)),
      coverageError: errorOf(counts, coverageDeviations),
    };
  });
}

/** Group the rows of a horizon that have ranks of two or more members by trajectory. */
function rankedTrajectories<R extends RankRow>(rows: readonly R[], [from, to]: Horizon, stride: number): R[][] {
  const inside = rows.filter(({state, ranks}) => ranks && state * stride >= from && state * stride <= to);
  if (inside.length === 0 || inside[0].ranks!.length < 3) return [];
  const trajectories = [...new Set(inside.map(({trajectory}) => trajectory))];
  return trajectories.map((one) => inside.filter(({trajectory}) => trajectory === one));
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

const added = (rows: readonly (readonly number[])[]) => rows[0].map((_, i) => sum(rows.map((row) => row[i])));

const pooledRanks = (rows: readonly RankRow[]) => added(rows.map(({ranks}) => ranks!));

/** Share of each rank, times the number of ranks. */
function frequencies(counts: readonly number[]): number[] {
  const total = sum(counts);
  return counts.map((count) => (count / total) * counts.length);
}

const coverageDeviations = (ranks: readonly number[]) =>
  coverageCurve(ranks).map(({level, covered}) => covered - level);

function errorsOver(rows: readonly (readonly number[])[]): number[] {
  return rows[0].map((_, column) => summary(rows.map((row) => row[column])).error);
}

type Squares = ReadonlyMap<string, readonly [spread: number, skill: number]>;

function squaresByField(rows: readonly SpreadRow[]): Squares {
  const fields = new Map<string, readonly [number, number]>();
  for (const {field, spread, rmse} of rows) {
    const [a, b] = fields.get(field) ?? [0, 0];
    fields.set(field, [a + spread ** 2, b + rmse ** 2]);
  }
  return fields;
}

function ratioOfSums(each: readonly Squares[]): number {
  const names = [...new Set(each.flatMap((fields) => [...fields.keys()]))];
  const ratios = names.map((name) => {
    const [spread, skill] = added(each.map((fields) => [...(fields.get(name) ?? [0, 0])]));
    return Math.sqrt(spread / skill);
  });
  return central(ratios, "mean");
}

/** Mean modulus of deviations; the mean modulus of a normal variable of deviation s is $s \sqrt{2 / \pi}$. */
function errorOf(
  counts: readonly (readonly number[])[],
  deviations: (ranks: readonly number[]) => number[],
): CalibrationError {
  const modulus = (some: typeof counts) => central(deviations(added(some)).map(Math.abs), "mean");
  const scatter = errorsOver(counts.map(deviations));
  return {...jackknife(counts, modulus), chance: Math.sqrt(2 / Math.PI) * central(scatter, "mean")};
}
