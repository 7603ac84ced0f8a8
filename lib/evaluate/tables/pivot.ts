/** Long tables made wide: a row per method instead of a row per method and horizon. */
import {checkOptions, checkParts, list, records, text, type TableRow} from "@lola-ts/core";

/** Columns of a wide table. */
export interface PivotOptions {
  /** Columns that name its rows. */
  readonly by: readonly string[];
  /** Column whose entries name its columns. */
  readonly over: string;
  /** Columns whose cells it shows, each with its error if there is one. */
  readonly values: readonly string[];
}

const rules = {by: list(text), over: text, values: list(text)};

/**
 * Make a long table wide: rows that agree in the columns `by` become one, with a column for each entry of the column `over`.
 * With several values a column is named "value entry", e.g. "CRPS 1:20".
 *
 * @throws RangeError if no row has a column that is named, or two rows claim the same cell.
 * @example
 * const wide = pivot(scorecard(results), {by: ["method", "÷"], over: "horizon", values: ["CRPS"]});
 */
export function pivot(rows: readonly TableRow[], options: PivotOptions): TableRow[] {
  checkOptions("pivot", records("rows"), rows, "rows");
  checkParts("pivot", rules, options);
  const {by, over, values} = options;
  const missing = [...by, over, ...values].find((column) => !rows.some((row) => Object.hasOwn(row, column)));
  if (missing !== undefined) throw new RangeError(`pivot: expected rows with a column "${missing}", found none.`);
  const wide = new Map<string, TableRow>();
  for (const row of rows) {
    const key = JSON.stringify(by.map((column) => row[column]));
    const own = wide.get(key) ?? Object.fromEntries(by.map((column) => [column, row[column]]));
    wide.set(key, own);
    for (const value of values) {
      const name = values.length > 1 ? `${value} ${row[over]}` : String(row[over]);
      if (Object.hasOwn(own, name)) {
        throw new RangeError(`pivot: expected one row for ${key} and ${over} "${row[over]}", found two.`);
      }
      own[name] = row[value];
      if (Object.hasOwn(row, `${value} ±`)) own[`${name} ±`] = row[`${value} ±`];
    }
  }
  return [...wide.values()];
}
