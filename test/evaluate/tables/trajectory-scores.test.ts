import {mkdtemp, rm, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import path from "node:path";
import {toCsv} from "../../../lib/evaluate/tables/csv";
import type {Result} from "../../../lib/evaluate/tables/results";
import {readTrajectoryScores, trajectoryRows} from "../../../lib/evaluate/tables/trajectory-scores";
import {crossedSummary} from "../../../lib/evaluate/statistics/crossed";

const result = (method: string, bySeed: number[][], metric: Result["metric"] = "vrmse"): Result => {
  const {value, error} = crossedSummary(bySeed);
  const samples = bySeed[0].map((_, t) => bySeed.reduce((sum, own) => sum + own[t], 0) / bySeed.length);
  const labels = {dataset: "Euler", method, space: "latent", compression: 40, horizon: "1:20", metric} as const;
  return {...labels, value, error, samples, ...(bySeed.length > 1 && {bySeed})};
};

let folder: string;
beforeAll(async () => (folder = await mkdtemp(path.join(tmpdir(), "lola-scores-"))));
afterAll(() => rm(folder, {recursive: true}));

async function roundTrip(results: Result[], blocks?: string[]) {
  const file = path.join(folder, "scores.csv");
  await writeFile(file, toCsv(trajectoryRows(results, blocks)));
  return readTrajectoryScores(file);
}

test("results are read as they were written, seeds and parameters included", async () => {
  const results = [
    result("diffusion", [
      [0.25, 0.5, 0.75],
      [0.125, 0.5, 1],
    ]),
    result("neural solver", [[0.5, 0.25, 1]]),
    {...result("first frame", [[1, 2, 3]]), compression: null, space: ""} as Result,
  ];
  const blocks = ['{"gamma":1.4}', '{"gamma":1.4}', '{"gamma":1.67}'];
  expect(await roundTrip(results, blocks)).toEqual({results, blocks});
});

test("scores keep seven digits", async () => {
  const {results} = await roundTrip([result("diffusion", [[1 / 3, 2e5 / 3, 1e-4 / 7]])]);
  expect(results[0].samples).toEqual([0.3333333, 66666.67, 0.00001428571]);
});

test("a diverged trajectory stays undefined, and what is undefined everywhere is left out", async () => {
  const results = [result("diffusion", [[0.5, NaN, 1]]), result("neural solver", [[NaN, NaN, NaN]], "ratio")];
  const read = await roundTrip(results);
  expect(read.results.map(({method, samples}) => [method, samples])).toEqual([["diffusion", [0.5, NaN, 1]]]);
  expect(read.blocks).toBeUndefined();
});

test("a damaged file is named with its row", async () => {
  const file = path.join(folder, "damaged.csv");
  const header = "dataset,method,seed,space,compression,horizon,metric,trajectory 1\n";
  await writeFile(file, `${header}Euler,diffusion,,latent,40,1:20,vrmse,abc\n`);
  expect(() => readTrajectoryScores(file)).toThrow(`${file}, row 1: expected numbers, found "abc".`);
  await writeFile(file, `${header}Euler,diffusion,,latent,40,1:20,beauty,1\n`);
  expect(() => readTrajectoryScores(file)).toThrow(/row 1: .*found "beauty"/);
  await writeFile(file, header);
  expect(() => readTrajectoryScores(file)).toThrow(`${file}: expected scores, found none.`);
});
