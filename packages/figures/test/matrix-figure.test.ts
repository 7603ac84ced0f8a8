import type {HeatmapData} from "plotly.js";
import {matrixFigure} from "../src/latent-space";

const values = [
  [0, 2],
  [2, 0],
];

test("matrices share their colours, the first row is at the top, and small ones show their numbers", () => {
  const panels = [values, values.map((row) => row.map((value) => 2 * value))].map((values, i) => ({
    title: `${i}`,
    values,
  }));
  const {data, layout} = matrixFigure(panels, {labels: ["a", "b"]});
  for (const trace of data as Partial<HeatmapData>[])
    expect(trace).toMatchObject({zmin: 0, zmax: 4, texttemplate: "%{text}"});
  expect((data as Partial<HeatmapData>[]).map(({showscale}) => showscale)).toEqual([true, false]);
  expect(layout).toMatchObject({yaxis: {autorange: "reversed", ticktext: ["a", "b"]}, yaxis2: {showticklabels: false}});
});

test("signed ones reach from -1 to 1, and of many labels every fourth is written", () => {
  const many = Array.from({length: 12}, (_, i) => Array.from({length: 12}, (_, j) => Number(i === j)));
  const {data, layout} = matrixFigure([{title: "correlation", values: many}], {scale: "signed"});
  expect(data[0]).toMatchObject({zmin: -1, zmax: 1});
  expect(data[0]).not.toHaveProperty("texttemplate");
  expect(layout).toMatchObject({xaxis: {ticktext: ["0", "4", "8"]}});
});

test("refuses what is not square, of another size, or not there", () => {
  expect(() => matrixFigure([])).toThrow("found none");
  expect(() => matrixFigure([{title: "a", values: [[1, 2]]}])).toThrow("a square matrix");
  expect(() =>
    matrixFigure([
      {title: "a", values},
      {title: "b", values: [[1]]},
    ]),
  ).toThrow('expected 2 rows, found 1 in "b"');
});
