/**
 * From scores of single states to scores of horizons and lead times (paper, sections 3.5 and B.5): averages over fields, then
 * over the lead times $\tau = i \Delta$ of a horizon $a\!:\!b$, both ends included, then over trajectories, whose scatter gives
 * a standard error.
 */
import {records, checkOptions, checkParts, either, infinite, list, number, oneOf} from "@lola-ts/core";
import {
  metricNames,
  optionalMetrics,
  type Metric,
  type MetricRow,
  type OptionalMetric,
  type ScoredMetric,
} from "./evaluate";
import {central, summary} from "./summary";

export interface StatisticOptions {
  /**
   * "mean" as in the paper, or "median" over fields, states and trajectories: relative spectra of nearly empty rings
   * (the low band of periodic momentum) reach values in the thousands that a mean would only repeat. Default: "mean".
   */
  statistic?: "mean" | "median";
}

/** A horizon $[a, b]$ of lead times in simulation time, both ends included. */
export type Horizon = readonly [number, number];

export interface HorizonScore {
  /** As the paper writes it, "1:20". */
  readonly horizon: string;
  readonly metric: ScoredMetric;
  readonly value: number;
  /** Standard error over trajectories; NaN for a single one. */
  readonly error: number;
  /** Value of each trajectory, in the order of their numbers, for paired comparisons. */
  readonly samples: readonly number[];
}

const rowsRule = records("rows", "trajectory", "state", "vrmse");
export const horizonsRule = list(list(either(number(), infinite), {length: 2}), {empty: true});
const strideRule = number({above: 0});
export const statisticRule = oneOf(["mean", "median"]);

/**
 * Average rows over horizons: within each trajectory over fields and states, then over trajectories.
 *
 * @param horizons in lead time $\tau = i \Delta$.
 * @param stride $\Delta$, the simulation time from one state to the next.
 * @returns one score per horizon and metric, `transport` among them if the rows have it.
 * @throws RangeError naming a horizon without any state.
 */
export function horizons(
  rows: readonly MetricRow[],
  horizons: readonly Horizon[],
  stride: number,
  {statistic = "mean"}: StatisticOptions = {},
): HorizonScore[] {
  checkOptions("horizons", rowsRule, rows, "rows");
  checkOptions("horizons", horizonsRule, horizons, "horizons");
  checkParts("horizons", {stride: strideRule, statistic: statisticRule}, {stride, statistic});
  return horizons.flatMap(([from, to]) => {
    const chosen = rows.filter(({state}) => from <= state * stride && state * stride <= to);
    if (chosen.length === 0) {
      const states = rows.map(({state}) => state * stride);
      const first = states.reduce((a, b) => Math.min(a, b), Infinity);
      const last = states.reduce((a, b) => Math.max(a, b), 0);
      const found = rows.length > 0 ? `lead times from ${first} to ${last}` : "no rows";
      throw new RangeError(`horizons: expected states within ${from}:${to}, found ${found}.`);
    }
    const trajectories = groupBy(chosen, ({trajectory}) => trajectory);
    return scoredMetrics(chosen).map((metric) => {
      const samples = trajectories.map((group) => central(valuesOf(group, metric), statistic));
      return {horizon: `${from}:${to}`, metric, ...summary(samples, statistic), samples};
    });
  });
}

function scoredMetrics(rows: readonly MetricRow[]): ScoredMetric[] {
  const extra = optionalMetrics.filter((name) => rows.some((row) => row[name] !== undefined));
  return [...metricNames, ...extra];
}

function valuesOf(rows: readonly MetricRow[], metric: ScoredMetric): number[] {
  return rows.flatMap((row) => row[metric] ?? []);
}

/** All metrics at one lead time, and their standard errors over trajectories ("vrmse ±"; NaN for a single one). */
export interface LeadRow extends Record<Metric, number>, Partial<Record<OptionalMetric | `${ScoredMetric} ±`, number>> {
  readonly state: number;
  /** $\tau = i \Delta$. */
  readonly lead: number;
}

/**
 * Average rows at each lead time, over fields and trajectories: the curves of Figure 5. Ordered by lead time. Errors are those
 * of the trajectories' own averages.
 *
 * @throws RangeError unless the stride is above 0 and the statistic a known one.
 */
export function leadTimes(
  rows: readonly MetricRow[],
  stride: number,
  {statistic = "mean"}: StatisticOptions = {},
): LeadRow[] {
  checkParts("leadTimes", {rows: rowsRule, stride: strideRule, statistic: statisticRule}, {rows, stride, statistic});
  return groupBy(rows, ({state}) => state).map((group) => {
    const trajectories = groupBy(group, ({trajectory}) => trajectory);
    const values = scoredMetrics(group).flatMap((metric) => {
      const samples = trajectories.map((one) => central(valuesOf(one, metric), statistic));
      const {error} = summary(samples, statistic);
      return [[metric, central(valuesOf(group, metric), statistic)] as const, [`${metric} ±`, error] as const];
    });
    const {state} = group[0];
    return {state, lead: state * stride, ...(Object.fromEntries(values) as Record<Metric, number>)};
  });
}

function groupBy<T>(rows: readonly T[], key: (row: T) => number): T[][] {
  const groups = new Map<number, T[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group) group.push(row);
    else groups.set(key(row), [row]);
  }
  return [...groups.entries()].sort(([a], [b]) => a - b).map(([, group]) => group);
}
