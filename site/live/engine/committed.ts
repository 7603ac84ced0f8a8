/** Scores of all test trajectories, as the project's tables hold them: plain data, read when the page is built. */

export const metricNames = ["VRMSE", "limit", "CRPS", "energy", "ratio"] as const;
export type CommittedMetric = (typeof metricNames)[number];

export type Measured = readonly [value: number, error: number];

/** A method and its compression rate; trivial forecasts have none. */
export interface ScoredMethod {
  readonly name: string;
  readonly compression?: number;
}

export interface CommittedScores {
  readonly system: string;
  readonly title: string;
  readonly horizons: readonly (readonly [from: number, to: number])[];
  readonly methods: readonly ScoredMethod[];
  /** By metric, method and horizon; null where there is no number. */
  readonly bars: Readonly<Record<CommittedMetric, readonly (readonly (Measured | null)[])[]>>;
  readonly leads: readonly number[];
  /** By metric, method and lead time; null for methods without a curve. */
  readonly curves: Readonly<Record<CommittedMetric, readonly (readonly Measured[] | null)[]>>;
}

/** Find the mean score of a method over the horizon that a lead time is in, or the first one. */
export function scoreAt(
  scores: CommittedScores,
  metric: CommittedMetric,
  name: string,
  compression: number,
  lead: number,
): Measured | undefined {
  const row = scores.methods.findIndex((method) => method.name === name && isRate(method, compression));
  return row < 0 ? undefined : (scores.bars[metric][row][horizonOf(scores, lead)] ?? undefined);
}

/** Find the horizon of a lead time: the last one that begins before it. */
export const horizonOf = ({horizons}: CommittedScores, lead: number): number =>
  Math.max(0, horizons.filter(([from]) => from <= lead).length - 1);

/** Tables write rates as whole numbers. */
const isRate = ({compression}: ScoredMethod, rate: number) => compression === Math.round(rate);
