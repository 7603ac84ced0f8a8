/** Scores of several laboratories beside each other, with differences that are paired over test trajectories. */
import type {TableRow} from "@lola-ts/core";
import type {ScoredMetric} from "../evaluate";
import {pairedDifference} from "../paired";
import {byMethod} from "./comparison";
import {baselineMethods, horizonsOf, type Result} from "./results";

/** Results of one laboratory. */
export interface NamedResults {
  readonly name: string;
  readonly results: readonly Result[];
}

/**
 * Tabulate a metric of several laboratories: a row per method, compression and horizon, with each one's value (`name`) and
 * standard error (`name ±`), its difference from the first (`name − first`) with the standard error of the mean difference
 * over trajectories, and the two-sided p-value of the paired t-test (`p of name`). Cells without a counterpart are empty;
 * trivial forecasts, and scores that are undefined everywhere, such as the spread of single ones, are left out.
 *
 * @param labs results on the same test trajectories.
 * @throws RangeError if no laboratory has the metric.
 */
export function pairedTable(labs: readonly NamedResults[], metric: ScoredMetric = "vrmse"): TableRow[] {
  const trivial: readonly string[] = baselineMethods;
  const all = labs.flatMap(({name, results}) =>
    results
      .filter(
        (result) => result.metric === metric && !trivial.includes(result.method) && !result.samples.every(Number.isNaN),
      )
      .map((result) => ({...result, name})),
  );
  if (all.length === 0) throw new RangeError(`pairedTable: expected results of ${metric}, found none.`);
  const names = labs.map(({name}) => name);
  return byMethod(all).flatMap((group) =>
    horizonsOf(group).map((horizon) => {
      const cells = group.filter((result) => result.horizon === horizon);
      return pairedRow(names, cells, horizon);
    }),
  );
}

function pairedRow(names: readonly string[], cells: readonly (Result & {name: string})[], horizon: string): TableRow {
  const {method, space, compression} = cells[0];
  const row: TableRow = {method, space, "÷": compression, horizon};
  const of = (name: string) => cells.find((cell) => cell.name === name);
  for (const name of names) {
    row[name] = of(name)?.value ?? null;
    row[`${name} ±`] = of(name)?.error ?? null;
  }
  const [first, ...others] = names;
  const base = of(first);
  for (const name of others) {
    const own = of(name);
    const paired = base && own && pairedDifference(own.samples, base.samples);
    row[`${name} − ${first}`] = paired?.value ?? null;
    row[`${name} − ${first} ±`] = paired?.error ?? null;
    row[`p of ${name}`] = paired?.p ?? null;
  }
  return row;
}
