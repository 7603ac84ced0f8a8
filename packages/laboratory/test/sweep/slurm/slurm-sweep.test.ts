/** Job arrays with Slurm's commands as they are documented; on a real one: npm run test:slurm. */
import {chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync} from "node:fs";
import path from "node:path";
import {preset} from "../../../src/presets/presets";
import {SweepFolder} from "../../../src/sweep/sweep-folder";
import {entriesOf, planSweep, trialsOf} from "../../../src/sweep/sweep-plan";
import {collectSweep, retrySweep, submitSweep} from "../../../src/sweep/slurm/slurm-sweep";
import {temporaryFolder} from "../../../../../test/folder";

const folder = temporaryFolder();
const before = process.env.PATH;
afterEach(() => void (process.env.PATH = before));

const plan = planSweep(
  preset("euler", "smoke"),
  {"autoencoder.training.batch": [2, 4]},
  {seeds: 2, name: "array", measure: "mae", parallel: 3},
);
const trials = trialsOf(plan, entriesOf(plan));
const measured = {
  values: {mae: 1},
  steps: 6,
  seconds: 1,
  validation: [[6, 1]] as const,
  loss: [[6, 1]] as const,
  key: "k",
  finished: 0,
};

/** Put commands of Slurm first on the path. */
function slurm(commands: Record<string, string>): void {
  mkdirSync(folder("bin"), {recursive: true});
  for (const [name, body] of Object.entries(commands)) {
    writeFileSync(folder("bin", name), `#!/bin/sh\n${body}\n`);
    chmodSync(folder("bin", name), 0o755);
  }
  process.env.PATH = `${folder("bin")}:${before}`;
}

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
  expect(said).toMatch(/^Job 77 with 3 trainings; npm run lola -- sweep --collect array shows what is there/);
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
  expect(script).toContain('exec node "$project/packages/laboratory/dist/sweep/slurm/trial-element.js"');
});

test("collect tells measured, running, waiting and failed trials, these with the end of their log", async () => {
  slurm({squeue: 'echo "77 0 RUNNING"; echo "77 1 PENDING"; echo "12 2 RUNNING"'});
  const home = new SweepFolder({root: folder("store")}, plan);
  writeFileSync(path.join(home.path, "slurm/1/2.log"), "one\ntwo\nthree\nfour\nfive\nsix\n");
  const {rows, lines} = await collectSweep({root: folder("store")}, "array");
  expect(rows).toHaveLength(1);
  expect(lines[0]).toBe("1 of 4 trainings measured, 1 running, 1 waiting, 1 failed.");
  expect(lines[1]).toContain("ended without a result");
  expect(lines.slice(2)).toEqual(
    ["two", "three", "four", "five", "six"]
      .map((line) => `    ${line}`)
      .concat("npm run lola -- sweep --retry array runs the failed ones again."),
  );
  expect(existsSync(path.join(home.path, "optuna.journal"))).toBe(true);
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
  await retrySweep({root: folder("options")}, "array", {time: "2:00:00"});
  const called = readFileSync(folder("called"), "utf8").split(/\s/);
  for (const word of ["--array=0-3%3", "--partition=gpu", "--time=2:00:00"]) expect(called).toContain(word);
});

test("a sweep that was never begun is not collected", async () => {
  await expect(collectSweep({root: folder("store")}, "other")).rejects.toThrow(
    /expected a sweep of the name other .*, found array\./,
  );
});

describe("successive halving", () => {
  const halved = planSweep(
    preset("euler", "smoke"),
    {"autoencoder.training.batch": [1, 2, 4]},
    {seeds: 2, name: "halved", measure: "mae", halving: {eta: 2, rungs: 2}},
  );
  const store = folder;
  const ended = (mae: number) => ({measured: {...measured, values: {mae}}, ended: 1});
  const rung = (share: number, variants: readonly number[]) =>
    trialsOf(
      halved,
      variants.map((i) => entriesOf(halved)[i]),
      share,
    );

  test("submits its first rung alone, and the next one with the same options when that has ended", async () => {
    slurm({squeue: "", sbatch: `echo "$@" > ${folder("called")}; echo 80`});
    const root = store("halved");
    const options = {partition: "gpu", parallel: 2};
    expect(await submitSweep({root}, {...halved, parallel: 2}, options)).toMatch(/^Job 80 with 6 trainings/);
    const home = new SweepFolder({root}, halved);
    const first = rung(0.5, [0, 1, 2]);
    for (const trial of first.slice(1)) await home.write({...trial, ...ended([3, 1, 2][first.indexOf(trial) % 3])});

    slurm({squeue: 'echo "80 0 RUNNING"'});
    expect((await collectSweep({root}, "halved")).lines).toEqual([
      "rung 1 of 2: 5 of 6 trainings measured, 1 running, 0 waiting, 0 failed.",
    ]);
    slurm({squeue: "", sbatch: "echo 81"});
    const {lines} = await collectSweep({root}, "halved"); // a training that was lost holds the rung
    expect(lines[0]).toBe("rung 1 of 2: 5 of 6 trainings measured, 0 running, 0 waiting, 1 failed.");
    expect(lines.at(-1)).toBe("npm run lola -- sweep --retry halved runs the failed ones again.");

    await home.write({...first[0], ...ended(3)});
    slurm({squeue: "", sbatch: `echo "$@" > ${folder("called")}; echo 82`});
    const second = await collectSweep({root}, "halved");
    expect(second.rows).toEqual([]);
    expect(second.lines[0]).toBe("rung 2 of 2: 0 of 4 trainings measured, 0 running, 0 waiting, 0 failed.");
    expect(second.lines[1]).toMatch(/^Job 82 with 4 trainings/);
    const called = readFileSync(folder("called"), "utf8").split(/\s/);
    for (const word of ["--array=0-3%2", "--partition=gpu"]) expect(called).toContain(word);

    slurm({squeue: 'echo "82 0 RUNNING"; echo "82 1 PENDING"; echo "82 2 PENDING"; echo "82 3 PENDING"'});
    expect((await collectSweep({root}, "halved")).lines).toHaveLength(1); // no rung is submitted twice
    expect(await submitSweep({root}, halved, {})).toBe(
      "Nothing to submit: rung 2 of 2: 0 trainings are there, 4 in the queue.",
    );
    slurm({squeue: ""});
    for (const trial of rung(1, [1, 2]))
      await home.write({...trial, ...ended(trial.overrides["autoencoder.training.batch"] as number)});
    const {rows, lines: last} = await collectSweep({root}, "halved");
    expect(rows.map((row) => row.mae)).toEqual([2, 4]);
    expect(last).toEqual(["rung 2 of 2: 4 of 4 trainings measured, 0 running, 0 waiting, 0 failed."]);
  });

  test("goes on without a variant that failed, and says so where the next rung cannot be submitted", async () => {
    slurm({squeue: "", sbatch: "echo 90"});
    const root = store("failing");
    await submitSweep({root}, halved, {});
    const home = new SweepFolder({root}, halved);
    for (const trial of rung(0.5, [0])) await home.write({...trial, error: "diverged", ended: 1});
    for (const trial of rung(0.5, [1, 2])) await home.write({...trial, ...ended(1)});
    slurm({squeue: "", sbatch: 'echo "sbatch: error: the queue is full" >&2; exit 1'});
    const {lines} = await collectSweep({root}, "halved");
    expect(lines[0]).toBe("rung 2 of 2: 0 of 4 trainings measured, 0 running, 0 waiting, 2 failed.");
    expect(lines.at(-1)).toBe("The next rung was not submitted: slurm: sbatch refused: the queue is full.");
    slurm({squeue: "", sbatch: "echo 91"});
    expect((await collectSweep({root}, "halved")).lines.at(-1)).toMatch(/^Job 91 with 4 trainings/);
  });
});
