/** The scorecard: how good is a forecast as a distribution, and how good is its mean? */
import {records, checkParts, type TableRow} from "@lola-ts/core";
import type {Calibration, Reliability} from "../probability/calibration";
import {byMethod, horizonsOf, resultsRule, type Labels, type Result} from "./results";

/** Names of the scorecard's metrics in tables, in its order; tables name other metrics by their keys. */
export const METRIC_TITLES: Readonly<Record<string, string>> = {
  vrmse: "VRMSE",
  vrmseLimit: "VRMSE, K → ∞",
  crps: "CRPS",
  energy: "energy",
  ratio: "spread/skill",
};

/** Names of the metrics that a scorecard has where they were asked for. */
export const PROPER_TITLES: typeof METRIC_TITLES = {
  crpsClimate: "CRPS / climate",
  energyClimate: "energy / climate",
  fairTransport: "fair distance",
  variogramLow: "variogram, low",
  variogramMid: "variogram, mid",
  variogramHigh: "variogram, high",
};

const calibrationsRule = records("calibrations", "method", "horizon", "coverageError");

/**
 * Tabulate the scorecard: a row per method, compression and horizon with VRMSE of the mean, its limit for infinitely many
 * members, fair CRPS and energy score (both divided by the truth's deviation), spread/skill, the ratio of their sums, and the
 * mean error of the coverage; proper scores follow where rows have them. A column `name ±` is the standard error over trajectories. Of a single forecast the CRPS is its mean absolute
 * error and the energy score its VRMSE; it has neither spread nor coverage.
 *
 * @param calibrations of the ensembles, `evaluation.calibrations()`.
 * @throws RangeError if there are no results.
 * @example await lab.showTable(scorecard(evaluation.results(), evaluation.calibrations()), "Scorecard", {name: "scorecard"});
 */
export function scorecard(
  results: readonly Result[],
  calibrations: readonly (Labels & Calibration & {readonly reliability?: Reliability})[] = [],
): TableRow[] {
  checkParts("scorecard", {results: resultsRule, calibrations: calibrationsRule}, {results, calibrations});
  if (results.length === 0) throw new RangeError("scorecard: expected results, found none.");
  const proper = Object.entries(PROPER_TITLES).filter(([name]) => results.some(({metric}) => metric === name));
  return byMethod(results).flatMap((group) => {
    const {method, space, compression} = group[0];
    return horizonsOf(group).map((horizon) => {
      const row: TableRow = {method, space, "÷": compression, horizon};
      for (const [metric, column] of [...Object.entries(METRIC_TITLES), ...proper]) {
        const found = group.find((result) => result.horizon === horizon && result.metric === metric);
        const known = found !== undefined && !Number.isNaN(found.value);
        row[column] = known ? found.value : null;
        row[`${column} ±`] = known ? found.error : null;
      }
      const own = calibrations.find(
        (one) => one.method === method && one.compression === compression && one.horizon === horizon,
      );
      const {ratio, coverageError} = own?.reliability ?? {};
      row["√(Σ spread²/Σ skill²)"] = ratio?.value ?? null;
      row["√(Σ spread²/Σ skill²) ±"] = ratio?.error ?? null;
      row["coverage error"] = own?.coverageError ?? null;
      row["coverage error ±"] = coverageError?.error ?? null;
      return row;
    });
  });
}
