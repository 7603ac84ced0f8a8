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

test("a quantity that all labels name is written once", () => {
  const layoutOf = (labels: string[]) => matrixFigure([{title: "a", values}], {labels}).layout;
  const named = layoutOf(["γ = 1.200", "γ = 1.350"]);
  expect(named).toMatchObject({
    xaxis: {title: {text: "γ"}, ticktext: ["1.20", "1.35"]},
    yaxis: {ticktext: ["1.20", "1.35"]},
  });
  expect(layoutOf(["Ra = 10⁶", "Ra = 2·10⁶"])).toMatchObject({
    xaxis: {title: {text: "Ra"}, ticktext: ["10⁶", "2·10⁶"]},
  });
  expect(layoutOf(["Re = 100", "Re = 1000"])).toMatchObject({xaxis: {ticktext: ["100", "1000"]}});
  expect(layoutOf(["γ = 1.2", "Ra = 10"])).toMatchObject({yaxis: {ticktext: ["γ = 1.2", "Ra = 10"]}});
});

test("numbers have a minus sign, and short names lie flat", () => {
  const {data, layout} = matrixFigure(
    [
      {
        title: "a",
        values: [
          [-0.02, 1],
          [1, 0],
        ],
      },
    ],
    {scale: "signed"},
  );
  expect((data[0] as unknown as {text: string[][]}).text).toEqual([
    ["−0.02", "1"],
    ["1", "0"],
  ]);
  expect(layout).toMatchObject({xaxis: {tickangle: 0, ticktext: ["0", "1"]}});
  const long = ["a method with a long name that is wider than its column", "another"];
  const {xaxis} = matrixFigure([{title: "a", values}], {labels: long}).layout;
  expect(xaxis).toMatchObject({tickangle: -35, ticktext: long});
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
