import {records} from "../../core/options/array-rules";
import {checkOptions} from "../../core/options/check-options";
import {whole} from "../../core/options/rules";
import {escapeHtml} from "../../core/html";
import type {TableRow} from "../../core/table";
import {cellText, isBold, isNumeric, visibleColumns, type CellOptions} from "../../evaluate/tables/cells";

/** The first column stays in sight while the others scroll. */
const FIXED = ";position:sticky;left:0;background:var(--jp-layout-color0,inherit)";

/**
 * Write rows as an HTML table for a notebook: caption above, numbers right-aligned, a column `x ±` inside column `x`.
 * A table that is wider than the cell scrolls inside its box. Text is escaped.
 */
export function toHtmlTable(rows: readonly TableRow[], caption: string, options: CellOptions = {}): string {
  const {digits = 3} = options;
  checkOptions("toHtmlTable", records("rows"), rows, "rows");
  checkOptions("toHtmlTable", whole({min: 0, max: 100}), digits, "digits");
  const columns = visibleColumns(rows);
  const style = new Map(
    columns.map((column) => [column, `text-align:${isNumeric(rows, column) ? "right" : "left"};padding:3px 7px`]),
  );
  const looks = (column: string) => `${style.get(column)}${column === columns[0] ? FIXED : ""}`;
  const cell = (row: TableRow, i: number, column: string) => {
    const {value, error} = cellText(row, column, options);
    const suffix = error === undefined ? "" : ` <small>± ${error}</small>`;
    const content = isBold(options, i, column) ? `<b>${escapeHtml(value)}${suffix}</b>` : escapeHtml(value) + suffix;
    return `<td style="${looks(column)};white-space:nowrap">${content}</td>`;
  };
  const head = columns
    .map((column) => `<th style="${looks(column)};vertical-align:bottom">${escapeHtml(column)}</th>`)
    .join("");
  const body = rows.map((row, i) => `<tr>${columns.map((column) => cell(row, i, column)).join("")}</tr>`).join("\n");
  return `<div style="overflow-x:auto;max-width:100%"><table style="font-size:16px;border-collapse:collapse;font-variant-numeric:tabular-nums">
<caption style="caption-side:top;text-align:left;padding:4px 7px"><b>${escapeHtml(caption)}</b></caption>
<thead style="border-bottom:1px solid #999"><tr>${head}</tr></thead>
<tbody>
${body}
</tbody>
</table></div>`;
}
