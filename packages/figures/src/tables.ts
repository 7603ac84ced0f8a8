/** Tables as HTML for a notebook and as text for a terminal. */
import {escapeHtml, records, checkOptions, checkParts, text, whole, type TableRow} from "@lola-ts/core";
import {cellText, isBold, isNumeric, METRIC_TITLES, visibleColumns, type CellOptions} from "lola/evaluate";

/** Write a cell with its standard error. */
function withError(row: TableRow, column: string): string {
  const {value, error} = cellText(row, column);
  return error === undefined ? value : `${value} ± ${error}`;
}

/** Rows and columns up to which a notebook shows a table open. */
const OPEN = {rows: 10, columns: 6} as const;

/** Characters of a cell's text that stand on one line; longer text is broken. */
const LINE = 24;

/** Write a measure over a horizon as readers know it: VRMSE 1:20 for "vrmse@1:20". */
const headOf = (column: string) =>
  column.replace(/^(\w+)@(?=\d+:\d+$)/, (_, measure: string) => `${METRIC_TITLES[measure] ?? measure} `);

/** The first column stays in sight while the others scroll. */
const FIXED = ";position:sticky;left:0;background:var(--jp-layout-color0,inherit)";

/**
 * Write rows as an HTML table for a notebook: caption above, numbers right-aligned, a column `x ±` inside column `x`.
 * A table that is wider than the cell scrolls inside its box; one of more than 10 rows or 6 columns is folded under its caption.
 * Text is escaped.
 */
export function toHtmlTable(rows: readonly TableRow[], caption: string, options: CellOptions = {}): string {
  const {digits = 3} = options;
  checkParts(
    "toHtmlTable",
    {rows: records("rows"), caption: text, digits: whole({min: 0, max: 100})},
    {rows, caption, digits},
  );
  const columns = visibleColumns(rows);
  const style = new Map(
    columns.map((column) => [column, `text-align:${isNumeric(rows, column) ? "right" : "left"};padding:3px 7px`]),
  );
  const looks = (column: string) => `${style.get(column)}${column === columns[0] ? FIXED : ""}`;
  const cell = (row: TableRow, i: number, column: string) => {
    const {value, error} = cellText(row, column, options);
    const suffix = error === undefined ? "" : ` <small>± ${error}</small>`;
    const content = isBold(options, i, column) ? `<b>${escapeHtml(value)}${suffix}</b>` : escapeHtml(value) + suffix;
    const breaks = value.length > LINE ? `min-width:${LINE / 2}em` : "white-space:nowrap";
    return `<td style="${looks(column)};${breaks}">${content}</td>`;
  };
  const head = columns
    .map((column) => `<th style="${looks(column)};vertical-align:bottom">${escapeHtml(headOf(column))}</th>`)
    .join("");
  const body = rows.map((row, i) => `<tr>${columns.map((column) => cell(row, i, column)).join("")}</tr>`).join("\n");
  const [title, ...rest] = caption.split(/(?<=[.?!]) /);
  const source = rest.join(" "); // what the numbers are of
  const name = `<b>${escapeHtml(title)}</b>${source && ` <small style="color:#777">${escapeHtml(source)}</small>`}`;
  const isOpen = rows.length <= OPEN.rows && columns.length <= OPEN.columns;
  const table = `<div style="overflow-x:auto;max-width:100%"><table style="font-size:16px;border-collapse:collapse;font-variant-numeric:tabular-nums">
<thead style="border-bottom:1px solid #999"><tr>${head}</tr></thead>
<tbody>
${body}
</tbody>
</table></div>`;
  // a caption of the table itself would be as narrow as the table
  const above = `<figcaption style="padding:4px 7px;max-width:60em">${name}</figcaption>`;
  if (isOpen) return `<figure style="margin:0">${above}\n${table}</figure>`;
  const size = `${rows.length} rows, ${columns.length} columns`;
  return `<details><summary style="cursor:pointer;padding:4px 7px">${name} <small>(${size})</small></summary>\n${table}\n</details>`;
}

/** Write rows as lines with aligned columns; columns without any value are left out. */
export function textTable(rows: readonly TableRow[]): string {
  checkOptions("textTable", records("rows"), rows, "rows");
  const columns = visibleColumns(rows).filter((column) => rows.some((row) => withError(row, column) !== "–"));
  const lines = [columns, ...rows.map((row) => columns.map((column) => withError(row, column)))];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  const padded = lines.map((line) => line.map((cell, i) => cell.padEnd(widths[i])).join("  "));
  return padded.map((line) => line.trimEnd()).join("\n");
}
