/** Distances between all pairs of values of a parameter, ours beside the paper's (Tables 15 to 17). */
import {readCsv} from "lola/evaluate";
import type {TableRow} from "@lola-ts/core";
import {laidOut, type PlacedNumber, type TableContent} from "./paper-table";

export interface DistanceMatrix {
  /** Leading columns of its rows, e.g. {"lead time": 20}. Default: none. */
  readonly title?: TableRow;
  /** Values of the parameter, ascending. */
  readonly values: readonly number[];
  readonly distances: readonly (readonly number[])[];
  /** Standard errors; NaN where they are unknown. Default: none. */
  readonly errors?: readonly (readonly number[])[];
  /** More columns of each row, e.g. the number of states that its value has. Default: none. */
  readonly notes?: readonly Readonly<Record<string, number | null>>[];
}

/** Write a value of a parameter: 1.4, 1e6; 1.0, because a column with the name "1" would come before all others. */
export function parameterValue(value: number): string {
  const rounded = Number(value.toPrecision(4));
  if (Math.abs(rounded) >= 1e4) return rounded.toExponential().replace("e+", "e");
  return Number.isInteger(rounded) ? rounded.toFixed(1) : `${rounded}`;
}

/**
 * Read a matrix of the paper: of the parameter whose name the columns of the file begin with.
 *
 * @param path one of the files table-15.csv to table-17.csv.
 * @param parameter name of a scalar, e.g. "gamma".
 * @param leadTime of Table 15. Default: none.
 * @returns undefined if the table is of another parameter, or has no such lead time.
 */
export function printedMatrix(path: string, parameter: string, leadTime?: number): DistanceMatrix | undefined {
  const name = parameter.toLowerCase();
  const rows = readCsv(path).filter(
    (row) => `${name}_a` in row && (leadTime === undefined || Number(row.lead_time) === leadTime),
  );
  if (rows.length === 0) return undefined;
  const values = [...new Set(rows.map((row) => Number(row[`${name}_a`])))].sort((a, b) => a - b);
  const distance = (a: number, b: number) =>
    Number(rows.find((row) => Number(row[`${name}_a`]) === a && Number(row[`${name}_b`]) === b)?.value ?? NaN);
  return {values, distances: values.map((a) => values.map((b) => distance(a, b)))};
}

/**
 * Lay matrices out below each other: a row per value of the parameter, a column per value; then the paper's columns. Rows of
 * ours and of the paper meet where the value is the same; others stand alone.
 *
 * @param symbol of the parameter, the name of its column.
 * @param decimals that the paper prints.
 */
export function matrixTable(
  blocks: readonly {readonly ours: DistanceMatrix; readonly paper?: DistanceMatrix}[],
  symbol: string,
  decimals: number,
): TableContent {
  if (blocks.length === 0) throw new RangeError("matrixTable: expected distances, found none.");
  const numbers = blocks.flatMap(({ours, paper}) => {
    const placed = [
      ...entries(ours, symbol, {title: ours.title, prefix: ""}),
      ...(paper ? entries(paper, symbol, {title: ours.title, prefix: "paper "}) : []),
    ];
    const all = [...new Set([...ours.values, ...(paper?.values ?? [])])].sort((a, b) => a - b).map(parameterValue);
    const order = (one: PlacedNumber) => all.indexOf(String(one.row[symbol]));
    return placed.sort((a, b) => order(a) - order(b));
  });
  const columns = (prefix: string, of: (block: (typeof blocks)[number]) => DistanceMatrix | undefined) => {
    const values = new Set(blocks.flatMap((block) => of(block)?.values ?? []));
    return [...values].sort((a, b) => a - b).map((value) => `${prefix}${parameterValue(value)}`);
  };
  const beside = columns("paper ", ({paper}) => paper);
  const extra = [...new Set(blocks.flatMap(({ours}) => (ours.notes ?? []).flatMap((note) => Object.keys(note))))];
  const own = [...columns("", ({ours}) => ours), ...extra];
  return {
    rows: laidOut(numbers, [...own, ...beside]),
    decimals: Object.fromEntries(beside.map((column) => [column, decimals])),
  };
}

function entries(
  {values, distances, errors, notes}: DistanceMatrix,
  symbol: string,
  {title, prefix}: {readonly title?: TableRow; readonly prefix: string},
): PlacedNumber[] {
  return values.flatMap((a, i) => {
    const row: TableRow = {...title, [symbol]: parameterValue(a)};
    const cells = values.map((b, j): PlacedNumber => {
      const error = errors && !Number.isNaN(errors[i][j]) ? errors[i][j] : undefined;
      return {row, column: `${prefix}${parameterValue(b)}`, value: distances[i][j], error};
    });
    const own = Object.entries(notes?.[i] ?? {}).map(([column, value]): PlacedNumber => ({row, column, value}));
    return [...cells, ...own];
  });
}
