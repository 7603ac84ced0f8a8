/** Plans of studies: their schema, their trials, and a whole one at smoke size. */
import {readFileSync, writeFileSync} from "node:fs";
import path from "node:path";
import {projectRoot} from "@lola-ts/core";
import type {MetricRow} from "lola/evaluate";
import {preset, storedRuns} from "@lola-ts/laboratory/stages";
import {costInWords, trialCost} from "../src/sweep-program";
import {pointsOf, readPlan, type PlanFile} from "../src/plan-file";
import {runPlan} from "../src/run-sweep";
import {sweepOf} from "../src/sweep-plan";
import {variantConfig} from "../src/trial-config";
import {leadScores, trialKey} from "../src/trial-run";
import {smokeLabs} from "../../laboratory/test/smoke";

const {artifacts, folder, open} = smokeLabs();
const committed = (name: string) => readPlan(path.join(projectRoot(), `data/study/${name}.json`));

const plan: PlanFile = {
  name: "small-study",
  question: "Does it run?",
  system: "euler",
  preset: "smoke",
  trajectories: {seed: 1, number: 3},
  centre: {"latent.training.steps": 6, "rollout.steps": 2, latentChannels: 4, learned: 2, "metrics.proper": true},
  kinds: {
    diffusion: {method: "diffusion"},
    solver: {method: "solver"},
    "dressed solver": {method: "solver", change: {"rollout.dressing": "noise"}},
  },
  axes: {
    steps: {option: "latent.training.steps", values: [4, 6], seeds: 2, kinds: ["diffusion", "solver"]},
    calls: {option: "rollout.steps", values: [1, 2], seeds: 1, kinds: ["diffusion"]},
    learned: {option: "learned", values: [1, 2], seeds: 1, kinds: ["solver"]},
  },
  measure: ["vrmse@1:20"],
  endpoints: {excess: {above: "diffusion", below: "solver", score: "mse", horizon: [4, 16]}},
  margin: 0.02,
  rule: "A rule.",
  statistics: ["Statistics."],
  predictions: ["A prediction."],
  cost: {step: 1, speed: 1e9, scoring: 2},
};

function written(change: object): string {
  const file = path.join(folder(), "plan.json");
  writeFileSync(file, JSON.stringify({...plan, ...change}));
  return file;
}

test.each(["plan", "euler", "convection"])(
  "the committed %s is read, and seed 0 of all its points comes first",
  (name) => {
    const file = committed(name);
    const {trials = [], seeds} = sweepOf(file);
    const first = trials.findIndex(({seed}) => seed === 1);
    expect(first).toBe(new Set(pointsOf(file).map(({method, overrides}) => JSON.stringify([method, overrides]))).size);
    expect(trials.map(({seed}) => seed)).toEqual([...trials.map(({seed}) => seed)].sort((a, b) => a - b));
    expect(Math.max(...trials.map(({seed}) => seed))).toBe(seeds - 1);
    expect(trials[0]).toEqual({method: "diffusion", overrides: {}, seed: 0});
  },
);

test.each(["euler", "convection"])(
  "the plan of %s has the kinds, measures and endpoints of the study that it repeats",
  (name) => {
    const {kinds, measure, endpoints, margin} = committed("plan");
    expect(committed(name)).toMatchObject({kinds, measure, endpoints, margin});
  },
);

test("a plan trains each variant once: the centre is on every axis", () => {
  const {trials = [], config} = sweepOf(plan);
  expect(trials.map(({method, overrides, seed}) => [method, overrides, seed])).toEqual([
    ["diffusion", {}, 0],
    ["solver", {}, 0],
    ["solver", {"rollout.dressing": "noise"}, 0],
    ["diffusion", {"latent.training.steps": 4}, 0],
    ["solver", {"latent.training.steps": 4}, 0],
    ["diffusion", {"rollout.steps": 1}, 0],
    ["solver", {learned: 1}, 0],
    ["diffusion", {}, 1],
    ["solver", {}, 1],
    ["solver", {"rollout.dressing": "noise"}, 1],
    ["diffusion", {"latent.training.steps": 4}, 1],
    ["solver", {"latent.training.steps": 4}, 1],
  ]);
  expect(config).toEqual(variantConfig(preset("euler", "smoke"), plan.centre));
});

test("trials of a plan are other trials where its trajectories are others", () => {
  const [one, other] = [plan, {...plan, trajectories: {seed: 2, number: 3}}].map((file) => sweepOf(file));
  expect(trialKey(one, one.trials![0])).not.toBe(trialKey(other, one.trials![0]));
});

test.each([
  [{axis: {}}, 'unknown option "axis"; did you mean "axes"'],
  [{trajectories: {seed: 1, count: 3}}, 'unknown option "trajectories.count"'],
  [{preset: "minni"}, "preset"],
  [
    {axes: {steps: {option: "window", values: [3], seeds: 1}}},
    "expected centre to have window, the option of axes.steps, found none.",
  ],
  [{axes: {...plan.axes, calls: {...plan.axes.calls, kinds: ["difusion"]}}}, "axes.calls.kinds[0]"],
  [{endpoints: {excess: {...plan.endpoints.excess, below: "solvr"}}}, "endpoints.excess.below"],
  [{endpoints: {excess: {...plan.endpoints.excess, score: "vrmse"}}}, "endpoints.excess.score"],
  [{margin: 0.05}, "expected margin to be 0.02, the margin of the judge, found 0.05."],
  [
    {endpoints: {excess: {...plan.endpoints.excess, horizon: [16, 4]}}},
    "endpoints.excess.horizon to be lead times [from",
  ],
  [
    {endpoints: {excess: {...plan.endpoints.excess, horizon: [200, 400]}}},
    "expected horizons to be ranges with a state",
  ],
  [{endpoints: {excess: {...plan.endpoints.excess, below: "diffusion"}}}, "of two kinds, found diffusion twice"],
  [{centre: {...plan.centre, "rollout.members": "x"}}, "rollout.members"],
  [{axes: {...plan.axes, calls: {...plan.axes.calls, values: [1, -2]}}}, "rollout.steps"],
  [{kinds: {...plan.kinds, solver: {method: "resolver"}}}, "expected methods such as"],
  [{kinds: {...plan.kinds, solver: {method: "autoencoder"}}, measure: ["validation"]}, "kinds to be emulators"],
])("a plan with %j is refused, naming file and key", (change, sentence) => {
  const file = written(change);
  expect(() => readPlan(file)).toThrow(sentence);
  expect(() => readPlan(file)).toThrow(file);
});

test("an option that does not exist, and a measure that cannot be, are refused before anything is trained", () => {
  const read = (change: object) => () => readPlan(written(change));
  const wrong = {...plan.centre, "latent.hidChanels": 8};
  expect(read({centre: wrong})).toThrow('plan.json: unknown option "latent.hidChanels"; did you mean');
  expect(read({measure: ["ratio@1:20"]})).toThrow("an emulator with one answer has no measure");
  expect(read({centre: {...plan.centre, learned: 3}})).toThrow("expected learned to be up to");
});

test("the cost of a trial is that of its steps and calls; trials that share a training train once", () => {
  const swept = sweepOf(plan);
  const cost = (overrides: object, method = "diffusion") =>
    trialCost(swept, {method, overrides: {...overrides}, seed: 0});
  const [centre, fewer, one] = [cost({}), cost({"latent.training.steps": 3}), cost({"rollout.steps": 1})];
  expect(centre.training).toBeCloseTo(2 * fewer.training, 9);
  expect(one.training).toBe(centre.training);
  expect(centre.scoring - 6).toBeCloseTo(2 * (one.scoring - 6), 9); // 3 trajectories of 2 seconds each
  expect(centre.training).toBeGreaterThan(6); // a second a step beside operations
  expect(costInWords(swept, swept.trials!, 2)).toMatch(
    /of 9 trainings.* with 2 at a time; .*GB of memory; .*GB of disk/,
  );
});

const row = (trajectory: number, state: number, field: string, numbers: object) =>
  ({trajectory, state, field, rmse: 2, vrmse: 1, vrmseLimit: 0.5, crps: 0.25, ...numbers}) as unknown as MetricRow;

test("kept scores are in units of a field's deviation over all trajectories, the same for every forecast", () => {
  const rows = [
    row(3, 0, "a", {}),
    row(3, 1, "a", {rmse: 2, vrmse: 2}), // the truth's deviation is 1 here, and 7 there
    row(8, 1, "a", {rmse: 7, vrmse: 1}),
  ];
  const {blocks, leads, scores} = leadScores(rows, ["x", "y"], 4);
  expect([blocks, leads]).toEqual([["x", "y"], [4]]);
  expect(scores.mse).toEqual([[0.01], [0.49]]); // (1/2)² and (7/2)² over 25
  expect(scores.crps).toEqual([[0.05], [0.35]]);
  expect(Object.keys(scores)).toEqual(["mse", "crps"]);
  expect(leadScores([row(3, 1, "a", {rmse: NaN, vrmse: NaN}), rows[2]], ["x", "y"], 4).scores.mse[0][0]).toBeNaN();
});

describe("a plan at smoke size", () => {
  beforeAll(() => void jest.spyOn(process.stdout, "write").mockReturnValue(true));
  afterAll(() => jest.restoreAllMocks());
  const read = (options: {train: boolean} = {train: true}, file = plan) => runPlan(open(), sweepOf(file, options));

  test("keeps scores of single trajectories that no training sees, and trains each variant once", async () => {
    const {trials, failures} = await read();
    expect(failures).toEqual([]);
    expect(trials).toHaveLength(12);
    for (const {measured} of trials) {
      const {blocks, leads, scores} = measured!.trajectories!;
      expect(blocks).toHaveLength(3);
      expect(leads[0]).toBe(4);
      expect(Object.keys(scores)).toEqual(["mse", "crps", "low", "mid", "high"]);
      expect(scores.mse.map(({length}) => length)).toEqual(blocks.map(() => leads.length));
      expect(scores.mse.flat().every((value) => value > 0)).toBe(true);
    }
    expect(storedRuns(artifacts().root, ["emulator"])).toHaveLength(9);
    const [diffusion, solver, dressed] = [0, 1, 2].map((i) => sweepOf(plan).trials![i]);
    const find = (one: object) =>
      trials.find(({method, overrides, seed}) => JSON.stringify({method, overrides, seed}) === JSON.stringify(one))!;
    expect(find(dressed).measured!.key).toBe(find(solver).measured!.key);
    expect(find(dressed).measured!.values).not.toEqual(find(solver).measured!.values);
    expect(find(diffusion).measured!.trajectories!.blocks).toEqual(find(solver).measured!.trajectories!.blocks);
  });

  test("continues where it was, and reads what is there", async () => {
    const whole = await read();
    const stored = path.join(artifacts().root, "sweeps", plan.name, "sweep.json");
    expect(JSON.parse(readFileSync(stored, "utf8"))).toMatchObject({file: plan});
    const again = await read({train: false});
    expect(again.trials).toEqual(whole.trials);
  });

  test("is not changed under its name, and the change is named", async () => {
    const axes = {...plan.axes, steps: {...plan.axes.steps, seeds: 3}};
    await expect(read({train: true}, {...plan, axes})).rejects.toThrow(
      "expected the sweep small-study as it was begun, found plan.axes.steps.seeds = 3 instead of 2; give it another name",
    );
    await expect(read({train: true}, {...plan, rule: "Another."})).rejects.toThrow(
      "found plan.rule = Another. instead of A rule.",
    );
  });
});
