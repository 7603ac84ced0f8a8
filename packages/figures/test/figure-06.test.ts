import type {HeatmapData} from "plotly.js";
import {figure6} from "../src/image-figures";
import {limitsOf} from "../src/tiles";

const image = (scale: number) => ({
  data: Float32Array.from({length: 256}, (_, i) => scale * Math.sin(i)),
  shape: [16, 16],
});
const points = {data: new Float32Array(256).fill(NaN), shape: [16, 16]};
points.data.set([5, 7], 16 * 4 + 4); // two neighbours
const truth = [image(1), image(1)];
const figure = figure6(
  {
    truth,
    unguided: [image(2), image(2)],
    cases: [{name: "points", observed: [null, points], guided: [image(3), image(3)]}],
  },
  {leads: [0, 4]},
);
const rows = figure.data as (Partial<HeatmapData> & {z: (number | null)[][]})[];

test("rows are truth, unguided, observed and guided, in the limits of the truth, with one colour bar", () => {
  expect(rows.map(({name}) => name)).toEqual(["ground truth", "not guided", "points, observed", "guided"]);
  const [low, high] = limitsOf(truth);
  for (const row of rows) expect(row).toMatchObject({zmin: low, zmax: high});
  expect(rows.map(({showscale}) => showscale)).toEqual([true, false, false, false]);
  expect((figure.layout.xaxis as {ticktext: string[]}).ticktext).toEqual(["τ = 0", "τ = 4"]);
});

test("a state that is not observed is empty, and points are three cells wide without hiding each other", () => {
  const gap = 16 + 1;
  const column = rows[2].z.map((row) => row.slice(gap));
  expect(rows[2].z.every((row) => row.slice(0, 16).every((value) => value === null))).toBe(true);
  expect(column[4][4]).toBe(5);
  expect(column[5][4]).toBe(7);
  expect(column.flat().filter((value) => value !== null)).toHaveLength(3 * 4);
});

test("dense observations stay as they are", () => {
  const half = {data: Float32Array.from(image(1).data, (value, i) => (i % 2 ? value : NaN)), shape: [16, 16]};
  const {data} = figure6(
    {truth, unguided: truth, cases: [{name: "half", observed: [half], guided: [image(1)]}]},
    {leads: [0, 4]},
  );
  const {z} = data[2] as unknown as {z: (number | null)[][]};
  expect(z.flat().filter((value) => value !== null)).toHaveLength(128);
});
