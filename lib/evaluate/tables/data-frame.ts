/** Tables as DataFrames of danfojs, which select, sort and describe columns. */
import {records, checkOptions, type Cell, type TableRow} from "@lola-ts/core";
import {columnsOf} from "./cells";

/** A column of a {@link DataFrame}; comparisons give a column of booleans, for `query`. */
export interface Series {
  readonly values: unknown;
  eq(other: number | string): Series;
  ne(other: number | string): Series;
  lt(other: number): Series;
  gt(other: number): Series;
  and(other: Series): Series;
  or(other: Series): Series;
  unique(): Series;
  print(): void;
}

/** Rows of a {@link DataFrame} that are equal in some columns. */
export interface Groups {
  col(names: string[]): Groups;
  mean(): DataFrame;
  std(): DataFrame;
  min(): DataFrame;
  max(): DataFrame;
  count(): DataFrame;
}

/**
 * The part of danfojs' DataFrame that a notebook needs. The whole type is `DataFrame` of package danfojs-node; naming it
 * here would make every notebook that imports the library read the typings of that package and of all that it uses.
 */
export interface DataFrame {
  readonly columns: string[];
  readonly shape: number[];
  readonly values: unknown;
  column(name: string): Series;
  head(rows?: number): DataFrame;
  tail(rows?: number): DataFrame;
  iloc(chosen: {rows?: (string | number)[]; columns?: (string | number)[]}): DataFrame;
  loc(chosen: {rows?: (string | number)[]; columns?: string[]}): DataFrame;
  query(condition: Series): DataFrame;
  groupby(columns: string[]): Groups;
  sortValues(column: string, options?: {ascending?: boolean}): DataFrame;
  describe(): DataFrame;
  print(): void;
}

/**
 * Make a danfojs DataFrame of rows; the package is loaded on the first call only (it takes a second or two).
 *
 * @example (await toDataFrame(table)).describe().print()
 */
export async function toDataFrame(rows: readonly TableRow[]): Promise<DataFrame> {
  checkOptions("toDataFrame", records("rows"), rows, "rows");
  const danfo = await import("danfojs-node");
  const columns = columnsOf(rows);
  const values = rows.map((row) => columns.map((column) => row[column] ?? null));
  return renumbered(new danfo.DataFrame(values, {columns}) as unknown as Numbered); // its type has no text in `eq`
}

type Numbered = DataFrame & {resetIndex(): Numbered};

/**
 * Number the rows of what is selected from a DataFrame again: `query` of danfojs takes their numbers for places, so that a
 * second one fails or, after sorting, chooses other rows.
 */
function renumbered(frame: Numbered): Numbered {
  for (const name of ["query", "sortValues", "head", "tail", "iloc", "loc"] as const) {
    const select = frame[name].bind(frame) as (...options: unknown[]) => Numbered;
    frame[name] = (...options: unknown[]) => renumbered(select(...options).resetIndex());
  }
  return frame;
}

/** Read the rows of a DataFrame. */
export function fromDataFrame({columns, values}: Pick<DataFrame, "columns" | "values">): TableRow[] {
  return (values as Cell[][]).map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]])));
}
