/** The analysis of a plan on synthetic scores, whose law and effects are known. */
import path from "node:path";
import {projectRoot, Rng} from "@lola-ts/core";
import {pointsOf, readPlan, sweepOf} from "@lola-ts/laboratory/stages";
import type {EndedTrial, LeadScores} from "@lola-ts/sweeps";
import {
  excessOf,
  fitLaw,
  interval,
  reaches,
  type Law,
  DiffusionStudy,
  lastCrossing,
} from "../../src/studies/diffusion-study";

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
  readonly law: Law;
  /** Deviation of a score's logarithm over trajectories, over trainings, and of both together. */
  readonly noise?: readonly [number, number, number];
  /** Factor of the excess at a lead time. Default: 1. */
  readonly over?: (lead: number) => number;
}

/** Make the trials of a plan, whose excess follows a law. */
function trialsOf({law, noise = [0.5, 0.003, 0.01], over = () => 1}: Truth, name = "study"): EndedTrial[] {
  const kindOf = new Map(
    pointsOf(plan).map(({kind, method, overrides}) => [JSON.stringify([method, overrides]), kind]),
  );
  return sweepOf(plan).trials!.map((trial) => {
    const {method, overrides, seed} = trial;
    const kind = kindOf.get(JSON.stringify([method, overrides]))!;
    const training = noise[1] * Rng.from(name, method, JSON.stringify(overrides), seed).normal();
    const table = (level: (lead: number) => number) =>
      blocks.map((_, t) => {
        const own = noise[0] * Rng.from("trajectory", t).normal() - noise[0] ** 2 / 2;
        const both = noise[2] * Rng.from(name, t, method, JSON.stringify(overrides), seed).normal();
        return LEADS.map((lead) => level(lead) * Math.exp(own + training + both));
      });
    const excess = excessOf(law, relative(overrides));
    const mse = table((lead) => 0.01 * lead * (kind === "diffusion" ? 1 + excess * over(lead) : 1));
    const other = table(() => 1);
    const scores = {mse, crps: other, low: other, mid: other, high: other};
    const trajectories: LeadScores = {blocks, leads: LEADS, scores};
    return {
      ...trial,
      ended: 0,
      measured: {values: {}, steps: 1, seconds: 1, validation: [], loss: [], key: "k", finished: 0, trajectories},
    };
  });
}

const law: Law = {a: 0.01, b: 0.12, powers: [-0.7, -0.9, 0.4]};

describe("scores that follow a law", () => {
  const study = new DiffusionStudy(plan, trialsOf({law}));

  test("give it back within its intervals", () => {
    const {rows, targets} = study.law({draws: 200, at: {"a larger size": {steps: 30_000, width: 256}}});
    const known = [law.a, law.b, ...law.powers, law.a + law.b, excessOf(law, [10, 4, 1])];
    rows.forEach(({value, from, to}, i) => {
      expect(known[i]).toBeGreaterThan(Number(from));
      expect(known[i]).toBeLessThan(Number(to));
      expect(Number(value)).toBeGreaterThan(Number(from) - 1e-9);
      expect(Number(value)).toBeLessThan(Number(to) + 1e-9);
    });
    expect(rows.map(({parameter}) => parameter)).toEqual([
      "a",
      "b",
      "power of steps",
      "power of width",
      "power of channels",
      "excess at the centre",
      "excess at a larger size",
    ]);
    expect(targets).toHaveLength(12);
    for (const {width, channels, from, to} of targets) {
      const exact =
        3000 * ((0.02 - law.a) / (law.b * (Number(width) / 64) ** -0.9 * (Number(channels) / 16) ** 0.4)) ** (1 / -0.7);
      expect(exact).toBeGreaterThan(Number(from));
      expect(exact).toBeLessThan(Number(to ?? Infinity));
    }
  });

  test("have slopes along its axes, of its signs, and none along the others", () => {
    const sides = Object.fromEntries(study.slopes("excess").map(({axis, side}) => [axis, side]));
    expect(sides).toMatchObject({steps: "better", width: "better", channels: "worse"});
    for (const axis of ["trajectories", "calls", "members", "lambda", "learning rate"])
      expect(["equal", "undecided"]).toContain(sides[axis]);
    expect(study.slopes("CRPS 4:16").map(({side}) => side)).not.toContain("better");
  });

  test("have its excess at the centre inside of the interval", () => {
    const centre = study.effects("excess").find(({axis, value}) => axis === "steps" && value === 3000)!;
    expect(centre.seeds).toBe(6);
    expect(Number(centre["from, %"])).toBeLessThan(13);
    expect(Number(centre["to, %"])).toBeGreaterThan(13);
    expect(centre.side).toBe("worse");
  });

  test("are drawn with a panel an axis", () => {
    const {data} = study.figure("excess");
    expect(new Set(data.map((trace) => (trace as {xaxis?: string}).xaxis)).size).toBe(Object.keys(plan.axes).length);
  });
});

test("without an effect no slope is decided, and the excess is equal to nothing", () => {
  const study = new DiffusionStudy(
    plan,
    trialsOf({law: {a: 0, b: 0, powers: [0, 0, 0]}, noise: [0.5, 0.004, 0.01]}, "null"),
  );
  for (const {side} of study.slopes("excess")) expect(["equal", "undecided"]).toContain(side);
  const bySteps = study.effects("excess", "steps");
  expect(bySteps).toEqual(study.effects("excess").filter(({axis}) => axis === "steps"));
  expect(bySteps.map(({side}) => side)).toEqual(Array(6).fill("equal"));
  const {rows} = study.law({draws: 100});
  const centre = rows.at(-1)!;
  expect(Number(centre.from)).toBeLessThan(0);
  expect(Number(centre.to)).toBeGreaterThan(0);
});

test("a single seed decides nothing about methods, and says so", () => {
  const first = trialsOf({law}).filter(({seed}) => seed === 0);
  const [row] = new DiffusionStudy(plan, first).effects("excess");
  expect(row.side).toMatch(/^not measured: a second seed is needed/);
  expect(Number(row["change, %"])).toBeGreaterThan(0);
});

test("failed trials are left out, and seeds are paired", () => {
  const trials = trialsOf({law});
  const lost = trials.map((trial) =>
    trial.seed === 5 && trial.method === "solver" ? {...trial, measured: undefined, error: "train: diverged."} : trial,
  );
  const rows = new DiffusionStudy(plan, lost).effects("excess");
  expect(rows.find(({axis, value}) => axis === "steps" && value === 3000)!.seeds).toBe(5);
  expect(() => new DiffusionStudy(plan, trials.slice(0, 4)).law()).toThrow(
    "expected trials at 5 points or more, found 1.",
  );
  expect(() => new DiffusionStudy(plan, trials).slopes("exces")).toThrow("expected an endpoint of the plan (excess,");
  expect(() => new DiffusionStudy(plan, trials).effects("excess", "width ")).toThrow("expected an axis of the plan (");
});

test("a value at which a training failed has no part in slopes, law and figures, and keeps its effect over the other seeds", () => {
  const wide = "latent.hidChannels";
  const trials = trialsOf({law});
  const failing = trials.map((trial) =>
    trial.seed === 2 && trial.method === "diffusion" && trial.overrides[wide] === 128
      ? {...trial, measured: undefined, error: "train: diverged."}
      : trial,
  );
  const [study, without] = [failing, trials.filter(({overrides}) => overrides[wide] !== 128)].map(
    (all) => new DiffusionStudy(plan, all),
  );
  expect(study.slopes("excess")).toEqual(without.slopes("excess"));
  expect(study.law({draws: 1}).rows).toEqual(without.law({draws: 1}).rows);
  expect(study.phaseFigure().data).toEqual(without.phaseFigure().data);
  expect(study.figure("excess").data).toEqual(without.figure("excess").data);
  expect(study.effects("excess").find(({axis, value}) => axis === "width" && value === 128)).toMatchObject({seeds: 3});
});

test("curves cross where the excess changes its sign, at each Reynolds number, in Lyapunov times", () => {
  const study = new DiffusionStudy(plan, trialsOf({law, noise: [0.5, 0, 0], over: (lead) => 1 - lead / 50}));
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
    expect(lead).toBeCloseTo(50, 0);
    expect([from, to]).toEqual([expect.closeTo(50, 0), expect.closeTo(50, 0)]);
  }
  expect(rows[0]["Lyapunov times"]).toBeNull();
  expect(rows[3]["Lyapunov times"]).toBeCloseTo(50 * 0.3 * 0.1, 1);
});

test("a phase boundary lies at the crossing, at every value of every axis, and nowhere if diffusion is never better", () => {
  const study = new DiffusionStudy(plan, trialsOf({law, noise: [0.5, 0, 0], over: (lead) => 1 - lead / 50}));
  const rows = study.phases();
  const points = Object.entries(plan.axes).flatMap(([axis, {values}]) => values.map((value) => ({axis, value})));
  expect(rows.map(({axis, value}) => ({axis, value}))).toEqual(points);
  for (const {lead, from, to} of rows) {
    expect([lead, from, to]).toEqual([expect.closeTo(50, 0), expect.closeTo(50, 0), expect.closeTo(50, 0)]);
  }
  expect(study.phaseFigure().data).toHaveLength(Object.keys(plan.axes).length);
  const never = new DiffusionStudy(plan, trialsOf({law, noise: [0.5, 0, 0]})).phases();
  for (const row of never) expect(row).toMatchObject({lead: null, from: null, to: null});
});

test("the last crossing counts; a curve that is never above crosses at 0, and one that stays above never", () => {
  const leads = [4, 8, 12, 16];
  expect(lastCrossing(leads, [1, -1, 1, -1])).toBe(14);
  expect(lastCrossing(leads, [-1, -1, -1, -1])).toBe(0);
  expect(lastCrossing(leads, [-1, -1, -1, 1])).toBe(Infinity);
  expect(lastCrossing(leads, [1, NaN, -1, -1])).toBeNaN();
});

test("a law without noise is fitted exactly, and solved for its first option", () => {
  const at = [0.125, 0.25, 0.5, 1, 2, 4].map((x) => [x, 1, 1]);
  const others = [0.5, 1.5, 2].map((x) => [1, x, 1]).concat([0.25, 2].map((x) => [1, 1, x]));
  const fitted = fitLaw([...at, ...others].map((x) => ({x, excess: excessOf(law, x)})));
  expect(fitted.a).toBeCloseTo(law.a, 7);
  expect(fitted.b).toBeCloseTo(law.b, 7);
  fitted.powers.forEach((power, i) => expect(power).toBeCloseTo(law.powers[i], 6));
  expect(excessOf(law, [reaches(law, [1.5, 2], 0.02), 1.5, 2])).toBeCloseTo(0.02, 12);
  expect(reaches({...law, a: 0.03}, [1, 1], 0.02)).toBe(Infinity);
  expect(reaches({...law, powers: [0.1, 0, 0]}, [1, 1], 0.02)).toBe(Infinity);
});

test("no law predicts an error below 0, however far away", () => {
  const falling = [1, 2, 4, 8, 16].map((x) => ({x: [x], excess: 0.3 - 0.1 * Math.log2(x)}));
  const fitted = fitLaw(falling);
  for (const x of [1e3, 1e6, 1e9]) expect(excessOf(fitted, [x])).toBeGreaterThanOrEqual(-1);
});

test("an interval holds the central draws, infinite ones too", () => {
  expect(interval(Array.from({length: 101}, (_, i) => i))).toEqual([3, 98]);
  expect(interval([1, 2, Infinity])).toEqual([1, Infinity]);
  expect(interval([NaN])).toEqual([NaN, NaN]);
});
