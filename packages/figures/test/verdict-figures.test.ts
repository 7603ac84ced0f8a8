import type {HeatmapData, ScatterData} from "plotly.js";
import {lines} from "../src/curves";
import {dotPlot, verdictMatrix, type Dot} from "../src/verdict-figures";

describe("a dot plot", () => {
  const dot = (name: string, value: number, isDecided: boolean): Dot => ({
    ...{name, value, interval: [value - 2, value + 5], isDecided, method: "diffusion"},
  });
  const dots = [dot("first", -10, true), dot("second", 4, false)];
  const {data, layout} = dotPlot(
    [
      {title: "a", dots},
      {title: "b", dots},
    ],
    "Change (%)",
  );

  test("has a panel for each system, with rows in the given order from top to bottom and one scale", () => {
    expect(data).toHaveLength(4);
    expect(layout.yaxis).toMatchObject({categoryarray: ["first", "second"], range: [1.5, -0.5]});
    expect([layout.xaxis?.range, layout.xaxis2?.range]).toEqual([
      [-15, 12],
      [-15, 12],
    ]);
  });

  test("draws intervals, and fills what is decided", () => {
    const [first, second] = data as Partial<ScatterData>[];
    expect(first.error_x).toMatchObject({array: [5], arrayminus: [2]});
    expect(first.marker!.color).toBe(first.marker!.line!.color);
    expect(second.marker!.color).toBe("white");
  });
});

test("a matrix has a word in each cell, and a colour for each word that is known", () => {
  const rows = [
    {name: "one", words: ["holds", "fails"]},
    {name: "two", words: ["undecided", "–"]},
  ];
  const {data, layout} = verdictMatrix(rows, ["Euler", "Kolmogorov flow"]);
  const [cells] = data as Partial<HeatmapData>[];
  expect(cells.z).toEqual([
    [1, 3],
    [2, 0],
  ]);
  expect(cells.text).toEqual([
    ["holds", "fails"],
    ["undecided", "–"],
  ]);
  expect(layout.annotations!.map(({text}) => text)).toEqual(["one", "two"]);
});

test("lines of methods have a hue for each method, and are paler where the compression is lower", () => {
  const curve = (name: string, compression: number) => ({name, compression, x: [0, 1], y: [0, 1]});
  const curves = [curve("neural solver", 64), curve("diffusion", 64), curve("diffusion", 32)];
  const [solver, strong, weak] = lines([{x: "x", y: "y", curves}]).data as Partial<ScatterData>[];
  expect([solver, strong, weak].map((one) => one.line!.color)).toEqual(["#D55E00", "#009E73", "#009E73"]);
  expect([strong.opacity, weak.opacity]).toEqual([undefined, 0.4]);
});
