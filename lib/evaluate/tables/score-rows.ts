/** Scores in long format, to filter, group and plot: one number a row, with all that it is a number of. */
import type {TableRow} from "@lola-ts/core";
import type {MetricRow} from "../evaluate";
import {horizons, type Horizon} from "../horizons";
import type {Labels} from "./results";

/** Scores of one method, per trajectory, state and field. */
interface Scored {
  readonly labels: Labels;
  readonly rows: readonly MetricRow[];
}

/** The horizons of a table, and the simulation time from one state to the next. */
interface ScoreRowsOptions {
  readonly horizons: readonly Horizon[];
  readonly stride: number;
}

/**
 * Tabulate scores: a row per method, compression, field, horizon and metric with `value`, `error` (the standard error over
 * trajectories; NaN for a single one) and the number of `trajectories`. The field "all" is the mean over fields; forecasts
 * of one member have no rows of spread.
 *
 * @throws RangeError naming a horizon without any state.
 */
export function scoreRows(scores: readonly Scored[], options: ScoreRowsOptions): TableRow[] {
  return scores.flatMap((scored) => {
    const fields = [...new Set(scored.rows.map(({field}) => field))];
    return ["all", ...fields].flatMap((field) => fieldRows(scored, field, options));
  });
}

/** Tabulate the scores of one field, or of "all". */
function fieldRows({labels, rows}: Scored, field: string, options: ScoreRowsOptions): TableRow[] {
  const {method, space, compression} = labels;
  const chosen = field === "all" ? rows : rows.filter((row) => row.field === field);
  return options.horizons.flatMap(([from, to]) =>
    horizons(chosen, [[from, to]], options.stride)
      .filter(({samples}) => !samples.every(Number.isNaN))
      .map(({horizon, metric, value, error, samples}) => ({
        method,
        space,
        compression,
        horizon,
        from,
        to,
        field,
        metric,
        value,
        error,
        trajectories: samples.length,
      })),
  );
}
