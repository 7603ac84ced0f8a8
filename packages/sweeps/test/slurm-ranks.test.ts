import {expandCounts, expandNodes, slurmRanks} from "../src/train-program";

/** Variables of one task, as Slurm 24.11 sets them. */
const step = (change: Record<string, string | undefined> = {}) => ({
  SLURM_JOB_ID: "7",
  SLURM_STEP_ID: "0",
  SLURM_STEP_NUM_TASKS: "5",
  SLURM_STEP_NODELIST: "n[01-02],login",
  SLURM_STEP_TASKS_PER_NODE: "2(x2),1",
  SLURM_PROCID: "3",
  SLURM_NODEID: "1",
  ...change,
});

test("hosts and rank come from the step, machine by machine", () => {
  expect(slurmRanks(step())).toEqual({
    hosts: ["n01:10707", "n01:10708", "n02:10707", "n02:10708", "login:10707"],
    rank: 3,
  });
  expect(slurmRanks(step({SLURM_JOB_ID: "8"}))!.hosts[0]).toBe("n01:10808");
});

test("tasks on one machine meet on the loopback address", () => {
  const one = {SLURM_STEP_NODELIST: "n01", SLURM_STEP_TASKS_PER_NODE: "2", SLURM_STEP_NUM_TASKS: "2"};
  expect(slurmRanks(step({...one, SLURM_PROCID: "1", SLURM_NODEID: "0"}))).toEqual({
    hosts: ["127.0.0.1:10707", "127.0.0.1:10708"],
    rank: 1,
  });
});

test("one task, or none of Slurm's variables, is no rank", () => {
  expect(slurmRanks({})).toBeUndefined();
  expect(slurmRanks(step({SLURM_STEP_NUM_TASKS: "1"}))).toBeUndefined();
});

test.each([
  [
    {SLURM_STEP_NODELIST: undefined},
    "expected the variable SLURM_STEP_NODELIST of a task that srun started, found none",
  ],
  [{SLURM_PROCID: "x"}, 'expected SLURM_PROCID to be a whole number, found "x"'],
  [{SLURM_STEP_TASKS_PER_NODE: "2(x2)"}, "expected 5 tasks on the machines of SLURM_STEP_NODELIST, found 4 on 3"],
  [{SLURM_NODEID: "0"}, "expected task 3 on machine 1 (srun --distribution=block), found it on 0"],
])("refuses %j", (change, sentence) => {
  expect(() => slurmRanks(step(change))).toThrow(sentence);
});

test.each([
  ["n1", ["n1"]],
  ["n[1,3-5]", ["n1", "n3", "n4", "n5"]],
  ["a[098-101],b", ["a098", "a099", "a100", "a101", "b"]],
  ["r[1-2]n[01-02]-ib", ["r1n01-ib", "r1n02-ib", "r2n01-ib", "r2n02-ib"]],
])("expands the machines %s", (list, machines) => {
  expect(expandNodes(list)).toEqual(machines);
});

test.each(["n[1", "n[]", "n[3-1]", "n[a]", "a,,b", "n[0-99999999]", ""])("refuses the machines %j", (list) => {
  expect(() => expandNodes(list)).toThrow("Slurm: expected");
});

test("expands numbers of tasks", () => {
  expect(expandCounts("2(x3),1")).toEqual([2, 2, 2, 1]);
  expect(() => expandCounts("2(x")).toThrow("expected numbers of tasks such as 2(x3),1");
});
