import type {ScatterData} from "plotly.js";
import {figure23} from "../../../lib/figures/images/figure-23";

const places = [
  [0, 1],
  [2, 3],
  [4, 5],
] as const;
const {data, layout} = figure23(places, [
  {title: "γ", values: [1, 2, 3]},
  {title: "Ra", values: [1e8, 1e7, 1e6], logarithmic: true},
]);
const traces = data as Partial<ScatterData>[];

test("panels have the same points, coloured by different quantities, with marks beside colours", () => {
  expect(traces[0].x).toEqual([0, 2, 4]);
  expect(traces[1].x).toEqual(traces[0].x);
  expect(traces.map(({marker}) => marker!.color)).toEqual([
    [1, 2, 3],
    [8, 7, 6],
  ]);
  expect(traces[0].marker!.symbol).toEqual(["circle", "square", "triangle-up"]);
});

test("colour bars stand beside their panel and name values themselves", () => {
  const bars = traces.map(({marker}) => marker!.colorbar!);
  const {domain} = layout.xaxis as {domain: number[]};
  expect(bars[0].x).toBe(domain[1]);
  expect(bars[1].ticktext).toContain("10<sup>7</sup>");
  expect(bars[1].tickvals).toContain(7);
});

test("few values are the ticks of a logarithmic bar, and no label is there twice", () => {
  const two = figure23(places, [{title: "Ra", values: [1e6, 1e7, 1e6], logarithmic: true}]);
  expect((two.data[0] as Partial<ScatterData>).marker!.colorbar).toMatchObject({
    tickvals: [6, 7],
    ticktext: ["10<sup>6</sup>", "10<sup>7</sup>"],
  });
  const many = Array.from({length: 9}, (_, i) => 1e6 * 10 ** (i / 8));
  const nine = figure23(
    many.map((_, i) => [i, i] as const),
    [{title: "Ra", values: many, logarithmic: true}],
  );
  const labels = (nine.data[0] as Partial<ScatterData>).marker!.colorbar!.ticktext as string[];
  expect(new Set(labels).size).toBe(labels.length);
});

test("refuses values that are not one per point", () => {
  expect(() => figure23(places, [{title: "γ", values: [1, 2]}])).toThrow("panels.0.values");
});
