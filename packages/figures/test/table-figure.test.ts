import type {TableRow} from "@lola-ts/core";
import {tableFigure} from "../src/tables";

const rows: TableRow[] = [
  {method: "diffusion", VRMSE: 0.12345, "VRMSE ±": 0.01, steps: 16},
  {method: "neural solver", VRMSE: null, steps: 1},
];

test("shows every cell, errors inside their column, numbers to the right", () => {
  const {data, layout} = tableFigure(rows, "Table 6");
  const {header, cells} = data[0] as Record<string, {values: unknown; align: string[]}>;
  expect(header.values).toEqual(["<b>method</b>", "<b>VRMSE</b>", "<b>steps</b>"]);
  expect(cells.values).toEqual([
    ["diffusion", "neural solver"],
    ["0.123 ± 0.010", "–"],
    ["16", "1"],
  ]);
  expect(cells.align).toEqual(["left", "right", "right"]);
  expect(layout.title).toMatchObject({text: "Table 6"});
});

test("is as high as its rows", () => {
  const height = (count: number) => tableFigure(Array(count).fill(rows[0]), "").layout.height as number;
  expect(height(11) - height(1)).toBe(10 * 28);
});

test("leaves room for rows that plotly makes higher for characters of markup", () => {
  const height = (method: string) => tableFigure([{method}, {method}], "").layout.height as number;
  expect(height("Reid & Harris") - height("Reid and Harris")).toBe(2 * 8);
});

test("a table of long sentences is no wider than a page, and as high as their lines", () => {
  const claim = "Most of the middle- and high-band error is the autoencoder's: less than half is left "
    .repeat(3)
    .trim();
  const {data, layout} = tableFigure([{source: claim, test: claim, verdict: "holds"}], "");
  expect(layout.width).toBeLessThanOrEqual(1067);
  const {cells} = data[0] as unknown as {cells: {values: string[][]}};
  const lines = Math.max(...cells.values.map(([cell]) => cell.split("<br>").length));
  expect(lines).toBeGreaterThan(2);
  expect(layout.height).toBeGreaterThan(32 + 19 * lines);
});

test("breaks a caption that is longer than its table is wide, and makes room for it", () => {
  const caption = "Spread over skill of the first method at every rate ".repeat(4).trim();
  const {layout} = tableFigure(rows, caption);
  const lines = (layout.title as {text: string}).text.split("<br>");
  expect(lines.join(" ")).toBe(caption);
  expect(Math.max(...lines.map(({length}) => length)) * 8.6).toBeLessThanOrEqual(layout.width as number);
  const short = tableFigure(rows, lines[0]).layout;
  expect((layout.height as number) - (short.height as number)).toBe(20 * (lines.length - 1));
});

test("refuses an empty table", () => expect(() => tableFigure([], "Table 6")).toThrow(/rows for "Table 6"/));

test("prints the given cells in bold", () => {
  const {data} = tableFigure(rows, "Table 6", {bold: [["VRMSE"], []]});
  const {cells} = data[0] as {cells: {font: {weight: string[][]}}};
  expect(cells.font.weight).toEqual([
    ["normal", "normal"],
    ["bold", "normal"],
    ["normal", "normal"],
  ]);
});
