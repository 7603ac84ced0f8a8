import {existsSync, readdirSync, readFileSync, writeFileSync} from "node:fs";
import path from "node:path";
import {runInNewContext} from "node:vm";
import {brotliCompressSync, brotliDecompressSync} from "node:zlib";
import {projectRoot} from "@lola-ts/core";
import {changedConfig, type Change, shippedSweepsFolder, preset} from "@lola-ts/laboratory/stages";
import {ShippedTrials, writeShippedTrials} from "../src/shipped-trials";
import type {SweepPlan} from "../src/sweep-plan";
import {trialKey, trialVersions} from "../src/trial-run";
import {temporaryFolder} from "../../../test/folder";
import {trial} from "./trials";

const folder = temporaryFolder();
const tour = preset("euler", "tour");
const versions = {autoencoder: 3};
const first = trial({width: 1}, 0, 0.123456789);

const write = (name: string, value = first) =>
  writeShippedTrials(folder(), name, tour, [{key: "one", versions, trial: value}]);

test("a trial is found by its key, as it was measured to six digits, and says that it came with the project", async () => {
  const odd = {...first, measured: {...first.measured, values: {error: 0.123456789, other: NaN}}};
  await write("widths", odd);
  const shipped = ShippedTrials.open(folder(), "widths")!;
  expect(shipped.read("one")).toEqual({
    ...odd,
    measured: {...odd.measured, values: {error: 0.123457, other: NaN}, validation: [[50, 0.246914], [100, 0.123457]], loss: [[100, 0.123457]]}, // prettier-ignore
    shipped: true,
  });
  expect(shipped.read("other")).toBeUndefined();
});

test("a sweep that is not shipped has no trials", () => {
  expect(ShippedTrials.open(folder(), "none")).toBeUndefined();
});

test("trials of another version or configuration are named in one sentence, those of another preset are no surprise", async () => {
  await write("stale");
  const shipped = ShippedTrials.open(folder(), "stale")!;
  expect(shipped.remark(tour, () => ({autoencoder: 4}))).toMatch(
    /stale\.json\.br: its trials are of another version of the code \(autoencoder, which is 4 here\), so they are trained here\.$/,
  );
  expect(shipped.remark(tour, () => versions)).toMatch(/its trials are of another configuration, so they are trained/);
  expect(shipped.remark(preset("euler", "smoke"), () => ({autoencoder: 4}))).toBeUndefined();
  expect(shipped.remark(preset("rayleigh-benard", "tour"), () => ({autoencoder: 4}))).toBeUndefined();
});

test("sweeps that are shipped are of this code", () => {
  const sweeps = shippedSweepsFolder();
  const names = existsSync(sweeps) ? readdirSync(sweeps).map((name) => name.replace(/\.json\.br$/, "")) : [];
  for (const name of names) {
    const {system, preset: size, trials} = ShippedTrials.open(sweeps, name)!.sweep;
    const config = preset(system, size);
    for (const {versions, trial} of trials)
      expect([name, versions]).toEqual([name, trialVersions(config, trial.method)]);
  }
});

describe("the sweeps of notebook 17", () => {
  const notebook = readFileSync(path.join(projectRoot(), "notebooks/17-your-own-question.ipynb"), "utf8");
  const cells = (JSON.parse(notebook) as {cells: {source: string[]}[]}).cells.map(({source}) => source.join(""));
  const [stated] = cells.flatMap((cell) => /const smaller = (\{\n[\s\S]*?\n\});/.exec(cell)?.[1] ?? []);
  const plain = (value: unknown): unknown =>
    Object(value) !== value || Array.isArray(value)
      ? value
      : Object.fromEntries(Object.entries(value as object).map(([key, part]) => [key, plain(part)]));
  const change = plain(runInNewContext(`(${stated})`)) as Change;
  const larger: Change = {
    data: {trajectories: {train: 640}},
    latentChannels: [16, 4],
    autoencoder: {steps: {64: undefined, 16: 2500, 4: 3000}},
    latent: {training: {steps: 3000}},
  };

  test.each(["question-network", "question-saturation", "question-trajectories"])(
    "%s is of the laboratory that the notebook states, whatever the tour is",
    (name) => {
      const {trials} = ShippedTrials.open(shippedSweepsFolder(), name)!.sweep;
      for (const base of [tour, changedConfig("test", tour, larger)]) {
        const config = changedConfig("test", base, change);
        const keys = trials.map(({trial: one}) =>
          trialKey({config, measures: ["validation"]} as unknown as SweepPlan, one),
        );
        expect(keys).toEqual(trials.map(({key}) => key));
      }
    },
  );
});

test("the sweep of the widths is of the recipe that notebook 17 names", () => {
  const {trials} = ShippedTrials.open(shippedSweepsFolder(), "question-width")!.sweep;
  const config = changedConfig("test", preset("euler", "mini"), {
    contexts: {lambda: 2},
    latent: {hidBlocks: 3, training: {learningRate: 3e-3, steps: 8000}},
  });
  const measures = config.horizons.map(([from, to]) => `vrmse@${from}:${to}`);
  const keys = trials.map(({trial: one}) => trialKey({config, measures} as unknown as SweepPlan, one));
  expect(keys).toEqual(trials.map(({key}) => key));
  expect(trials).toHaveLength(8);
});

describe("a damaged file is refused in one sentence", () => {
  const sentence =
    /damaged\.json\.br: expected the trials of a sweep \(format lola-sweep-1\), found damaged or other content; fetch/;
  const json = (file: string) => JSON.parse(brotliDecompressSync(readFileSync(file)).toString()) as {trials: object[]};

  test("cut short", async () => {
    const file = await write("damaged");
    writeFileSync(file, readFileSync(file).subarray(0, 90));
    expect(() => ShippedTrials.open(folder(), "damaged")).toThrow(sentence);
  });

  test.each([
    ["of another format", {format: "lola-sweep-2"}],
    ["without trials", {trials: {}}],
    ["with a trial that is none", {trials: [{key: "one", versions, trial: {method: "autoencoder"}}]}],
    [
      "with a trial that neither was measured nor failed",
      {trials: [{key: "one", versions, trial: {...first, measured: undefined}}]},
    ],
    ["with a trial without a key", {trials: [{versions, trial: first}]}],
    ["with a curve that is none", {trials: [{key: "one", versions, trial: {...first, measured: {...first.measured, loss: [1]}}}]}], // prettier-ignore
  ])("%s", async (_, change) => {
    const file = await write("damaged");
    writeFileSync(file, brotliCompressSync(JSON.stringify({...json(file), ...change})));
    expect(() => ShippedTrials.open(folder(), "damaged")).toThrow(sentence);
  });
});
