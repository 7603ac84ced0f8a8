import type {HeatmapData} from "plotly.js";
import {figure22} from "../src/image-figures";
import {limitsOf} from "../src/tiles";

test("a row per value, in the limits of all, with one colour bar for all", () => {
  const image = (scale: number) => ({data: Float32Array.from({length: 64}, (_, i) => scale * i), shape: [8, 8]});
  const rows = [1, 2, 3].map((scale) => ({label: `γ = ${scale}`, fields: [image(scale), image(scale)]}));
  const {data, layout} = figure22(rows, {leads: [0, 4]});
  const traces = data as Partial<HeatmapData>[];
  const [low, high] = limitsOf(rows.flatMap(({fields}) => fields));
  for (const trace of traces) expect(trace).toMatchObject({zmin: low, zmax: high});
  expect(traces.map(({showscale}) => showscale)).toEqual([true, false, false]);
  expect((layout.xaxis as {ticktext: string[]}).ticktext).toEqual(["τ = 0", "τ = 4"]);
});
