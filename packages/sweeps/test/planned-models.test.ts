import {readdirSync, rmSync, writeFileSync} from "node:fs";
import path from "node:path";
import {
  plannedConfig,
  plannedFailures,
  plannedModels,
  readModelPlan,
  trainPlan,
  type ModelPlan,
} from "../src/planned-models";
import {Shipped} from "@lola-ts/laboratory/stages";
import {temporaryFolder} from "../../../test/folder";

const folder = temporaryFolder();

const plan: ModelPlan = {
  name: "few",
  question: "Does a plan continue?",
  preset: "smoke",
  systems: {
    euler: {
      change: {data: {seed: 5}, latent: {training: {weights: "bfloat16"}}},
      runs: [
        {kind: "diffusion", latentChannels: 4, seeds: 2, hours: 0.5},
        {kind: "solver", latentChannels: 4, seeds: 1, hours: 0.25, changes: {training: {learningRate: 1e-3}}},
      ],
    },
  },
  statement: {rule: "none"},
};

const written = (content: unknown, name = "plan.json") => {
  writeFileSync(folder(name), JSON.stringify(content));
  return folder(name);
};

const train = (machine: string, lines: string[], of = plan, packs = "packs") =>
  trainPlan(of, {
    root: folder(machine),
    folderOf: (system) => folder(packs, system),
    parallel: 0,
    print: (line) => lines.push(line),
  });

const modelsIn = () =>
  Shipped.open(folder("packs", "euler"))!
    .index.artifacts.filter(({stage}) => stage === "emulator" || stage === "autoencoder")
    .map(({name}) => name)
    .sort();

test("a plan lists its models seed after seed, each with an autoencoder of its seed", () => {
  expect(plannedModels(readModelPlan(written(plan))).map(({method}) => method)).toEqual([
    {kind: "diffusion", latentChannels: 4, changes: {autoencoder: {seed: 0}, seed: 0}},
    {kind: "solver", latentChannels: 4, changes: {training: {learningRate: 1e-3}, autoencoder: {seed: 0}, seed: 0}},
    {kind: "diffusion", latentChannels: 4, changes: {autoencoder: {seed: 1}, seed: 1}},
  ]);
  expect(plannedConfig(plan, "euler")).toMatchObject({data: {seed: 5, grid: 16}, preset: "smoke"});
});

test("models are packed one by one, and another machine trains only what the packs lack", async () => {
  const first: string[] = [];
  await train("one", first);
  expect(first[0]).toMatch(
    /^\[1\/3\] euler diffusion-c4, seed 0: validation [\d.]+, 0 min; 2 left, about 0\.8 core-hours$/,
  );
  expect(first).toHaveLength(4);
  const all = modelsIn();
  expect(all).toEqual([
    ...Array<string>(2).fill("euler-smoke-c4"),
    ...Array<string>(2).fill("euler-smoke-diffusion-c4"),
    "euler-smoke-solver-c4",
  ]);
  rmSync(folder("one"), {recursive: true});
  await train("two", []);
  expect(modelsIn()).toEqual(all);
  expect(readdirSync(folder("two")).filter((name) => name === "latents")).toEqual([]); // nothing was trained
});

test("a training that diverges is noted beside the packs, and not repeated", async () => {
  const {euler} = plan.systems;
  const runs = [{kind: "solver", latentChannels: 4, seeds: 1, hours: 1, changes: {training: {learningRate: 1e30}}}];
  const wild: ModelPlan = {...plan, systems: {euler: {...euler, runs: [...runs, euler.runs[0]]}}} as ModelPlan;
  const lines: string[] = [];
  await train("three", lines, wild, "wild");
  expect(lines[0]).toMatch(/^\[1\/3\] euler solver-c4, seed 0: diverged; 2 left, about 1\.0 core-hours$/);
  expect(lines.at(-1)).toBe("All 3 models of the plan have ended; 1 diverged.");
  expect(Object.entries(plannedFailures(folder("wild", "euler")))).toEqual([
    ["solver-c4, seed 0", expect.stringContaining("loss or gradient were not finite")],
  ]);
  writeFileSync(folder("damaged-failures.json"), '{"solver-c4, seed 0": ');
  expect(() => plannedFailures(folder("damaged"))).toThrow("damaged-failures.json: expected JSON, found");
  const again: string[] = [];
  await train("four", again, wild, "wild");
  expect(again).toHaveLength(3);
  expect(again.join()).not.toContain("solver");
});

test("a plan that cannot be is refused with the file and what is wrong", () => {
  const {euler} = plan.systems;
  const changed = (own: object) => ({...plan, systems: {euler: {...euler, ...own}}});
  expect(() => readModelPlan(folder("missing.json"))).toThrow("missing.json: expected JSON, found");
  expect(() => readModelPlan(written({...plan, systems: {venus: euler}}))).toThrow(
    "plan.json: expected systems to be among",
  );
  expect(() => readModelPlan(written(changed({runs: [{kind: "oracle"}]})))).toThrow("plan.json: expected");
  expect(() => readModelPlan(written(changed({runs: [...euler.runs, euler.runs[0]]})))).toThrow(
    "plan.json: expected each model of euler once, found diffusion-c4 twice.",
  );
  expect(() => readModelPlan(written(changed({change: {grid: 3}})))).toThrow("unknown option");
  expect(() => readModelPlan(written({...plan, extra: 1}))).toThrow('unknown option "extra"');
  expect(path.basename(written(plan))).toBe("plan.json");
});
