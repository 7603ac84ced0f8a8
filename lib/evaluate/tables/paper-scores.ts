/** Scores that the paper's tables print. */
import type {ScoredMetric} from "../evaluate";
import {readCsv} from "./csv";

/** One printed number of the paper. */
export interface PaperCell {
  readonly dataset: string;
  readonly method: string;
  readonly space: string;
  readonly compression: number;
  /** As printed. */
  readonly horizon: string;
  readonly metric: ScoredMetric;
  readonly value: number;
}

/** Our names of the paper's metrics. */
const metrics: Readonly<Record<string, ScoredMetric>> = {
  VRMSE: "vrmse",
  SEMD: "transport",
  Wasserstein: "transport",
};

/**
 * Read a table of scores of the paper: 6 (VRMSE), 8-10 (power spectrum RMSE by band) or 11-13 (distances between
 * distributions).
 *
 * @throws Error naming the file if it is no such table.
 * @example readPaperScores(`${projectRoot()}/data/paper/table-06.csv`)
 */
export function readPaperScores(path: string): PaperCell[] {
  return readCsv(path).map(({dataset, method, space, compression, horizon, band, metric, value}) => {
    const name = (band as ScoredMetric | undefined) ?? metrics[metric];
    if (!name || !horizon || !compression) {
      throw new Error(
        `${path}: expected columns compression, horizon and a band or a metric ` +
          `(${Object.keys(metrics).join(", ")}), found metric ${metric}.`,
      );
    }
    return {dataset, method, space, compression: Number(compression), horizon, metric: name, value: Number(value)};
  });
}
