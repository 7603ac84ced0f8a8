/** Scores of several laboratories beside each other, with verdicts on the same test trajectories. */
import type {TableRow} from "@lola-ts/core";
import type {ScoredMetric} from "../evaluate";
import {judge} from "../judge";
import type {Block} from "../statistics/crossed";
import {byMethod} from "./comparison";
import {horizonsOf, isTrained, type Result} from "./results";
import {comparisonOf, judgedColumns} from "./verdicts";

/** Results of one laboratory. */
export interface NamedResults {
  readonly name: string;
  readonly results: readonly Result[];
}

/** Metrics of which neither small nor large is good. */
const UNJUDGED: readonly ScoredMetric[] = ["spread", "ratio"];

/**
 * Tabulate a metric of several laboratories: a row per method, compression and horizon with each one's value (`name`) and
 * standard error (`name ±`), and the change from the first to each other (`name: change, %`) with the verdict of {@link judge}
 * on these trained models, corrected for the number of rows. Cells without a counterpart are empty, and so are verdicts on spread
 * and spread/skill, of which no direction is good. Trivial forecasts, and scores that are undefined everywhere, are left out.
 *
 * @param labs results on the same test trajectories.
 * @param blocks of the trajectories, as the judge takes them. Default: none.
 * @throws RangeError if no laboratory has the metric.
 */
export function pairedTable(
  labs: readonly NamedResults[],
  metric: ScoredMetric = "vrmse",
  blocks?: readonly Block[],
): TableRow[] {
  const all = labs.flatMap(({name, results}) =>
    results
      .filter((result) => result.metric === metric && isTrained(result) && !result.samples.every(Number.isNaN))
      .map((result) => ({...result, name})),
  );
  if (all.length === 0) throw new RangeError(`pairedTable: expected results of ${metric}, found none.`);
  const groups = byMethod(all).flatMap((group) =>
    horizonsOf(group).map((horizon) => group.filter((result) => result.horizon === horizon)),
  );
  const rows = groups.map((cells): TableRow => {
    const {method, space, compression, horizon} = cells[0];
    const scores = labs.flatMap(({name}) => {
      const own = cells.find((cell) => cell.name === name);
      return [
        [name, own?.value ?? null],
        [`${name} ±`, own?.error ?? null],
      ];
    });
    return {method, space, "÷": compression, horizon, ...(Object.fromEntries(scores) as TableRow)};
  });
  const [first, ...others] = labs.map(({name}) => name);
  return others.reduce((table, name) => withVerdicts(table, groups, [first, name], {metric, blocks}), rows);
}

/** Append the columns of a laboratory's verdicts. */
function withVerdicts(
  rows: readonly TableRow[],
  groups: readonly (readonly (Result & {name: string})[])[],
  [first, name]: readonly [string, string],
  {metric, blocks}: {readonly metric: ScoredMetric; readonly blocks?: readonly Block[]},
): TableRow[] {
  const pairs = groups.map((cells) => [name, first].map((wanted) => cells.find((cell) => cell.name === wanted)));
  const comparisons = pairs.flatMap(([own, base]) => (own && base ? [comparisonOf(own, base)] : []));
  const judged = [...judge(comparisons, {about: "models", blocks}).cells];
  return rows.map((row, i) => {
    const cell = pairs[i].includes(undefined) ? undefined : judged.shift()!;
    const {"corrected p": p = null, verdict = null, ...change} = cell ? judgedColumns(cell) : {};
    const isJudged = !UNJUDGED.includes(metric);
    return {
      ...row,
      [`${name}: change, %`]: change["change, %"] ?? null,
      [`${name}: change, % ±`]: change["change, % ±"] ?? null,
      ...(isJudged ? {[`${name}: corrected p`]: p, [`${name}: verdict`]: verdict} : {}),
    };
  });
}
