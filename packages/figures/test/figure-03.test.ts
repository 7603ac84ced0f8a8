import type {BarData} from "plotly.js";
import {figure3} from "../src/bars";
import {colours} from "../src/style";

const rows = [80, 5, 20].flatMap((compression) =>
  ["1:20", "21:60"].map((horizon, i) => ({dataset: "Euler", compression, horizon, value: compression / 200 + i / 10})),
);

test("one bar per rate, in order and in the colours of the ranks, grouped by horizon, from 0", () => {
  const {data, layout} = figure3(rows.map((row) => ({...row, error: 0.01})));
  expect(data.map(({name}) => name)).toEqual(["÷5", "÷20", "÷80"]);
  expect((data as Partial<BarData>[]).map(({marker}) => marker?.color)).toEqual(colours.slice(1, 4));
  expect(data[2]).toMatchObject({type: "bar", x: ["1:20", "21:60"], y: [0.4, 0.5], error_y: {array: [0.01, 0.01]}});
  const {range} = layout.yaxis as {range: number[]};
  expect(range[0]).toBe(0);
  expect(range[1]).toBeGreaterThan(0.51); // room for the error bar and the legend
});

test("the caption says what thin bars are, where there are some", () => {
  const captionOf = (error?: number) =>
    JSON.stringify(
      figure3(
        rows.map((row) => ({...row, error})),
        {caption: "seed 0"},
      ).layout.annotations,
    );
  expect(captionOf(0.01)).toContain("Thin bars: one standard error over trajectories. seed 0");
  expect([captionOf(NaN), captionOf()].filter((text) => text.includes("Thin"))).toEqual([]);
});

test("panels have their own datasets, axes and legends", () => {
  const {data, layout} = figure3([...rows, {dataset: "paper", compression: 1280, horizon: "1:20", value: 0.06}]);
  expect(data[3]).toMatchObject({xaxis: "x2", yaxis: "y2", legend: "legend2", name: "÷1280"});
  expect(data[3]).not.toHaveProperty("error_y");
  expect(layout.yaxis2!.range![1]).toBeLessThan(0.1);
  const texts = (layout.annotations as {text: string}[]).map(({text}) => text);
  expect(texts).toEqual(["Euler", "paper"]);
});

test("four datasets stand in rows of two, so that a narrow page shows them large", () => {
  const names = ["a", "b", "c", "d"];
  const {layout} = figure3(names.flatMap((dataset) => rows.map((row) => ({...row, dataset}))));
  expect(layout.width).toBe(900);
  const {xaxis, xaxis3, yaxis, yaxis3} = layout as unknown as Record<string, {domain: number[]}>;
  expect(xaxis3.domain).toEqual(xaxis.domain);
  expect(yaxis3.domain[1]).toBeLessThan(yaxis.domain[0]);
});

test("a panel is wide enough for three rates beside each other, however many datasets there are", () => {
  for (const count of [1, 2, 3, 4]) {
    const names = Array.from({length: count}, (_, i) => `system ${i}`);
    const {layout} = figure3(names.flatMap((dataset) => rows.map((row) => ({...row, dataset}))));
    const {l, r} = layout.margin as {l: number; r: number};
    for (let i = 1; i <= count; i++) {
      const {domain} = (layout as unknown as Record<string, {domain: number[]}>)[i === 1 ? "xaxis" : `xaxis${i}`];
      expect((domain[1] - domain[0]) * (layout.width! - l - r)).toBeGreaterThan(235);
    }
  }
});
