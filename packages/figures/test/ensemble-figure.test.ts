import type {HeatmapData} from "plotly.js";
import {ensembleFigure} from "../src/image-figures";
import {limitsOf} from "../src/tiles";

const image = (level: number) => ({
  data: Float32Array.from({length: 16}, (_, i) => level + i / 16),
  shape: [4, 4] as const,
});
const truth = [image(0), image(1)];
const members = [0, 2, 4].map((level) => [image(level), image(level)]);
const options = {leads: [0, 4], compression: 20, answerCompression: 20, rates: [5, 20]};
const {data: traces, layout} = ensembleFigure({truth, members, answer: truth}, options);
const data = traces as Partial<HeatmapData>[];
const rowOf = (name: string) => data.find((trace) => trace.name === name)!;
const first = (name: string) => (rowOf(name).z as number[][])[0].slice(0, 4);

test("rows are truth, members, mean, spread, error and the one answer", () => {
  expect(data.map(({name}) => name)).toEqual([
    ...["ground truth", "diffusion ÷20 #1", "diffusion ÷20 #2", "mean of 3", "spread", "error of the mean"],
    "neural solver ÷20",
  ]);
  expect((layout.xaxis as {ticktext: string[]}).ticktext).toEqual(["τ = 0", "τ = 4"]);
});

test("the mean is that of all members, the error its distance from the truth, the spread holds the factor of Eq. 13", () => {
  const [, , , mean, spread, error] = data.map(({z}) => (z as number[][])[0][0]);
  expect([mean, error]).toEqual([2, 2]);
  // members 0, 2 and 4: variance 8/3, times (K + 1) / (K - 1) = 2
  expect(spread).toBeCloseTo(Math.sqrt(16 / 3), 2);
  expect(first("error of the mean")).toEqual([2, 2, 2, 2]);
});

test("spread and error share colours from 0 and a bar, all else the truth's limits", () => {
  const [low, high] = limitsOf(truth);
  for (const name of ["ground truth", "diffusion ÷20 #1", "mean of 3", "neural solver ÷20"]) {
    expect(rowOf(name)).toMatchObject({zmin: low, zmax: high});
  }
  const {zmin, zmax, colorscale} = rowOf("spread");
  expect(zmin).toBe(0);
  expect(rowOf("error of the mean")).toMatchObject({zmin, zmax, colorscale});
  expect(colorscale).not.toEqual(rowOf("mean of 3").colorscale);
  expect(data.map(({showscale}) => showscale)).toEqual([true, false, false, false, true, false, false]);
});

test.each([32, 64])("images of %i cells make a figure of a README's height", (n) => {
  const big = {data: Float32Array.from({length: n * n}, (_, i) => Math.sin(i)), shape: [n, n]};
  const row = Array<typeof big>(6).fill(big);
  const caption = "density. Test trajectory 3, periodic boundaries. Spread: deviation of 16 members. ".repeat(3);
  const leads = [0, 8, 20, 40, 60, 100];
  const {height} = ensembleFigure(
    {truth: row, members: [row, row, row], answer: row},
    {...options, leads, caption},
  ).layout;
  expect(height).toBeLessThanOrEqual(900);
});

test("refuses images that are missing", () => {
  expect(() => ensembleFigure({truth, members: []}, options)).toThrow("members");
});
