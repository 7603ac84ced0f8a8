import {checkOptions, type TableRow} from "@lola-ts/core";
import {horizonsOf, resultsRule, type Result} from "./results";

/**
 * Tabulate one metric of one method: a row per compression rate, a column per horizon with its standard error.
 *
 * @throws RangeError if the method has no such score.
 * @example await lab.showTable(byHorizon(results, "ratio", "diffusion"), "Spread / skill", {name: "spread-skill"});
 */
export function byHorizon(results: readonly Result[], metric: string, method: string): TableRow[] {
  checkOptions("byHorizon", resultsRule, results, "results");
  const own = results.filter((row) => row.method === method && row.metric === metric);
  if (own.length === 0) throw new RangeError(`byHorizon: expected scores "${metric}" of ${method}, found none.`);
  const rates = [...new Set(own.map(({compression}) => compression))].sort((a, b) => (a ?? 0) - (b ?? 0));
  return rates.map((rate) => {
    const cells = horizonsOf(own).flatMap((horizon): [string, number | null][] => {
      const found = own.find((row) => row.compression === rate && row.horizon === horizon);
      return [
        [horizon, found?.value ?? null],
        [`${horizon} ±`, found?.error ?? null],
      ];
    });
    return {method, "÷": rate, ...Object.fromEntries(cells)};
  });
}
