import type {HeatmapData} from "plotly.js";
import {figure4} from "../src/image-figures";
import {colours} from "../src/style";
import {limitsOf} from "../src/tiles";

const field = (scale: number) => ({
  data: Float32Array.from({length: 64}, (_, i) => scale * Math.sin(i)),
  shape: [8, 8] as const,
});
const rows = [
  {method: "ground truth", fields: [field(1), field(1)]},
  {method: "autoencoder", compression: 20, fields: [field(9), field(9)]},
  {method: "diffusion", compression: 20, member: 3, fields: [field(2), null]},
  {method: "diffusion", compression: 80, fields: [field(2), field(2)]},
];

test("all rows share the limits of the ground truth, whose row has the colour bar", () => {
  const {data} = figure4(rows, {leads: [20, 100]});
  const [low, high] = limitsOf(rows[0].fields);
  for (const trace of data) expect(trace).toMatchObject({type: "heatmap", zmin: low, zmax: high});
  expect((data as Partial<HeatmapData>[]).map(({showscale}) => showscale)).toEqual([true, false, false, false]);
});

test("columns are lead times, rows are named and coloured by rank, methods set apart", () => {
  const {data, layout} = figure4(rows, {leads: [20, 100], caption: "seed 0"});
  expect((layout.xaxis as {ticktext: string[]}).ticktext).toEqual(["τ = 20", "τ = 100"]);
  const labels = (layout.yaxis as {ticktext: string[]}).ticktext;
  expect(labels[0]).toContain(">ground truth<");
  expect(labels[2]).toContain("diffusion<br>÷20 #3");
  expect(labels[1]).toContain(colours[1]);
  expect(labels[3]).toContain(colours[2]);
  const bottoms = (data as Partial<HeatmapData>[]).map(({y0}) => Number(y0));
  const steps = bottoms.slice(1).map((bottom, i) => bottoms[i] - bottom - 8);
  expect(steps).toEqual([4, 4, 1]);
  expect((layout.annotations as {text: string}[])[0].text).toBe("seed 0");
});

test("a rate has the colour of its rank among all rates of the experiment", () => {
  const {layout} = figure4(rows.slice(0, 3), {leads: [20, 100], rates: [5, 20, 80]});
  expect((layout.yaxis as {ticktext: string[]}).ticktext[1]).toContain(colours[2]);
});

test("a group of three rows or more has a colour bar of its own; groups are methods, or rates", () => {
  const more = [...rows, {method: "diffusion", compression: 320, fields: [field(1), field(1)]}];
  const bars = (groups?: "method" | "compression") =>
    (figure4(more, {leads: [20, 100], groups}).data as Partial<HeatmapData>[]).map(({showscale}) => showscale);
  expect(bars()).toEqual([true, false, true, false, false]);
  expect(bars("compression")).toEqual([true, false, false, false, false]);
  const bottoms = (figure4(more, {leads: [20, 100], groups: "compression"}).data as Partial<HeatmapData>[]).map(
    ({y0}) => Number(y0),
  );
  expect(bottoms.slice(1).map((bottom, i) => bottoms[i] - bottom - 8)).toEqual([4, 1, 4, 4]);
});

test("refuses to guess the truth", () => {
  expect(() => figure4(rows.slice(1), {leads: [1, 2]})).toThrow("first row to be the ground truth, found autoencoder");
});
