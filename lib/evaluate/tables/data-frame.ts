/** Tables as DataFrames of danfojs, which select, sort and describe columns. */
import type {Cell, TableRow} from "../../core/table";
import {columnsOf} from "./cells";

/** A column of a {@link DataFrame}. */
export interface Series {
  readonly values: unknown;
  print(): void;
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
  describe(): DataFrame;
  print(): void;
}

/**
 * Make a danfojs DataFrame of rows; the package is loaded on the first call only (it takes a second or two).
 *
 * @example (await toDataFrame(table)).describe().print()
 */
export async function toDataFrame(rows: readonly TableRow[]): Promise<DataFrame> {
  const danfo = await import("danfojs-node");
  const columns = columnsOf(rows);
  return new danfo.DataFrame(
    rows.map((row) => columns.map((column) => row[column] ?? null)),
    {columns},
  );
}

/** Read the rows of a DataFrame. */
export function fromDataFrame({columns, values}: Pick<DataFrame, "columns" | "values">): TableRow[] {
  return (values as Cell[][]).map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]])));
}
