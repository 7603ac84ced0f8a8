/** Table 7: does it help to know more states before the forecast? */
import {readCsv, emulatorMethods, type Result, summary} from "lola/evaluate";
import {BY_CONTEXT, scoreTable, type PlacedScore} from "./score-table";
import type {TableContent} from "./paper-table";

/** Results of latent emulators that were given the same number of states. */
export interface ContextResults {
  readonly context: number;
  readonly results: readonly Result[];
}

/** A score that is an average over compression rates, with the scores of each trajectory. */
export interface PooledScore extends PlacedScore {
  readonly samples: readonly number[];
}

/**
 * Average the VRMSE of each latent emulator over the compression rates, trajectory by trajectory, as the paper's Table 7
 * does; the error is over trajectories.
 */
export function pooledOverRates({context, results}: ContextResults): PooledScore[] {
  const own = results.filter(({metric, compression}) => metric === "vrmse" && compression !== null && compression > 1);
  const rates = new Set(own.map(({compression}) => compression));
  return emulatorMethods.flatMap((method) => {
    const scores = own.filter((one) => one.method === method);
    return [...new Set(scores.map(({horizon}) => horizon))].map((horizon) => {
      const cells = scores.filter((one) => one.horizon === horizon);
      const [{samples}] = cells;
      if (cells.length !== rates.size || cells.some((cell) => cell.samples.length !== samples.length)) {
        const found = cells.map((cell) => `÷${cell.compression} with ${cell.samples.length}`).join(", ");
        throw new RangeError(
          `pooledOverRates: expected ${method} at ${rates.size} rates with as many trajectories, found ${found}.`,
        );
      }
      const means = samples.map((_, i) => cells.reduce((sum, cell) => sum + cell.samples[i], 0) / cells.length);
      return {method, horizon, group: context, ...summary(means), samples: means};
    });
  });
}

/**
 * Lay out VRMSE by the number of context states beside the paper's Table 7, both pooled over compression rates.
 *
 * @param path the file table-07.csv.
 * @param dataset name in tables, e.g. `lab.system.short`.
 * @throws Error naming the file if it cannot be read; RangeError as {@link pooledOverRates}.
 */
export function contextTable(contexts: readonly ContextResults[], path: string, dataset: string): TableContent {
  const paper = readCsv(path)
    .filter((row) => row.dataset === dataset)
    .map(({method, horizon, context_length: context, value}) => ({
      method,
      horizon,
      group: Number(context),
      value: Number(value),
    }));
  return scoreTable([{ours: contexts.flatMap(pooledOverRates), paper}], BY_CONTEXT);
}
