import {escapeHtml} from "../../core/html";
import type {TableRow} from "../../core/table";
import {cellText, isNumeric, visibleColumns} from "../../evaluate/tables/cells";

export interface HtmlTableOptions {
  /** Decimals of numbers that are not whole. Default: 3. */
  digits?: number;
}

/**
 * Write rows as an HTML table for a notebook: caption above, numbers right-aligned, a column `x ±` inside column `x`.
 * Text is escaped.
 */
export function toHtmlTable(rows: readonly TableRow[], caption: string, {digits = 3}: HtmlTableOptions = {}): string {
  const columns = visibleColumns(rows);
  const style = new Map(
    columns.map((column) => [
      column,
      `text-align:${isNumeric(rows, column) ? "right" : "left"};padding:2px 10px;white-space:nowrap`,
    ]),
  );
  const cell = (row: TableRow, column: string) => {
    const {value, error} = cellText(row, column, digits);
    const suffix = error === undefined ? "" : ` <small>± ${error}</small>`;
    return `<td style="${style.get(column)}">${escapeHtml(value)}${suffix}</td>`;
  };
  const head = columns.map((column) => `<th style="${style.get(column)}">${escapeHtml(column)}</th>`).join("");
  const body = rows.map((row) => `<tr>${columns.map((column) => cell(row, column)).join("")}</tr>`).join("\n");
  return `<table style="border-collapse:collapse;font-variant-numeric:tabular-nums">
<caption style="caption-side:top;text-align:left;padding:4px 10px"><b>${escapeHtml(caption)}</b></caption>
<thead style="border-bottom:1px solid #999"><tr>${head}</tr></thead>
<tbody>
${body}
</tbody>
</table>`;
}
