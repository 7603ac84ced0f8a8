import type {TableRow} from "../core/table";
import {cellText, isBold, isNumeric, visibleColumns, type CellOptions} from "../evaluate/tables/cells";
import {wrap, type Figure} from "./style";

const ROW = 28;
/** Height of a row with one of the characters of markup, for which plotly makes room. */
const MARKUP_ROW = 36;
const CAPTION_LINE = 20;
/** Widths of a character in pixels, in a cell or the caption and in bold. */
const CHARACTER = 8.6;
const BOLD = 9.8;

/**
 * Draw a table, for readers of figures/ without a notebook: caption above, a column `x ±` shown inside column `x`.
 *
 * @throws RangeError if there are no rows.
 */
export function tableFigure(rows: readonly TableRow[], caption: string, options: CellOptions = {}): Figure {
  if (rows.length === 0) throw new RangeError(`tableFigure: expected rows for "${caption}", found none.`);
  const columns = visibleColumns(rows);
  const text = (row: TableRow, column: string) => {
    const {value, error} = cellText(row, column, options);
    return error === undefined ? value : `${value} ± ${error}`;
  };
  const cells = columns.map((column) => rows.map((row) => text(row, column)));
  const weights = columns.map((column) => rows.map((_, i) => (isBold(options, i, column) ? "bold" : "normal")));
  const weight = weights as unknown as "bold"[]; // plotly's types know one row of cells
  const heights = rows.map((_, i) => (cells.some((column) => /[<&>]/.test(column[i])) ? MARKUP_ROW : ROW));
  const widths = columns.map(
    (column, i) => 16 + Math.max(BOLD * column.length, ...cells[i].map(({length}) => CHARACTER * length)),
  );
  const align = columns.map((column) => (isNumeric(rows, column) ? "right" : "left"));
  const width = Math.max(
    30 + widths.reduce((sum, value) => sum + value, 0),
    30 + CHARACTER * Math.min(caption.length, 110),
  );
  const lines = caption ? wrap(caption, Math.floor((width - 20) / CHARACTER)) : [];
  const top = lines.length > 0 ? 26 + CAPTION_LINE * lines.length : 10;
  const wrapped = columns.some((column, i) => column.includes(" ") && column.length > 0.8 * (widths[i] / BOLD))
    ? ROW
    : 0;

  return {
    data: [
      {
        type: "table",
        columnwidth: widths,
        header: {
          values: columns.map((column) => `<b>${column}</b>`),
          align,
          height: ROW + 4,
          fill: {color: "#eef1f5"},
          line: {color: "#c8cdd4"},
        },
        cells: {values: cells, align, height: ROW, font: {weight}, fill: {color: "#fff"}, line: {color: "#e3e6ea"}},
      },
    ],
    layout: {
      title: {
        ...{text: lines.join("<br>"), font: {size: 16}, x: 0, xref: "paper", xanchor: "left"},
        ...{y: 1, yref: "container", yanchor: "top", pad: {t: 26}},
      },
      width: Math.ceil(width),
      height: top + 12 + ROW + heights.reduce((sum, height) => sum + height, 0) + wrapped + 4,
      margin: {l: 10, r: 10, t: top, b: 8},
      font: {family: "Open Sans, verdana, arial, sans-serif", size: 15},
    },
  };
}
