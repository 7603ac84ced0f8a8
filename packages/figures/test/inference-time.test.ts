import type {ScatterData} from "plotly.js";
import {inferenceTime} from "../src/bars";

const rows = [
  {label: "simulator", generation: 62, total: 62, paper: 10000},
  {label: "diffusion, pixel", generation: null, total: null, paper: 1000},
  {label: "diffusion ÷20", generation: 6.2, total: 6.9},
];

test("points with and without decoding, the paper as diamonds, the first method on top", () => {
  const {data, layout} = inferenceTime(rows);
  const [paper, total, generation] = data as Partial<ScatterData>[];
  expect(paper).toMatchObject({x: [10000, 1000], y: ["simulator", "diffusion, pixel"]});
  expect(total.x).toEqual([62, null, 6.9]);
  expect(generation.x).toEqual([62, null, 6.2]);
  expect((layout.yaxis as {categoryarray: string[]}).categoryarray).toEqual([
    "diffusion ÷20",
    "diffusion, pixel",
    "simulator",
  ]);
});

test("the logarithmic axis holds all values, and points carry their total", () => {
  const {layout} = inferenceTime(rows);
  const {type, range} = layout.xaxis as {type: string; range: number[]};
  expect(type).toBe("log");
  expect(range[0]).toBeLessThan(Math.log10(6.2));
  expect(range[1]).toBeGreaterThan(4);
  expect((layout.annotations as {text: string}[]).map(({text}) => text)).toEqual(["62 ms", "6.9 ms"]);
});
