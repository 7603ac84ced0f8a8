import type {HeatmapData, LayoutAxis} from "plotly.js";
import {figure4All, type SystemRollouts} from "../src/image-figures";

const image = (nx: number, ny: number, value: number) => ({
  shape: [nx, ny],
  data: Float32Array.from({length: nx * ny}, (_, i) => value + i),
});
const system = (title: string, nx: number, ny: number, rates: readonly number[]): SystemRollouts => ({
  title,
  leads: [0, 20],
  rows: [
    {method: "ground truth", fields: [image(nx, ny, 0), image(nx, ny, 1)]},
    ...rates.map((compression) => ({
      method: "diffusion",
      compression,
      fields: [image(nx, ny, 2), {shape: [nx, ny], data: new Float32Array(nx * ny).fill(NaN)}],
    })),
  ],
});
const {data, layout} = figure4All([system("Euler", 64, 64, [40, 80]), system("Convection", 128, 32, [32])], {
  caption: "seed 0",
});
const rows = data as Partial<HeatmapData>[];
const {xaxis, yaxis, xaxis2, yaxis2} = layout as Record<string, LayoutAxis>;

test("two systems stand side by side without overlap, their upper ends at one height, under their titles", () => {
  expect(xaxis.domain![1]).toBeLessThan(xaxis2.domain![0]);
  expect(xaxis2.domain![1]).toBeCloseTo(1, 9);
  expect([yaxis.domain![1], yaxis2.domain![1]]).toEqual([1, 1]);
  expect(Math.min(yaxis.domain![0], yaxis2.domain![0])).toBeCloseTo(0, 9);
  const titles = layout.annotations!.filter(({text}) => ["Euler", "Convection"].includes(text!));
  expect(titles.map(({x}) => x)).toEqual([xaxis.domain![0], xaxis2.domain![0]]);
});

test("a third system stands below the shorter column, under its title", () => {
  const three = [system("Euler", 64, 64, [40, 80]), system("Convection", 128, 32, [32]), system("Cloud", 16, 16, [12])];
  const {xaxis2: x2, yaxis2: y2, xaxis3: x3, yaxis3: y3} = figure4All(three).layout as Record<string, LayoutAxis>;
  expect(y3.domain![1]).toBeLessThan(y2.domain![0]);
  expect(y3.domain![0]).toBeGreaterThanOrEqual(-1e-9);
  expect(x3.domain![0]).toBeGreaterThan(0.3);
  expect(x3.domain![1]).toBeLessThanOrEqual(Math.max(1, x2.domain![1]) + 1e-9);
});

test("cells stay square: pixels per cell are the same along both axes of a system", () => {
  const {width = 0, height = 0, margin: {l = 0, r = 0, t = 0, b = 0} = {}} = layout;
  const perCell = ({domain, range}: LayoutAxis, pixels: number) =>
    (pixels * (domain![1] - domain![0])) / (Number(range![1]) - Number(range![0]));
  for (const [x, y] of [
    [xaxis, yaxis],
    [xaxis2, yaxis2],
  ]) {
    expect(perCell(x, width - l - r) / perCell(y, height - t - b)).toBeCloseTo(1, 1);
  }
});

test("rows, grounds of missing values and colour bars belong to the axes of their own system", () => {
  expect(rows.map(({xaxis: x, yaxis: y}) => [x, y].join())).toEqual(["x,y", "x,y", "x,y", "x2,y2", "x2,y2"]);
  expect(layout.shapes!.map(({xref}) => xref)).toEqual(["x", "x", "x2"]);
  expect([xaxis2.anchor, yaxis2.anchor, yaxis2.scaleanchor]).toEqual(["y2", "x2", "x2"]);
  const [first, second] = [rows[0], rows[3]].map(({colorbar}) => colorbar!.x!);
  expect(first).toBeCloseTo(xaxis.domain![1], 9);
  expect(second).toBeCloseTo(1, 9);
});

test("refuses no system, and rows that do not begin with the truth", () => {
  expect(() => figure4All([])).toThrow("figure4All: expected forecasts of a system, found none");
  const [, forecast] = system("Euler", 8, 8, [40]).rows;
  expect(() => figure4All([{title: "Euler", leads: [0, 20], rows: [forecast]}])).toThrow("the first row");
});
