/**
 * From rollouts to scores (paper, sections 3.5 and B.5): every metric is taken on each field of each frame separately.
 * Averages over horizons are in horizons.ts.
 */
import type * as z from "zod";
import {
  arrayOf,
  checkParts,
  flag,
  list,
  oneOf,
  optional,
  section,
  text,
  where,
  whole,
  Rng,
  sizeOf,
  type DistributionMetric,
} from "@lola-ts/core";
import {distributionError, fairDistributionScore} from "./distribution";
import {ensembleMean, limitOfSkill, ratioRule, spread, spreadSkillRatio} from "./ensemble";
import {dense, gather, type FieldArray} from "./fields";
import {bandErrors, bandRule, crossErrors, crossSpectrum, powerSpectrum, rings, type Band} from "./spectrum";
import {massError, rmse, variance, vrmseRule} from "./pointwise";
import {crpsOf, energyScoreOf, memberDistances} from "./probability/crps";
import {rankHistogram} from "./probability/rank-histogram";
import {variogramScore} from "./probability/variogram-score";

/** Names of the metrics; low, mid and high are the power spectrum RMSE of the bands. */
export const metricNames = [
  "vrmse",
  "rmse",
  "spread",
  "ratio",
  "low",
  "mid",
  "high",
  "memberVrmse",
  "crps",
  "energy",
  "vrmseLimit",
] as const;
export type Metric = (typeof metricNames)[number];
/**
 * Names of metrics that not every row has: `transport` is the system's distance between distributions, of one field only,
 * `mass` the error of a field's sum; `fairTransport` and the variogram scores are those of the option `proper`,
 * `crpsClimate` and `energyClimate` those of {@link onClimate}.
 */
export const optionalMetrics = [
  "transport",
  "mass",
  "fairTransport",
  "variogramLow",
  "variogramMid",
  "variogramHigh",
  "crpsClimate",
  "energyClimate",
] as const;
export type OptionalMetric = (typeof optionalMetrics)[number];
export type ScoredMetric = Metric | OptionalMetric;

/**
 * One field of one frame of one trajectory. `vrmse` and `rmse` (the skill) are of the ensemble's mean, `ratio` is
 * spread / skill, `memberVrmse` the mean of the members' own VRMSE (the paper's text leaves open which one it means).
 * `crps` and `energy` are the fair scores divided by the truth's deviation, as in a VRMSE; of one member they are its mean
 * absolute error and its VRMSE. `vrmseLimit` is the VRMSE of infinitely many members. A single forecast has neither spread
 * nor ratio: NaN.
 */
export interface MetricRow extends Record<Metric, number>, Partial<Record<OptionalMetric, number>> {
  readonly trajectory: number;
  readonly field: string;
  /** Index $i$ of the state, 0 for the initial one. */
  readonly state: number;
  /** Counts of the truth's ranks 0 … K among K members, over the points of the field; a single forecast has none. */
  readonly ranks?: readonly number[];
}

/** Rule of the options of a trajectory's score that metrics have; functions of metrics check theirs, too. */
export const scoreRule = section({
  ...vrmseRule.shape,
  ...ratioRule.shape,
  ...bandRule.shape,
  /**
   * Comparison of spectra in `low`, `mid` and `high`: "power" as in the paper, or "cross", the official code's cross-correlation of
   * moduli. Default: "power".
   */
  spectrum: optional(oneOf(["power", "cross"])),
  /** Adds the error of the fields' sums, e.g. of the total mass. Default: false. */
  mass: optional(flag),
  /**
   * Adds proper scores of structure: `fairTransport`, the fair score by the system's distance between distributions, and
   * `variogramLow`, `variogramMid`, `variogramHigh` in units of the field. Default: false.
   */
  proper: optional(flag),
});

export interface EvaluateOptions extends z.infer<typeof scoreRule> {
  /** Names of the fields, one per channel. Default: their indices. */
  fields?: readonly string[];
  /** Number of the trajectory in the rows. Default: 0. */
  trajectory?: number;
  /** Index of the state in the first frame, 0 for the initial state. Default: 0. */
  firstState?: number;
  /** Adds the distance between distributions by this metric (Tables 11 to 13); `fields` must name its channel. */
  transport?: DistributionMetric;
}

const truths = arrayOf("L, X, Y, C", "L, X, Y, Z, C");
const forecastsOf = (shape: readonly number[]) =>
  where(arrayOf(), `an array [K, ${shape.join(", ")}]`, (v: FieldArray) => v.shape.slice(1).join() === shape.join());
const {epsilon, spectrum, mass, proper} = scoreRule.shape;
/** Rules of the options that are used here; functions of metrics check theirs. */
const optionRules = {trajectory: optional(whole({})), firstState: optional(whole({})), epsilon, spectrum, mass, proper};

/**
 * Score a rollout frame by frame and field by field.
 *
 * @param truth trajectory [L, X, Y, C] or [L, X, Y, Z, C].
 * @param ensemble K forecasts of it, [K, L, X, Y, C] or [K, L, X, Y, Z, C]; K = 1 for a deterministic emulator.
 * @returns L x C rows.
 * @throws RangeError if the shapes do not fit each other, there are not as many names as channels, or an option is wrong.
 */
export function evaluateRollout(truth: FieldArray, ensemble: FieldArray, options: EvaluateOptions = {}): MetricRow[] {
  const u = dense(truth, "evaluateRollout: truth", truths);
  const v = dense(ensemble, "evaluateRollout: ensemble", forecastsOf(u.shape));
  const [members] = v.shape;
  const frames = u.shape[0];
  const grid = u.shape.slice(1, -1);
  const channels = u.shape[u.shape.length - 1];
  checkParts("evaluateRollout", {...optionRules, fields: optional(list(text, {length: channels}))}, options);
  const names = options.fields ?? Array.from({length: channels}, (_, c) => `${c}`);
  const {trajectory = 0, firstState = 0, transport} = options;
  const transported = transport && channelOf(transport, names);
  const size = sizeOf(grid);
  const field = new Float64Array(size);
  const copies = Array.from({length: members}, () => new Float64Array(size));
  const mean = new Float64Array(size);

  const rows: MetricRow[] = [];
  for (let frame = 0; frame < frames; frame++) {
    for (let channel = 0; channel < channels; channel++) {
      gather(u, frame, channel, field);
      copies.forEach((copy, k) => gather(v, k * frames + frame, channel, copy));
      const metrics = fieldMetrics(field, copies, ensembleMean(copies, mean), grid, options);
      const isTransported = channel === transported;
      const state = firstState + frame;
      const random = Rng.from("ranks", trajectory, state, channel);
      rows.push({
        trajectory,
        field: names[channel],
        state,
        ...metrics,
        ...(isTransported && {transport: distributionError(transport!, field, copies, grid)}),
        ...(options.mass && {mass: copies.reduce((sum, v) => sum + Math.abs(massError(field, v)), 0) / members}),
        ...(isTransported && options.proper && {fairTransport: fairDistributionScore(transport!, field, copies, grid)}),
        ...(options.proper && variograms(field, copies, grid)),
        ...(members > 1 && !Number.isNaN(metrics.rmse) && {ranks: rankHistogram(field, copies, random)}),
      });
    }
  }
  return rows;
}

function variograms(u: Float64Array, members: readonly Float64Array[], grid: readonly number[]) {
  const {low, mid, high} = variogramScore(u, members, grid);
  return {variogramLow: low, variogramMid: mid, variogramHigh: high};
}

function channelOf({channel}: DistributionMetric, names: readonly string[]): number {
  const index = names.indexOf(channel);
  if (index < 0) {
    throw new RangeError(`evaluateRollout: expected a field ${channel} for transport, found ${names.join(", ")}.`);
  }
  return index;
}

function fieldMetrics(
  u: Float64Array,
  members: Float64Array[],
  mean: Float64Array,
  grid: readonly number[],
  options: EvaluateOptions,
): Record<Metric, number> {
  const {epsilon = 1e-6} = options;
  const scale = Math.sqrt(variance(u, options.variance) + epsilon);
  const skill = rmse(u, mean);
  const several = members.length > 1;
  const width = several ? spread(members, mean) : NaN;
  const {low, mid, high} = spectralErrors(u, members, grid, options);
  const distances = memberDistances(u, members);
  return {
    vrmse: skill / scale,
    rmse: skill,
    spread: width,
    ratio: several ? spreadSkillRatio(width, skill, options) : NaN,
    low,
    mid,
    high,
    memberVrmse: distances.toTruth.square / scale,
    crps: crpsOf(distances) / scale,
    energy: energyScoreOf(distances) / scale,
    vrmseLimit: (several ? limitOfSkill(skill, width, members.length) : skill) / scale,
  };
}

function spectralErrors(
  u: Float64Array,
  members: Float64Array[],
  grid: readonly number[],
  options: EvaluateOptions,
): Record<Band, number> {
  const truth = powerSpectrum([u], grid);
  const forecast = powerSpectrum(members, grid);
  const {k} = rings(grid);
  if (options.spectrum !== "cross") return bandErrors(truth, forecast, k, options);
  return crossErrors(crossSpectrum(u, members, grid), truth, forecast, k, options);
}
