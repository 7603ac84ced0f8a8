/** Tables for reading: which columns are visible, and the text of their cells. */
import type {TableRow} from "../../core/table";

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

/**
 * Write a cell for reading.
 *
 * @returns the value, and its standard error from column `x ±` if there is one.
 */
export function cellText(row: TableRow, column: string, digits = 3): {value: string; error?: string} {
  const value = row[column] ?? null;
  const error = row[`${column} ±`];
  const text = typeof value === "string" ? value : formatNumber(value, digits);
  return typeof error === "number" && !Number.isNaN(error)
    ? {value: text, error: formatNumber(error, digits)}
    : {value: text};
}

/** Write a number for reading: whole ones as they are, others with 3 decimals, or 2 digits if smaller; "–" for none. */
export function formatNumber(value: number | null, digits = 3): string {
  if (value === null || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  return decimals(value, digits).replace("-", "−");
}

function decimals(value: number, digits: number): string {
  const size = Math.abs(value);
  if (Number.isInteger(value) || size >= 1000) return String(Math.round(value));
  if (size >= 100) return value.toFixed(Math.max(0, digits - 2));
  return size >= 10 ** (1 - digits) ? value.toFixed(digits) : value.toPrecision(2);
}
