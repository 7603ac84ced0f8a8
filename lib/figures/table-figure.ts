import type {TableRow} from "../core/table";
import {cellText, isBold, isNumeric, visibleColumns, type CellOptions} from "../evaluate/tables/cells";
import {wrap, type Figure} from "./style";
import {CHARACTER, fitColumns, PAGE} from "./table-columns";

/** Height of a row of one line. */
const ROW = 28;
/** Heights of a line, and of the room that plotly makes around several or around characters of markup. */
const LINE = 19.5;
const AROUND = 16.5;
const CAPTION_LINE = 20;

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
  const text = (row: TableRow, column: string) => {
    const {value, error} = cellText(row, column, options);
    return error === undefined ? value : `${value} ± ${error}`;
  };
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
  const heights = rows.map((_, i) =>
    heightOf(
      fitted.map(({cells}) => cells[i]),
      ROW,
    ),
  );
  const header = heightOf(
    fitted.map((column) => column.header),
    ROW + 4,
  );
  const cells = fitted.map((column) => column.cells.map((broken) => broken.join("<br>")));

  return {
    data: [
      {
        type: "table",
        columnwidth: widths,
        header: {
          values: fitted.map((column) => `<b>${column.header.join("<br>")}</b>`),
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
      height: top + 12 + header + heights.reduce((sum, height) => sum + height, 0),
      margin: {l: 10, r: 10, t: top, b: 8},
      font: {family: "Open Sans, verdana, arial, sans-serif", size: 15},
    },
  };
}
