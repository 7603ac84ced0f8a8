/** Tables as pictures, as HTML for a notebook and as text for a terminal. */
import {escapeHtml, records, checkOptions, whole, type TableRow} from "@lola-ts/core";
import {cellText, isBold, isNumeric, visibleColumns, type CellOptions} from "lola/evaluate";
import {corner, wrap} from "./layout";
import type {Figure} from "./style";

/** Height of a row of one line. */
const ROW = 28;
/** Heights of a line, and of the room that plotly makes around several or around characters of markup. */
const LINE = 19.5;
const AROUND = 16.5;
const CAPTION_LINE = 20;

/** Write a cell with its standard error. */
function withError(row: TableRow, column: string, options?: CellOptions): string {
  const {value, error} = cellText(row, column, options);
  return error === undefined ? value : `${value} ± ${error}`;
}

/** Compute the height of a row by the lines of its cells. */
function heightOf(cells: readonly (readonly string[])[], least: number): number {
  const lines = cells.reduce((most, {length}) => Math.max(most, length), 1);
  const isPlain = lines === 1 && !cells.some(([line]) => /[<&>]/.test(line));
  return isPlain ? least : Math.max(least, Math.ceil(LINE * lines + AROUND));
}

/**
 * Draw a table, for readers of figures/ without a notebook: caption above, a column `x ±` shown inside column `x`, text broken
 * into lines where the picture would be wider than 1600 pixels.
 *
 * @throws RangeError if there are no rows.
 */
export function tableFigure(rows: readonly TableRow[], caption: string, options: CellOptions = {}): Figure {
  if (rows.length === 0) throw new RangeError(`tableFigure: expected rows for "${caption}", found none.`);
  const columns = visibleColumns(rows);
  const text = (row: TableRow, column: string) => withError(row, column, options);
  const texts = columns.map((name) => ({
    name,
    cells: rows.map((row) => text(row, name)),
    isText: !isNumeric(rows, name),
  }));
  const fitted = fitColumns(texts, PAGE - 30);
  const weights = columns.map((column) => rows.map((_, i) => (isBold(options, i, column) ? "bold" : "normal")));
  const weight = weights as unknown as "bold"[]; // plotly's types know one row of cells
  const align = texts.map(({isText}) => (isText ? "left" : "right"));
  const widths = fitted.map(({width}) => width);
  const width = Math.max(
    30 + widths.reduce((sum, value) => sum + value, 0),
    30 + CHARACTER * Math.min(caption.length, 110),
  );
  const lines = caption ? wrap(caption, Math.floor((width - 20) / CHARACTER)) : [];
  const top = lines.length > 0 ? 26 + CAPTION_LINE * lines.length : 10;
  const lineOf = (i: number) => fitted.map(({cells}) => cells[i]);
  const heights = rows.map((_, i) => heightOf(lineOf(i), ROW));
  const headers = fitted.map((column) => column.header);
  const header = heightOf(headers, ROW + 4);
  const cells = fitted.map((column) => column.cells.map((broken) => broken.join("<br>")));

  return {
    data: [
      {
        type: "table",
        columnwidth: widths,
        header: {
          values: headers.map((broken) => `<b>${broken.join("<br>")}</b>`),
          align,
          height: ROW + 4,
          fill: {color: "#eef1f5"},
          line: {color: "#c8cdd4"},
        },
        cells: {values: cells, align, height: ROW, font: {weight}, fill: {color: "#fff"}, line: {color: "#e3e6ea"}},
      },
    ],
    layout: {
      title: {text: lines.join("<br>"), font: {size: 16}, ...corner, xref: "paper", pad: {t: 26}},
      width: Math.ceil(width),
      height: top + 12 + header + heights.reduce((sum, height) => sum + height, 0),
      margin: {l: 10, r: 10, t: top, b: 8},
      font: {family: "Open Sans, verdana, arial, sans-serif", size: 15},
    },
  };
}

/** Widths of a character in pixels, in a cell and in bold. */
const CHARACTER = 8.6;
const BOLD = 9.8;

/** The same on average over a line of text. */
const PROSE = 7.7;

/** Pixels beside a cell's text. */
const PADDING = 16;

/** Pixels up to which a table's text is not broken: a picture of 1600 pixels at one and a half per CSS pixel. */
const PAGE = 1066;

/** Characters that a column of text keeps, if it has as many. */
const NARROWEST = 14;

/** Characters of the names of rows, the first column, that stay on one line. */
const ROW_NAME = 28;

/** A column with its lines. */
export interface TableColumn {
  readonly width: number;
  readonly header: readonly string[];
  /** Lines of each cell. */
  readonly cells: readonly (readonly string[])[];
}

/** A column before its width is chosen. */
export interface ColumnText {
  readonly name: string;
  readonly cells: readonly string[];
  /** Whether its cells may be broken: numbers may not. */
  readonly isText: boolean;
}

const longest = (texts: readonly string[]) => texts.reduce((most, {length}) => Math.max(most, length), 0);
const words = (texts: readonly string[]) => texts.flatMap((text) => text.split(" "));

/** Pixels that the i-th column needs at least, and those without any break. */
function needs({name, cells, isText}: ColumnText, i: number): {least: number; whole: number} {
  const isBroken = isText && !(i === 0 && longest(cells) <= ROW_NAME);
  const inCells = isBroken ? Math.max(longest(words(cells)), Math.min(NARROWEST, longest(cells))) : longest(cells);
  return {
    least: PADDING + Math.max(BOLD * longest(words([name])), CHARACTER * inCells),
    whole: PADDING + Math.max(BOLD * name.length, CHARACTER * longest(cells)),
  };
}

/** Break the text of columns so that they fit `room` pixels together, the widest first; words, numbers and short names of rows stay whole. */
export function fitColumns(columns: readonly ColumnText[], room: number): TableColumn[] {
  const sizes = columns.map(needs);
  const widthsAt = (level: number) => sizes.map(({least, whole}) => Math.min(whole, Math.max(least, level)));
  const total = (level: number) => widthsAt(level).reduce((sum, width) => sum + width, 0);
  let [low, high] = [0, Math.max(...sizes.map(({whole}) => whole))];
  if (total(high) <= room) low = high;
  for (let i = 0; i < 24 && high - low > 0.5; i++) {
    const middle = (low + high) / 2;
    if (total(middle) <= room) low = middle;
    else high = middle;
  }
  return widthsAt(low).map((width, i) => {
    const {name, cells, isText} = columns[i];
    const fitting = (text: string, character: number) => wrap(text, Math.floor((width - PADDING) / character + 1e-9));
    return {
      width,
      header: fitting(name.replaceAll(" → ", "\u00a0→\u00a0"), BOLD),
      cells: cells.map((cell) =>
        isText ? fitting(cell, cell.length * CHARACTER + PADDING > width ? PROSE : CHARACTER) : [cell],
      ),
    };
  });
}

/** Rows and columns up to which a notebook shows a table open. */
const OPEN = {rows: 10, columns: 6} as const;

/** Split a caption into what it says, its first sentence, and where the numbers come from. */
function captionParts(caption: string): {title: string; source: string} {
  const [title, ...rest] = caption.split(/(?<=[.?!]) /);
  return {title, source: rest.join(" ")};
}

/** The first column stays in sight while the others scroll. */
const FIXED = ";position:sticky;left:0;background:var(--jp-layout-color0,inherit)";

/**
 * Write rows as an HTML table for a notebook: caption above, numbers right-aligned, a column `x ±` inside column `x`.
 * A table that is wider than the cell scrolls inside its box; one of more than 10 rows or 6 columns is folded under its caption.
 * Text is escaped.
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
  const {title, source} = captionParts(caption);
  const name = `<b>${escapeHtml(title)}</b>${source && ` <small style="color:#777">${escapeHtml(source)}</small>`}`;
  const isOpen = rows.length <= OPEN.rows && columns.length <= OPEN.columns;
  const above = isOpen ? `<caption style="caption-side:top;text-align:left;padding:4px 7px">${name}</caption>\n` : "";
  const table = `<div style="overflow-x:auto;max-width:100%"><table style="font-size:16px;border-collapse:collapse;font-variant-numeric:tabular-nums">
${above}<thead style="border-bottom:1px solid #999"><tr>${head}</tr></thead>
<tbody>
${body}
</tbody>
</table></div>`;
  if (isOpen) return table;
  const size = `${rows.length} rows, ${columns.length} columns`;
  return `<details><summary style="cursor:pointer;padding:4px 7px">${name} <small>(${size})</small></summary>\n${table}\n</details>`;
}

/** Write rows as lines with aligned columns; columns without any value are left out. */
export function textTable(rows: readonly TableRow[]): string {
  const columns = visibleColumns(rows).filter((column) => rows.some((row) => withError(row, column) !== "–"));
  const lines = [columns, ...rows.map((row) => columns.map((column) => withError(row, column)))];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  const padded = lines.map((line) => line.map((cell, i) => cell.padEnd(widths[i])).join("  "));
  return padded.map((line) => line.trimEnd()).join("\n");
}
