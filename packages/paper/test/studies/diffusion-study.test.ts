/** The analysis of a plan on synthetic scores, whose effects are known. */
import path from "node:path";
import {projectRoot, Rng} from "@lola-ts/core";
import {pointsOf, readPlan, sweepOf, type EndedTrial, type LeadScores} from "@lola-ts/sweeps";
import {interval, lastCrossing} from "../../src/studies/crossing";
import {DiffusionStudy} from "../../src/studies/diffusion-study";

const plan = readPlan(path.join(projectRoot(), "data/study/plan.json"));
const LEADS = Array.from({length: 25}, (_, i) => 4 * (i + 1));
const TRAJECTORIES = 20;
const blocks = Array.from({length: TRAJECTORIES}, (_, t) => `{"Reynolds":${40 + 20 * (t % 5)}}`);

/** Steps, width and channels of a trial, relative to the centre's. */
function relative(overrides: Readonly<Record<string, unknown>>): number[] {
  const {option: steps} = plan.axes.steps;
  return [steps, plan.axes.width.option, plan.axes.channels.option].map(
    (option) => Number(overrides[option] ?? plan.centre[option]) / Number(plan.centre[option]),
  );
}

interface Truth {
  /** Ratio of diffusion's squared error to the solver's, at steps, width and channels relative to the centre's. */
  readonly ratio: (x: readonly number[]) => number;
  /** Standard deviation of a score's logarithm over trajectories, over training runs, and of both together. */
  readonly noise?: readonly [number, number, number];
  /** Factor of the logarithm of the ratio at a lead time. Default: 1. */
  readonly over?: (lead: number) => number;
  /** Factor of diffusion's squared error at a Reynolds number. Default: 1. */
  readonly at?: (Reynolds: number) => number;
  /** Other scores of the dressed solver and of the bare solver, as factors of diffusion's. Default: both 1. */
  readonly others?: readonly [dressed: number, bare: number];
}

/** Make the trials of a plan, whose ratio of squared errors is known. */
function trialsOf(
  {ratio, noise = [0.5, 0.003, 0.01], over = () => 1, at = () => 1, others = [1, 1]}: Truth,
  name = "study",
): EndedTrial[] {
  const kindOf = new Map(
    pointsOf(plan).map(({kind, method, overrides}) => [JSON.stringify([method, overrides]), kind]),
  );
  return sweepOf(plan).trials!.map((trial) => {
    const {method, overrides, seed} = trial;
    const words = JSON.stringify(overrides);
    const kind = kindOf.get(JSON.stringify([method, overrides]))!;
    const training = noise[1] * Rng.from(name, method, words, seed).normal();
    const table = (level: (lead: number, Reynolds: number) => number) =>
      blocks.map((_, t) => {
        const own = noise[0] * Rng.from("trajectory", t).normal() - noise[0] ** 2 / 2;
        const both = noise[2] * Rng.from(name, t, method, words, seed).normal();
        return LEADS.map((lead) => level(lead, 40 + 20 * (t % 5)) * Math.exp(own + training + both));
      });
    const isDiffusion = kind === "diffusion";
    const mse = table(
      (lead, Reynolds) => 0.01 * lead * (isDiffusion ? at(Reynolds) * ratio(relative(overrides)) ** over(lead) : 1),
    );
    const other = table(() => (isDiffusion ? 1 : others[kind === "solver" ? 1 : 0]));
    const scores = {mse, crps: other, low: other, mid: other, high: other};
    const trajectories: LeadScores = {blocks, leads: LEADS, scores};
    const key = `${method} ${words.replace(/"rollout[^,}]*,?/g, "")} ${seed}`; // dressings and calls share a model
    return {
      ...trial,
      ended: 0,
      measured: {values: {}, steps: 1, seconds: 1, validation: [], loss: [], key, finished: 0, trajectories},
    };
  });
}

const POWERS = [-0.1, -0.25, 0.05];
/** More steps and width favour diffusion, more channels the solver. */
const ratio = (x: readonly number[]) => 1.13 * x.reduce((all, value, i) => all * value ** POWERS[i], 1);
const none = () => 1;

describe("scores that follow powers of the options", () => {
  const study = new DiffusionStudy(plan, trialsOf({ratio}));

  test("have the slopes of these powers along their axes, and none along the others", () => {
    const rows = study.slopes().filter(({endpoint}) => endpoint === "excess");
    const sides = Object.fromEntries(rows.map(({axis, side}) => [axis, side]));
    expect(sides).toMatchObject({steps: "better", width: "better", channels: "worse"});
    ["steps", "width", "channels"].forEach((axis, i) => {
      const row = rows.find((one) => one.axis === axis)!;
      expect(100 * (2 ** POWERS[i] - 1)).toBeGreaterThan(Number(row["from, %"]));
      expect(100 * (2 ** POWERS[i] - 1)).toBeLessThan(Number(row["to, %"]));
    });
    for (const axis of ["trajectories", "calls", "members", "lambda", "learning rate"])
      expect(["equal", "undecided"]).toContain(sides[axis]);
  });

  test("have slopes that are corrected for all endpoints and axes together", () => {
    const all = study.slopes();
    expect(all).toHaveLength(Object.keys(plan.endpoints).length * Object.keys(plan.axes).length);
    const one = study.slopesByLead("steps")[0];
    const same = all.find(({endpoint, axis}) => endpoint === "excess" && axis === "steps")!;
    expect(same["change, %"]).toBe(one["change, %"]);
    expect(Number(same.p) / Number(one.p)).toBeGreaterThan(10); // 63 tests against four
  });

  test("have their excess at the centre inside of the interval", () => {
    const centre = study.effects("excess").find(({axis, value}) => axis === "steps" && value === 3000)!;
    expect(centre.seeds).toBe(6);
    expect(Number(centre["from, %"])).toBeLessThan(13);
    expect(Number(centre["to, %"])).toBeGreaterThan(13);
    expect(centre.side).toBe("worse");
    expect(study.centre()[0]).toMatchObject({endpoint: "excess", "strongest rival": "solver", "other rival, %": null});
  });

  test("are drawn with a panel an axis", () => {
    const {data} = study.figure("excess");
    expect(new Set(data.map((trace) => (trace as {xaxis?: string}).xaxis)).size).toBe(Object.keys(plan.axes).length);
  });
});

test("every endpoint is compared with the better of the dressed and the bare solver", () => {
  for (const [others, rival, change, weaker] of [
    [[1.5, 1.25], "solver", -20, 100 / 1.5 - 100],
    [[1.25, 2], "dressed solver", -20, -50],
  ] as const) {
    const rows = new DiffusionStudy(plan, trialsOf({ratio: none, others, noise: [0.5, 0, 0]})).centre();
    expect(rows.map(({endpoint}) => endpoint)).toEqual(Object.keys(plan.endpoints));
    for (const row of rows.slice(1)) {
      expect(row["strongest rival"]).toBe(rival);
      expect(row["change, %"]).toBeCloseTo(change, 8);
      expect(row["other rival, %"]).toBeCloseTo(weaker, 8);
      expect(row.side).toBe("better");
    }
  }
});

test("models are counted once, however many dressings, calls and members are scored", () => {
  const trials = trialsOf({ratio: none});
  const trained = new Set(trials.map(({measured}) => measured!.key));
  expect(trained.size).toBeLessThan(trials.length);
  expect(new DiffusionStudy(plan, trials).models).toBe(trained.size);
  const failing = trials.map((trial, i) => (i === 0 ? {...trial, measured: undefined, error: "diverged"} : trial));
  const left = new Set(failing.flatMap(({measured}) => measured?.key ?? []));
  expect(new DiffusionStudy(plan, failing).models).toBe(left.size + 1);
  expect(new DiffusionStudy(plan, failing).caption).toContain(`${left.size + 1} trained models`);
});

test("ratios are geometric means at every lead time, named by network call and its state", () => {
  const study = new DiffusionStudy(
    plan,
    trialsOf({ratio: () => 1, at: (Re) => (Re === 40 ? 4 : 1), noise: [0.5, 0, 0]}),
  );
  const rows = study.ratios();
  expect(rows.map(({block}) => block).filter((block, i, all) => block !== all[i - 1])).toEqual([
    "all",
    ...[40, 60, 80, 100, 120].map((value) => `Re = ${value}`),
  ]);
  const all = rows.filter(({block}) => block === "all");
  expect(all.map(({lead, call, state}) => [lead, call, state]).slice(0, 6)).toEqual([
    [4, 1, 1],
    [8, 1, 2],
    [12, 1, 3],
    [16, 1, 4],
    [20, 2, 1],
    [24, 2, 2],
  ]);
  for (const row of all) expect(row["change, %"]).toBeCloseTo(100 * (4 ** (1 / 5) - 1), 8); // the pooled ratio is another
  const panels = study.ratioFigure().data.map((trace) => (trace as {xaxis?: string}).xaxis);
  expect(new Set(panels).size).toBe(6);
});

test("verdicts are about the tested Reynolds numbers: differences between these do not reduce the samples to five", () => {
  const at = (Reynolds: number) => 0.85 + Reynolds / 1000;
  const [row] = new DiffusionStudy(plan, trialsOf({ratio: none, at, noise: [0.5, 0, 0]})).centre();
  expect(row.side).toBe("better");
  const changes = blocks.map((_, t) => Math.log(at(40 + 20 * (t % 5))));
  const average = changes.reduce((sum, one) => sum + one, 0) / changes.length;
  const error = Math.sqrt(
    changes.reduce((sum, one) => sum + (one - average) ** 2, 0) / (changes.length - 1) / changes.length,
  );
  const t19 = 2.093024; // 97.5 % of Student's t with 19 degrees of freedom
  expect(row["to, %"]).toBeCloseTo(100 * Math.expm1(average + t19 * error), 4);
});

test("a drop within a network call and a rebound at the next call are found where they are", () => {
  const over = (lead: number) => (lead === 16 ? 0 : 1);
  const study = new DiffusionStudy(plan, trialsOf({ratio: () => 1.25, over, noise: [0.5, 0.001, 0.001]}));
  const rows = study.jumps();
  expect(rows.map((row) => `${row["lead times"]}, ${row["network call"]}`)).toEqual([
    "4 to 8, same",
    "8 to 12, same",
    "12 to 16, same",
    "16 to 20, next",
    "20 to 24, same",
    "24 to 28, same",
    "28 to 32, same",
    "32 to 36, next",
  ]);
  expect(rows[2]).toMatchObject({side: "better", "change, %": expect.closeTo(-20, 1)});
  expect(rows[3]).toMatchObject({side: "worse", "change, %": expect.closeTo(25, 1)});
  for (const i of [0, 1, 4, 5, 6, 7]) expect(["equal", "undecided"]).toContain(rows[i].side);
});

test("slopes by lead time are found where they are", () => {
  const over = (lead: number) => (lead <= 32 ? 1 : 0);
  const study = new DiffusionStudy(plan, trialsOf({ratio, over}));
  const rows = study.slopesByLead("steps");
  expect(rows.map((row) => row["lead times"])).toEqual(["4 to 16", "20 to 32", "36 to 60", "64 to 100"]);
  expect(rows.map(({side}) => side).slice(0, 2)).toEqual(["better", "better"]);
  for (const {side} of rows.slice(2)) expect(["equal", "undecided"]).toContain(side);
  expect(() => study.slopesByLead("step")).toThrow("expected an axis of the plan (steps,");
});

test("without an effect no slope is decided, and the excess is equal to nothing", () => {
  const study = new DiffusionStudy(plan, trialsOf({ratio: none, noise: [0.5, 0.004, 0.01]}, "null"));
  for (const {side} of study.slopes()) expect(["equal", "undecided"]).toContain(side);
  const bySteps = study.effects("excess", "steps");
  expect(bySteps).toEqual(study.effects("excess").filter(({axis}) => axis === "steps"));
  expect(bySteps.map(({side}) => side)).toEqual(Array(6).fill("equal"));
});

test("a single seed decides nothing about methods, and says so", () => {
  const first = trialsOf({ratio}).filter(({seed}) => seed === 0);
  const [row] = new DiffusionStudy(plan, first).effects("excess");
  expect(row.side).toMatch(/^not measured: a second seed is needed/);
  expect(Number(row["change, %"])).toBeGreaterThan(0);
});

test("failed trials are left out, and seeds are paired", () => {
  const trials = trialsOf({ratio});
  const lost = trials.map((trial) =>
    trial.seed === 5 && trial.method === "solver" ? {...trial, measured: undefined, error: "train: diverged."} : trial,
  );
  const rows = new DiffusionStudy(plan, lost).effects("excess");
  expect(rows.find(({axis, value}) => axis === "steps" && value === 3000)!.seeds).toBe(5);
  expect(() => new DiffusionStudy(plan, trials).effects("exces")).toThrow("expected an endpoint of the plan (excess,");
  expect(() => new DiffusionStudy(plan, trials).effects("excess", "width ")).toThrow("expected an axis of the plan (");
});

test("a value at which a training failed has no part in slopes and figures, and keeps its effect over the other seeds", () => {
  const wide = "latent.hidChannels";
  const trials = trialsOf({ratio});
  const failing = trials.map((trial) =>
    trial.seed === 2 && trial.method === "diffusion" && trial.overrides[wide] === 128
      ? {...trial, measured: undefined, error: "train: diverged."}
      : trial,
  );
  const [study, without] = [failing, trials.filter(({overrides}) => overrides[wide] !== 128)].map(
    (all) => new DiffusionStudy(plan, all),
  );
  expect(study.slopes()).toEqual(without.slopes());
  expect(study.phaseFigure().data).toEqual(without.phaseFigure().data);
  expect(study.figure("excess").data).toEqual(without.figure("excess").data);
  expect(study.effects("excess").find(({axis, value}) => axis === "width" && value === 128)).toMatchObject({seeds: 3});
});

/** Diffusion gains with lead time: the ratio is 1 at lead time 50. */
const gains = {ratio, noise: [0.5, 0, 0] as const, over: (lead: number) => 1 - lead / 50};

test("curves cross where the ratio passes 1, at each Reynolds number, in Lyapunov times", () => {
  const study = new DiffusionStudy(plan, trialsOf(gains));
  const lyapunov = [...new Set(blocks)].map((block, i) => ({
    block,
    exponent: 0.1 * (i + 1),
    "exponent ±": 0,
    time: 10 / (i + 1),
    timePerLead: 0.1,
  }));
  const rows = study.crossings(lyapunov);
  expect(rows.map(({block}) => block)).toEqual(["all", ...[40, 60, 80, 100, 120].map((value) => `Re = ${value}`)]);
  for (const {lead, from, to} of rows) {
    expect([lead, from, to]).toEqual([expect.closeTo(50, 6), expect.closeTo(50, 6), expect.closeTo(50, 6)]);
  }
  expect(rows[0]["Lyapunov times"]).toBeNull();
  expect(rows[3]["Lyapunov times"]).toBeCloseTo(50 * 0.3 * 0.1, 6);
  const along = study.crossingsAlong("blocks");
  expect(along).toEqual(
    [3, 6].map((value) => expect.objectContaining({blocks: value, "Re = 40": expect.closeTo(50, 6)})),
  );
});

test("a phase boundary lies at the crossing, at every value of every axis, and nowhere if diffusion is never better", () => {
  const study = new DiffusionStudy(plan, trialsOf(gains));
  const rows = study.phases();
  const points = Object.entries(plan.axes).flatMap(([axis, {values}]) => values.map((value) => ({axis, value})));
  expect(rows.map(({axis, value}) => ({axis, value}))).toEqual(points);
  for (const {axis, value, lead} of rows) {
    if (axis !== "width" && !(axis === "steps" && Number(value) > 3000)) expect(lead).toBeCloseTo(50, 6);
  }
  expect(study.phaseFigure().data).toHaveLength(Object.keys(plan.axes).length);
  const never = new DiffusionStudy(plan, trialsOf({ratio: () => 1.2, noise: [0.5, 0, 0]})).phases();
  for (const row of never) expect(row).toMatchObject({lead: null, from: null, to: null});
});

test("the last crossing counts; a curve that is never above crosses at 0, and one that stays above never", () => {
  const leads = [4, 8, 12, 16];
  expect(lastCrossing(leads, [1, -1, 1, -1])).toBe(14);
  expect(lastCrossing(leads, [-1, -1, -1, -1])).toBe(0);
  expect(lastCrossing(leads, [-1, -1, -1, 1])).toBe(Infinity);
  expect(lastCrossing(leads, [1, NaN, -1, -1])).toBeNaN();
});

test("an interval holds the central draws, infinite ones too", () => {
  expect(interval(Array.from({length: 101}, (_, i) => i))).toEqual([3, 98]);
  expect(interval([1, 2, Infinity])).toEqual([1, Infinity]);
  expect(interval([NaN])).toEqual([NaN, NaN]);
});
