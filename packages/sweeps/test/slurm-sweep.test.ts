/** Job arrays with Slurm's commands as they are documented; on a real one: npm run test:slurm. */
import {existsSync, readFileSync, writeFileSync} from "node:fs";
import path from "node:path";
import {preset} from "@lola-ts/laboratory/stages";
import {SweepFolder} from "../src/sweep-folder";
import {planSweep, trialsOf} from "../src/sweep-plan";
import {collectSweep, retrySweep, submitSweep} from "../src/slurm-sweep";
import {temporaryFolder} from "../../../test/folder";
import {slurmCommands} from "./slurm-commands";

const folder = temporaryFolder();
const slurm = slurmCommands(folder);

const plan = planSweep(
  preset("euler", "smoke"),
  {"autoencoder.training.batch": [2, 4]},
  {seeds: 2, name: "array", measure: "mae", parallel: 3},
);
const trials = trialsOf(plan);
const measured = {
  values: {mae: 1},
  steps: 6,
  seconds: 1,
  validation: [[6, 1]] as const,
  loss: [[6, 1]] as const,
  key: "k",
  finished: 0,
};

test("a machine without Slurm is told so in a sentence", async () => {
  process.env.PATH = folder("nowhere");
  await expect(submitSweep({root: folder("store")}, plan, {})).rejects.toThrow(
    "slurm: expected Slurm's squeue on this machine, found none; without --backend slurm the work is done here.",
  );
  expect(existsSync(folder("store"))).toBe(false);
});

test("what sbatch refuses is passed on in a sentence", async () => {
  slurm({squeue: "", sbatch: 'echo "sbatch: error: invalid partition specified: nosuch" >&2; exit 1'});
  await expect(submitSweep({root: folder("refused")}, plan, {partition: "nosuch"})).rejects.toThrow(
    "slurm: sbatch refused: invalid partition specified: nosuch.",
  );
});

test("a sweep is one array of its missing trials, with the options of sbatch", async () => {
  slurm({squeue: "", sbatch: `echo "$@" > ${folder("called")}; echo "77;cluster"`});
  const home = new SweepFolder({root: folder("store")}, plan);
  await home.begin();
  await home.write({...trials[0], measured, ended: 1});
  const said = await submitSweep({root: folder("store")}, plan, {
    time: "1:00:00",
    partition: "gpu",
    gres: "gpu:1",
    cpus: 4,
  });
  expect(said).toMatch(/^Job 77 with 3 trainings; npm run lola -- sweep --collect array shows the finished part/);
  const called = readFileSync(folder("called"), "utf8");
  for (const word of [
    "--parsable",
    "--requeue",
    "--array=0-2%3",
    "--time=1:00:00",
    "--partition=gpu",
    "--gres=gpu:1",
    "--cpus-per-task=4",
    "--signal=B:USR1@90",
  ]) {
    expect(called.split(/\s/)).toContain(word);
  }
  const script = readFileSync(path.join(home.path, "slurm/1/element.sh"), "utf8");
  expect(script).toContain('exec node "$project/packages/sweeps/dist/trial-element.js"');
});

test("collect tells measured, running, waiting and failed trials, these with the end of their log", async () => {
  slurm({squeue: 'echo "77 0 RUNNING"; echo "77 1 PENDING"; echo "12 2 RUNNING"'});
  const home = new SweepFolder({root: folder("store")}, plan);
  writeFileSync(path.join(home.path, "slurm/1/2.log"), "one\ntwo\nthree\nfour\nfive\nsix\n");
  const {rows, lines} = collectSweep({root: folder("store")}, "array");
  expect(rows).toHaveLength(1);
  expect(lines[0]).toBe("1 of 4 trainings measured, 1 running, 1 waiting, 1 failed.");
  expect(lines[1]).toContain("ended without a result");
  expect(lines.slice(2)).toEqual(
    ["two", "three", "four", "five", "six"]
      .map((line) => `    ${line}`)
      .concat("npm run lola -- sweep --retry array runs the failed ones again."),
  );
});

test("failed trials run again alone, and those in the queue are not submitted twice", async () => {
  slurm({squeue: 'echo "77 0 RUNNING"; echo "77 1 PENDING"', sbatch: `echo "$@" > ${folder("called")}; echo 78`});
  await new SweepFolder({root: folder("store")}, plan).write({...trials[3], error: "diverged", ended: 2});
  expect(await retrySweep({root: folder("store")}, "array", {})).toMatch(/^Job 78 with 1 trainings/);
  expect(readFileSync(folder("called"), "utf8")).toContain("--array=0-0");
  slurm({squeue: 'echo "77 0 RUNNING"; echo "77 1 PENDING"; echo "78 0 PENDING"'});
  expect(await submitSweep({root: folder("store")}, plan, {})).toBe(
    "Nothing to submit: 1 trainings are there, 3 in the queue.",
  );
  expect(await retrySweep({root: folder("store")}, "array", {})).toBe(
    "Nothing to run again: no training of array failed.",
  );
});

test("failed trials run again with the options that they had, and what is given beside them", async () => {
  slurm({squeue: "", sbatch: `echo "$@" > ${folder("called")}; echo 79`});
  const home = new SweepFolder({root: folder("options")}, plan);
  await submitSweep({root: folder("options")}, plan, {partition: "gpu", time: "1:00:00"});
  for (const trial of trials) await home.write({...trial, error: "diverged", ended: 2});
  await retrySweep({root: folder("options")}, "array", {time: "2:00:00", partition: undefined});
  const called = readFileSync(folder("called"), "utf8").split(/\s/);
  for (const word of ["--array=0-3%3", "--partition=gpu", "--time=2:00:00"]) expect(called).toContain(word);
});

test("a sweep that was never begun is not collected", () => {
  expect(() => collectSweep({root: folder("store")}, "other")).toThrow(
    /expected a sweep of the name other .*, found array\./,
  );
});
