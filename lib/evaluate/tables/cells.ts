/** Tables for reading: which columns are visible, and the text of their cells. */
import {checkParts, passing, whole, type TableRow} from "@lola-ts/core";

/** How a table is read: digits, and cells that stand out. */
export interface CellOptions {
  /** Decimals of numbers that are not whole. Default: 3; a number with a standard error has as many as that one needs. */
  digits?: number;
  /** Decimals of all numbers of a column, however small they are: "paper ÷80" has as many as are printed. Default: `digits`. */
  decimals?: Readonly<Record<string, number>>;
  /** Columns in bold print, for each row. Default: none. */
  bold?: readonly (readonly string[])[];
}

/** List the columns of a table, in the order in which rows first name them. */
export function columnsOf(rows: readonly object[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

/** List the columns that readers see: a column `x ±` is part of column `x`. */
export function visibleColumns(rows: readonly TableRow[]): string[] {
  const columns = columnsOf(rows);
  return columns.filter((column) => !(column.endsWith(" ±") && columns.includes(column.slice(0, -2))));
}

/** Check if a column holds numbers only, which are aligned to the right. */
export function isNumeric(rows: readonly TableRow[], column: string): boolean {
  return rows.every((row) => typeof (row[column] ?? 0) === "number");
}

/** Check if a cell is a p-value: of a column named like one, from 0 to 1 and without a standard error, unlike a pressure p. */
const isProbability = (column: string, value: number, error: unknown) =>
  (column === "p" || column.endsWith("corrected p")) && value >= 0 && value <= 1 && typeof error !== "number";

const anyNumber = passing("a number or none", (value) => typeof value === "number");

/** Share of a value below which its standard error is only the rounding of equal numbers. */
const ROUNDING = 1e-12;

/** Write a p-value for reading: with 3 decimals, or "below 0.001". */
export function formatProbability(p: number): string {
  return p < 0.001 ? "below 0.001" : p.toFixed(3);
}

/**
 * Write a cell for reading.
 *
 * @returns the value, and its standard error from column `x ±` if there is one: of the error the first digit, or the first
 *   two if it begins with 1 or 2, and of the value as many decimals, but no more than its first four digits have. An error
 *   that would be 0 with these has two digits of its own; one of rounding alone, below 1e-12 of the value, is 0.
 */
export function cellText(
  row: TableRow,
  column: string,
  {digits = 3, decimals = {}}: CellOptions = {},
): {value: string; error?: string} {
  const value = row[column] ?? null;
  const found = row[`${column} ±`];
  if (typeof value === "string") return {value};
  if (value !== null && isProbability(column, value, found)) return {value: formatProbability(value)};
  if (value !== null && Number.isFinite(value) && column in decimals) return {value: fixed(value, decimals[column])};
  if (value === null || typeof found !== "number" || Number.isNaN(found)) return {value: formatNumber(value, digits)};
  const error = Number.isFinite(value) && found < ROUNDING * Math.abs(value) ? 0 : found;
  const places = errorDecimals(error);
  if (places === undefined || !Number.isFinite(value)) {
    return {value: formatNumber(value, digits), error: formatNumber(error, digits)};
  }
  const shown = Math.min(places, value === 0 ? places : digitDecimals(value, 4));
  const rounded = fixed(error, shown);
  return {value: fixed(value, shown), error: Number(rounded) > 0 ? rounded : formatNumber(error, digits)};
}

/** Find the decimals of the given number of leading digits of a number other than 0. */
const digitDecimals = (value: number, digits: number) =>
  Math.max(0, digits - 1 - Number(value.toExponential().split("e")[1]));

/** Find the decimals of the digits of a standard error that mean something; none for 0 and infinity. */
function errorDecimals(error: number): number | undefined {
  if (!(error > 0 && Number.isFinite(error))) return undefined;
  const [leading, exponent] = error.toExponential(1).split("e");
  const significant = parseFloat(leading) < 3 ? 2 : 1;
  return Math.max(0, significant - 1 - Number(exponent));
}

/** Write a number with the given decimals, at most 20, and a minus sign; a rounded 0 has none. */
function fixed(value: number, places: number): string {
  const text = value.toFixed(Math.min(20, places));
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}

/** Check if a cell is printed in bold. */
export function isBold({bold}: CellOptions, row: number, column: string): boolean {
  return bold?.[row]?.includes(column) === true;
}

/**
 * Write a number for reading, "–" for none: whole ones as they are, others with `digits` decimals. Numbers of 100 or more have
 * two decimals fewer, of 1000 or more none; small ones have two digits.
 */
export function formatNumber(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  checkParts("formatNumber", {value: anyNumber, digits: whole({min: 0, max: 100})}, {value, digits});
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  return decimals(value, digits).replace("-", "−");
}

function decimals(value: number, digits: number): string {
  const size = Math.abs(value);
  if (Number.isInteger(value) || size >= 1000) return String(Math.round(value));
  if (size >= 100) return value.toFixed(Math.max(0, digits - 2));
  return size >= 10 ** (1 - digits) ? value.toFixed(digits) : value.toPrecision(2);
}
