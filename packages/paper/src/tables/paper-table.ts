/** A numbered table of the paper with our numbers beside its own. */
import path from "node:path";
import {projectRoot, type TableRow} from "@lola-ts/core";
import type {CellOptions} from "lola/evaluate";

/** File of the numbers that a table of the paper prints. */
export function printedTable(number: number): string {
  return path.join(projectRoot(), `data/paper/table-${`${number}`.padStart(2, "0")}.csv`);
}

/** Rows of a table, with the cells that stand out. */
export interface TableContent extends CellOptions {
  readonly rows: TableRow[];
}

/** A table with its number and caption, ready to be shown and written. */
export interface PaperTable extends TableContent {
  readonly number: number;
  /** Name of its files: "table-07". */
  readonly name: string;
  readonly caption: string;
}

/**
 * Mark the smallest number of each row, among the columns of each group: of scores of which small is good, the best ones.
 * Equal numbers are all marked; of a single number nothing is.
 *
 * @param groups columns that are compared with each other.
 * @returns marked columns of each row, for the option `bold` of a table.
 * @example lowestPerRow(rows, [["÷40", "÷80"], ["paper ÷80", "paper ÷320"]])
 */
export function lowestPerRow(rows: readonly TableRow[], groups: readonly (readonly string[])[]): string[][] {
  return rows.map((row) =>
    groups.flatMap((columns) => {
      const known = columns.filter((column) => Number.isFinite(row[column]));
      const lowest = Math.min(...known.map((column) => row[column] as number));
      return known.length > 1 ? known.filter((column) => row[column] === lowest) : [];
    }),
  );
}

/** One number of a table, before it is laid out. */
export interface PlacedNumber {
  /** Leading columns that its row begins with. */
  readonly row: TableRow;
  readonly column: string;
  readonly value: number | null;
  readonly error?: number;
}

/**
 * Lay numbers out: one row for each different beginning, in the order in which they first appear, and the given columns,
 * null where there is no number. A standard error is in the column `name ±` after the number's.
 */
export function laidOut(numbers: readonly PlacedNumber[], columns: readonly string[]): TableRow[] {
  const uncertain = new Set(numbers.flatMap(({column, error}) => (error === undefined ? [] : [column])));
  const all = columns.flatMap((column) => [column, ...(uncertain.has(column) ? [`${column} ±`] : [])]);
  const rows = new Map<string, TableRow>();
  for (const {row} of numbers) {
    const key = JSON.stringify(Object.values(row));
    if (!rows.has(key)) rows.set(key, {...row, ...Object.fromEntries(all.map((column) => [column, null]))});
  }
  for (const {row, column, value, error} of numbers) {
    const found = rows.get(JSON.stringify(Object.values(row)))!;
    found[column] = value;
    if (error !== undefined) found[`${column} ±`] = error;
  }
  return [...rows.values()];
}
