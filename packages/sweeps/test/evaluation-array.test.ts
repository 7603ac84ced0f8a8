/** Evaluations by trajectories: what their elements make is what one machine makes. Slurm itself: npm run test:slurm. */
import {cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import path from "node:path";
import type {TableRow} from "@lola-ts/core";
import {collectEvaluation, evaluationRows, inTurn, submitEvaluation} from "../src/evaluation-array";
import {contestantsOf, evaluateOne, openContext, preset, scoredTrajectories} from "@lola-ts/laboratory/stages";
import {smokeLabs, three} from "../../laboratory/test/smoke";
import {slurmCommands} from "./slurm-commands";

const {artifacts, open, folder} = smokeLabs();
const config = three(preset("euler", "smoke"));
const methods = [
  {kind: "diffusion", latentChannels: 4},
  {kind: "solver", latentChannels: 4},
] as const;
const plan = {name: "three", config, methods};
const slurm = slurmCommands(folder);
beforeAll(async () => {
  jest.spyOn(process.stdout, "write").mockReturnValue(true);
  await lab("shared").emulators(methods);
  await lab("shared").latents(4, "test");
  cpSync(folder("shared"), folder("alone"), {recursive: true, preserveTimestamps: true});
});
afterAll(() => jest.restoreAllMocks());

/** Table of an evaluation on one machine. */
let alone: TableRow[];
const lab = (store: string) => open(() => config, artifacts(store));

test("an array needs trained models, and says so before anything is submitted", async () => {
  slurm({squeue: "", sbatch: `touch ${folder("submitted")}; echo 5`});
  await expect(submitEvaluation(artifacts("untrained"), plan, {})).rejects.toThrow(
    /^evaluate: expected trained models, found that .*dataset.* is not there; npm start, a sweep, or the same command without --backend slurm trains them\.$/,
  );
  expect(existsSync(folder("submitted"))).toBe(false);
});

test("the scores of trajectories that are scored one by one are those of one evaluation, byte for byte", async () => {
  const one = lab("shared");
  const {testTrajectories} = await one.dataset();
  const context = await openContext(one);
  const {contestants} = await contestantsOf(context, {methods});
  await expect(evaluateOne(context, contestants, 99)).rejects.toThrow(
    "evaluateOne: expected one of the test trajectories 0, 1, 2, found 99.",
  );
  for (const [i, trajectory] of [...testTrajectories].reverse().entries()) {
    expect(await scoredTrajectories(context, contestants)).toHaveLength(i);
    await evaluateOne(context, contestants, trajectory);
  }
  const scores = (store: string) => readdirSync(folder(store, "evaluation")).filter((name) => name.endsWith(".json"));
  expect(scores("shared")).toEqual([]);
  alone = evaluationRows(await lab("alone").evaluation({methods}));
  expect(evaluationRows(await one.evaluation({methods}))).toEqual(alone);
  const files = scores("alone").filter((name) => !name.endsWith("manifest.json"));
  expect(files).toHaveLength(6); // an autoencoder, two emulators, three trivial forecasts
  for (const name of files) {
    expect(readFileSync(folder("shared", "evaluation", name), "utf8")).toBe(
      readFileSync(folder("alone", "evaluation", name), "utf8"),
    );
  }
});

test("an array has an element for each trajectory that is missing, and is collected when all are there", async () => {
  const root = folder("array");
  cpSync(folder("alone"), root, {recursive: true});
  for (const stage of ["evaluation", "rollout"]) rmSync(path.join(root, stage), {recursive: true});
  const context = await openContext(lab("array"));
  const {contestants} = await contestantsOf(context, {methods});
  await evaluateOne(context, contestants, 1);
  slurm({squeue: "", sbatch: `echo "$@" > ${folder("called")}; echo 6`});
  const store = () => artifacts("array");
  const said = await submitEvaluation(store(), plan, {time: "10:00", parallel: 2, gres: "gpu:1", cpus: 2});
  expect(said).toMatch(/^Job 6 with 2 trajectories; npm run lola -- evaluate --collect three shows the finished part/);
  const called = readFileSync(folder("called"), "utf8").split(/\s/);
  for (const word of ["--array=0-1%2", "--time=10:00", "--gres=gpu:1", "--cpus-per-task=2", "--signal=B:USR1@90"]) {
    expect(called).toContain(word);
  }
  const place = path.join(root, "evaluations", "three", "slurm", "1");
  expect(readFileSync(path.join(place, "element.sh"), "utf8")).toContain("packages/sweeps/dist/trajectory-element.js");
  slurm({squeue: 'echo "6 0 RUNNING"; echo "6 1 PENDING"'});
  expect(await submitEvaluation(store(), plan, {})).toBe(
    "Nothing to submit: 1 of 3 trajectories are scored, 2 in the queue.",
  );
  slurm({squeue: 'echo "6 0 RUNNING"'});
  writeFileSync(path.join(place, "1.log"), "killed\n");
  const early = await collectEvaluation(store(), "three");
  expect(early.rows).toEqual([]);
  expect(early.lines).toEqual([
    "1 of 3 trajectories scored, 1 running, 0 waiting, 1 failed.",
    "failed: trajectory 2",
    "    killed",
    "The command that submitted it submits what is missing again.",
  ]);
  slurm({squeue: ""});
  for (const trajectory of [0, 2]) await evaluateOne(context, contestants, trajectory);
  const {rows, lines} = await collectEvaluation(store(), "three");
  expect(lines).toEqual(["3 of 3 trajectories scored, 0 running, 0 waiting, 0 failed."]);
  expect(rows).toEqual(alone);
});

test("another evaluation does not take a name, and one that was never begun is not collected", async () => {
  slurm({squeue: "", sbatch: "echo 7"});
  const other = {...plan, methods: methods.slice(0, 1)};
  await expect(submitEvaluation(artifacts("array"), other, {})).rejects.toThrow(
    /^evaluate: expected the evaluation three as it was begun, found methods = .*; give it another name, or remove /,
  );
  await expect(collectEvaluation(artifacts("array"), "four")).rejects.toThrow(/of the name four in .*, found three\./);
});

test("trajectories that run at a time are of different chunks of rollouts", () => {
  expect(inTurn([0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5], 20)).toEqual([0, 2, 4, 1, 3, 5]); // chunks of two
  expect(inTurn([3, 8], [3, 5, 8], 64)).toEqual([3, 8]);
});
