/** Scores of single trajectories as a table that anybody can read, and from which every verdict can be computed again. */
import {checkOptions, records, type TableRow} from "@lola-ts/core";
import {crossedSummary, type Block} from "../statistics/crossed";
import {readCsv} from "./csv";
import {horizonsOf, metricRule, type Result} from "./results";

const scored = records("results", "method", "metric", "horizon", "samples");

/** Name of the row that holds the parameters of each trajectory. */
const PARAMETERS = "parameters";

/** Digits that a score is written with: as many as single precision has. */
const DIGITS = 7;

/**
 * Tabulate results trajectory by trajectory: a row per method, seed, compression rate, horizon and metric, with a column for each
 * trajectory. Scores that are undefined everywhere, such as the spread of single forecasts, are left out.
 *
 * @param blocks parameters of each trajectory; they are the first row.
 * @example await lab.saveText(toCsv(trajectoryRows(results)), "scores.csv");
 */
export function trajectoryRows(results: readonly Result[], blocks: readonly Block[] = []): TableRow[] {
  checkOptions("trajectoryRows", scored, results, "results");
  const columns = (values: readonly (number | string)[]) =>
    Object.fromEntries(values.map((value, i) => [`trajectory ${i + 1}`, value]));
  const empty = {dataset: "", method: PARAMETERS, seed: "", space: "", compression: "", horizon: "", metric: ""};
  const rows = results.flatMap(({samples, bySeed = [samples], dataset, method, space, compression, horizon, metric}) =>
    bySeed.flatMap((own, seed) => {
      if (own.every(Number.isNaN)) return [];
      const labels = {dataset, method, seed: bySeed.length > 1 ? seed : "", space, compression, horizon, metric};
      return [{...labels, ...columns(own.map((value) => Number(value.toPrecision(DIGITS))))}];
    }),
  );
  return [...(blocks.length > 0 ? [{...empty, ...columns(blocks)}] : []), ...rows];
}

/** Results that were read, with the parameters of each trajectory if the file has them. */
export interface TrajectoryScores {
  readonly results: readonly Result[];
  readonly blocks?: readonly string[];
}

/**
 * Read a table of {@link trajectoryRows}; seeds of a method are one result again.
 *
 * @throws Error naming the file, and the row whose metric or number is none.
 */
export function readTrajectoryScores(path: string): TrajectoryScores {
  let blocks: string[] | undefined;
  const groups = new Map<string, {labels: Omit<Result, "value" | "error" | "samples">; bySeed: number[][]}>();
  readCsv(path).forEach(({dataset, method, seed: _seed, space, compression, horizon, metric, ...cells}, i) => {
    if (method === PARAMETERS) {
      blocks = Object.values(cells);
      return;
    }
    const row = Object.values(cells).map((cell) => (cell === "" ? NaN : Number(cell)));
    const isWrong = Object.values(cells).findIndex((cell, t) => cell !== "" && Number.isNaN(row[t]));
    if (isWrong >= 0) {
      throw new Error(`${path}, row ${i + 1}: expected numbers, found "${Object.values(cells)[isWrong]}".`);
    }
    try {
      checkOptions("readTrajectoryScores", metricRule, metric, "metric");
    } catch (error) {
      throw new Error(`${path}, row ${i + 1}: ${(error as Error).message}`, {cause: error});
    }
    const labels = {
      ...{dataset, method, horizon, metric: metric as Result["metric"], space: space as Result["space"]},
      compression: compression === "" ? null : Number(compression),
    };
    const key = JSON.stringify(labels);
    const group = groups.get(key) ?? {labels, bySeed: [] as number[][]};
    group.bySeed.push(row);
    groups.set(key, group);
  });
  const results = [...groups.values()].map(({labels, bySeed}): Result => {
    const {value, error} = crossedSummary(bySeed);
    const samples = bySeed[0].map((_, t) => bySeed.reduce((sum, own) => sum + own[t], 0) / bySeed.length);
    return {...labels, value, error, samples, ...(bySeed.length > 1 && {bySeed})};
  });
  if (results.length === 0 || horizonsOf(results).length === 0)
    throw new Error(`${path}: expected scores, found none.`);
  return {results, blocks};
}
