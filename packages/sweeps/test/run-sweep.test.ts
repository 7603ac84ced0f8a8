import {runSweep} from "../src/run-sweep";
import {readdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import path from "node:path";
import {LabError} from "@lola-ts/core";
import {type Lab, storedRuns} from "@lola-ts/laboratory/stages";
import {Artifacts} from "@lola-ts/cache";
import {SweepFolder} from "../src/sweep-folder";
import {central} from "lola/evaluate";
import {smokeLabs} from "../../laboratory/test/smoke";

const {open, artifacts} = smokeLabs();
const space = {"autoencoder.training.optimiser": ["adamw", "soap"]};
const options = {measure: "mae", methods: "autoencoder-4", name: "optimisers"} as const;
let lab: Lab;
beforeAll(() => {
  jest.spyOn(process.stdout, "write").mockReturnValue(true);
  lab = open();
});
afterAll(() => jest.restoreAllMocks());

/** Count trainings of the store. */
const trainings = () => storedRuns(artifacts().root, ["autoencoder"]).length;

test("a sweep measures what the laboratory trains, and neither trains nor measures twice", async () => {
  const sweep = await runSweep(lab, space, options);
  const [base, other] = sweep.rows();
  const changes = {seed: 0, validation: "mae"} as const;
  const {history} = await lab.with({autoencoder: {training: {optimiser: "adamw"}}}).autoencoder(4, changes);
  expect(base).toMatchObject({
    "autoencoder.training.optimiser": "adamw",
    seeds: 1,
    mae: history.validation.at(-1)![1],
    steps: 6,
  });
  expect(other["change, %"]).toBeCloseTo(100 * ((other.mae as number) / (base.mae as number) - 1), 9);
  expect(trainings()).toBe(2);
  const write = jest.spyOn(Artifacts.prototype, "write");
  const again = await runSweep(lab, space, options);
  expect(write).not.toHaveBeenCalled();
  write.mockRestore();
  expect(again.rows()).toEqual(sweep.rows());
});

test("a sweep may grow, and is otherwise not changed under its name", async () => {
  const fewer = runSweep(lab, {"autoencoder.training.optimiser": ["adamw"]}, options);
  await expect(fewer).rejects.toThrow(
    /as it was begun.*found no autoencoder.training.optimiser = soap; give it another name/,
  );
  const other = runSweep(lab, space, {...options, measure: "mse"});
  await expect(other).rejects.toThrow('found measures = ["mse"] instead of ["mae"]');
  const shown = await runSweep(lab, space, {...options, seeds: 2, train: false});
  expect(shown.trials).toHaveLength(2);
  expect(trainings()).toBe(2);
});

test("what a damaged or missing file of a trial said is measured again from the model", async () => {
  const folder = path.join(artifacts().root, "sweeps", "optimisers", "trials");
  const [first, second] = readdirSync(folder);
  rmSync(path.join(folder, first));
  const whole = readFileSync(path.join(folder, second), "utf8");
  writeFileSync(path.join(folder, second), "{");
  const readTrials = async () => (await runSweep(lab, space, {...options, seeds: 2, train: false})).trials;
  expect(await readTrials()).toHaveLength(0);
  const changed = whole.replace(/"mae": 0\.(\d)/, (_, digit) => `"mae": 0.${(Number(digit) + 1) % 10}`);
  expect(changed).not.toBe(whole);
  writeFileSync(path.join(folder, second), changed);
  expect(await readTrials()).toHaveLength(0);
  const one = await runSweep(lab, {"autoencoder.training.optimiser": ["adamw"]}, {...options, name: "one"});
  expect(one.trials).toHaveLength(1);
  expect(trainings()).toBe(2);
});

test("latents of the validation split are measured, all their values together", async () => {
  const measure = ["vrmse", "latents.largest", "latents.0.5", "latents.1"];
  const forms = {"autoencoder.model.saturation": ["softclip2", "none"]};
  const [saturated] = (await runSweep(lab, forms, {methods: "autoencoder-4", measure, name: "latents"})).rows();
  const values = Array.from((await lab.latents(4, "valid", {seed: 0, validation: "vrmse"})).states.data);
  expect(saturated["latents.largest"]).toBeCloseTo(Math.max(...values.map(Math.abs)), 6);
  expect(saturated["latents.1"]).toBeCloseTo(Math.max(...values), 6);
  expect(saturated["latents.0.5"]).toBeCloseTo(central(values, "median"), 6);
  expect(saturated["latents.largest"]).toBeLessThanOrEqual(5);
});

test("an emulator's autoencoder is shared by seeds, or each seed's own", async () => {
  const of = async (autoencoders: "shared" | "own") => {
    const before = trainings();
    const {trials} = await runSweep(lab, [{}], {
      methods: "solver-4",
      seeds: 2,
      autoencoders,
      name: `${autoencoders}-encoders`,
    });
    expect(trials.map(({measured}) => measured!.steps)).toEqual([6, 6]);
    return trainings() - before;
  };
  expect(await of("shared")).toBeLessThanOrEqual(1);
  expect(await of("own")).toBe(1); // the first seed's is the shared one
});

test("a trial that fails does not stop the others, and its sentence is kept", async () => {
  const broken = {
    "autoencoder.training.learningRate": [3e-3, 1e30],
    "autoencoder.steps": [{4: 30}],
    "autoencoder.training.warmup": [0],
  };
  const sweep = await runSweep(lab, broken, {...options, name: "broken"});
  expect(sweep.rows()).toHaveLength(1);
  expect(sweep.failures.map(({error}) => error)).toEqual([
    expect.stringMatching(/^train: loss or gradient were not finite/),
  ]);
});

test("sweeps that run at the same time train each variant once, and end with the same table", async () => {
  const before = trainings();
  const rates = {"autoencoder.training.learningRate": [1e-3, 2e-3]};
  const write = jest.spyOn(Artifacts.prototype, "write");
  const run = (name: string) => runSweep(open(), rates, {...options, name});
  const [one, ...others] = await Promise.all(["twins", "twins", "another-name"].map(run));
  const written = write.mock.calls.filter(([{stage}]) => stage === "autoencoder");
  write.mockRestore();
  expect(written).toHaveLength(2);
  expect(trainings()).toBe(before + 2);
  for (const other of others) expect(other.rows()).toEqual(one.rows());
});

test("a full disk ends a sweep with one sentence, and what was trained stays", async () => {
  const rates = {"autoencoder.training.learningRate": [5e-3, 6e-3]};
  const before = trainings();
  const disk = jest.spyOn(SweepFolder.prototype, "write");
  disk.mockRejectedValueOnce(new LabError("no-space", "trial.json: no space left on the disk."));
  const sentence = "trial.json: no space left on the disk.";
  await expect(runSweep(open(), rates, {...options, name: "full", parallel: 1})).rejects.toThrow(sentence);
  disk.mockRestore();
  expect(trainings()).toBe(before + 1);
  const write = jest.spyOn(Artifacts.prototype, "write");
  const {trials} = await runSweep(open(), rates, {...options, name: "full"});
  expect(write.mock.calls.filter(([{stage}]) => stage === "autoencoder")).toHaveLength(1); // the other one
  write.mockRestore();
  expect(trials.map(({error}) => error)).toEqual([undefined, undefined]);
});

test("an error ends a sweep by its code, whatever its sentence says", async () => {
  const rates = {"autoencoder.training.learningRate": [7e-3, 8e-3]};
  const write = jest.spyOn(Artifacts.prototype, "write");
  const run = () => runSweep(open(), rates, {...options, name: "by-code", parallel: 1});
  write.mockRejectedValueOnce(new LabError("read-only", "worded anew"));
  await expect(run()).rejects.toThrow("worded anew");
  write.mockRejectedValueOnce(new Error("a mirror without a reflection cannot be written"));
  const {trials} = await run();
  write.mockRestore();
  expect(trials.map(({error}) => error)).toEqual([expect.stringContaining("mirror"), undefined]);
});
