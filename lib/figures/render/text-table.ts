/** Tables for a terminal. */
import type {TableRow} from "../../core/table";
import {cellText, visibleColumns} from "../../evaluate/tables/cells";

/** Write rows as lines with aligned columns; columns without any value are left out. */
export function textTable(rows: readonly TableRow[]): string {
  const text = (row: TableRow, column: string) => {
    const {value, error} = cellText(row, column);
    return error === undefined ? value : `${value} ± ${error}`;
  };
  const columns = visibleColumns(rows).filter((column) => rows.some((row) => text(row, column) !== "–"));
  const lines = [columns, ...rows.map((row) => columns.map((column) => text(row, column)))];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  return lines
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i]))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
