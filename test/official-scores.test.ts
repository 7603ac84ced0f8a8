/** Runs of the official format, with random weights, scored beside the paper's numbers. */
import {mkdirSync} from "node:fs";
import {stack} from "@lola-ts/core";
import {standardize, unstandardize} from "lola/data";
import {evaluateRollout} from "lola/evaluate";
import {decodeStates, encodeStates, testTrajectory, type Lab} from "@lola-ts/laboratory";
import {exportRun} from "@lola-ts/official-runs";
import {autoencoderRun, denoiserRun, solverRun} from "../packages/official-runs/test/models";
import {smokeLabs} from "../packages/laboratory/test/smoke";
import {officialScores, officialTables} from "../packages/paper/src/official/official-scores";

const {folder, open} = smokeLabs();
let lab: Lab;
beforeAll(async () => {
  lab = open();
  await exportRun(folder("runs/ae/small"), autoencoderRun());
  await exportRun(folder("runs/dm"), denoiserRun());
  await exportRun(folder("runs/sm"), solverRun());
});

test("each run has scores on every horizon, and an emulator's own autoencoder is no second run", async () => {
  const results = await officialScores(lab, folder("runs"));
  const vrmse = results.filter(({metric, horizon}) => metric === "vrmse" && horizon === results[0].horizon);
  const compression = autoencoderRun().model.compression;
  expect(vrmse.map(({method, space, compression: rate}) => [method, space, rate])).toEqual([
    ["autoencoder", "latent", compression],
    ["diffusion", "latent", compression],
    ["neural solver", "latent", compression],
  ]);
  for (const {samples} of vrmse) for (const value of samples) expect(value).toBeGreaterThan(0);
  expect(await officialScores(lab, folder("runs"))).toEqual(results);
});

test("an autoencoder is scored by its own standardisation", async () => {
  const dataset = await lab.dataset();
  const {model, data} = autoencoderRun();
  const [first] = dataset.testTrajectories;
  const truth = testTrajectory(dataset, first);
  const {standardization} = data!;
  const decoded = unstandardize(
    decodeStates(model, encodeStates(model, standardize(truth, standardization))),
    standardization,
  );
  const rows = evaluateRollout(truth, stack([decoded]), {fields: dataset.wells.test.channels});
  const [[from, to]] = lab.config.horizons;
  const counted = rows.filter(({state}) => from <= state * lab.config.stride && state * lab.config.stride <= to);
  const results = await officialScores(lab, folder("runs/ae"));
  const own = results.find(({metric, horizon}) => metric === "vrmse" && horizon === `${from}:${to}`)!;
  expect(own.samples[0]).toBeCloseTo(counted.reduce((sum, {vrmse}) => sum + vrmse, 0) / counted.length, 5);
});

test("scores stand in the paper's tables, beside its numbers", async () => {
  const tables = officialTables(lab, await officialScores(lab, folder("runs")));
  expect(Object.keys(tables)).toEqual(["6", "8", "11"]);
  const [{rows}] = Object.values(tables);
  expect(Object.keys(rows[0])).toEqual(expect.arrayContaining(["method", "paper ÷80"]));
  const ours = Object.keys(rows[0]).find((column) => column.startsWith("÷"))!;
  expect(rows.filter((row) => row[ours] !== null)).not.toEqual([]);
});

test("two runs of one method and rate are told by their folders", async () => {
  await exportRun(folder("twice/first"), autoencoderRun());
  await exportRun(folder("twice/second"), autoencoderRun());
  const results = await officialScores(lab, folder("twice"));
  expect([...new Set(results.map(({method}) => method))]).toEqual(["autoencoder", "autoencoder, second"]);
});

test("a folder without runs is refused, and so is one that is not there", async () => {
  mkdirSync(folder("empty/inside"), {recursive: true});
  for (const name of ["empty", "nowhere"]) {
    await expect(officialScores(lab, folder(name))).rejects.toThrow(
      `${folder(name)}: expected runs of the official code (config.yaml, state.pth), found none.`,
    );
  }
});

test("a run of other fields, without data or with another stride is refused", async () => {
  const run = autoencoderRun();
  const [first, second, ...others] = run.data!.channels;
  await exportRun(folder("other"), {...run, data: {...run.data!, channels: [second, first, ...others]}});
  await expect(officialScores(lab, folder("other"))).rejects.toThrow(/other: expected the fields \w.*, found \w/);
  await exportRun(folder("bare"), {kind: "autoencoder", model: run.model});
  await expect(officialScores(lab, folder("bare"))).rejects.toThrow("found none (no section dataset).");
  const solver = solverRun();
  await exportRun(folder("slow"), {...solver, trajectory: {...solver.trajectory!, stride: 9}});
  await expect(officialScores(lab, folder("slow"))).rejects.toThrow(
    `slow: expected the stride ${lab.config.stride}, found 9.`,
  );
});
