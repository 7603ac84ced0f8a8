import {mkdtempSync, readFileSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import path from "node:path";
import {committedFigures, projectRoot} from "@lola-ts/core";
import {preset, trainingOperations} from "@lola-ts/laboratory/stages";
import {readCsv, readTrajectoryScores, type Result} from "lola/evaluate";
import {systemNames} from "@lola-ts/simulators";
import {
  fitTrends,
  printedEffects,
  readTrend,
  trendFigure,
  trendPoints,
  trendRows,
  type TrendPoint,
} from "../../src/claims/trend";

const point = (system: string, operations: number, effect: number): TrendPoint => ({
  ...{claim: 7, system, preset: "tour", change: "", operations, trajectories: 20, effect},
  interval: [effect - 0.1, effect + 0.1],
});

describe("a line through effects", () => {
  const lines = {euler: 0.3, "rayleigh-benard": -0.2};
  const points = Object.entries(lines).flatMap(([system, height]) =>
    [9, 11, 12].map((x) => point(system, 10 ** x, height - 0.05 * x)),
  );

  test("finds the slope and height of exact lines, and predicts without error", () => {
    const [trend] = fitTrends(points);
    expect(trend.slope).toBeCloseTo(-0.05, 12);
    for (const [system, height] of Object.entries(lines)) {
      const {effect, interval} = trend.at(system, 1e19)!;
      expect(effect).toBeCloseTo(height - 0.95, 10);
      for (const end of interval) expect(end).toBeCloseTo(effect, 5);
    }
    expect(trend.at("kolmogorov", 1e19)).toBeUndefined();
  });

  test("has the intervals of a regression with a height for each system", () => {
    // by hand: heights 0 and 1, x 0 and 2 about 1, residuals ±0.1 of a slope of 0.5; one degree of freedom
    const values = [
      [0, 0.1],
      [2, 0.9],
      [0, 0.9],
      [2, 2.1],
    ];
    const [trend] = fitTrends(values.map(([x, effect], i) => point(i < 2 ? "euler" : "kolmogorov", 10 ** x, effect)));
    const student = 12.7062; // 0.975 quantile of Student's t with one degree of freedom
    const variance = 4 * 0.1 ** 2;
    const half = student * Math.sqrt(variance / 4);
    expect(trend.slope).toBeCloseTo(0.5, 12);
    expect(trend.interval[0]).toBeCloseTo(0.5 - half, 4);
    expect(trend.interval[1]).toBeCloseTo(0.5 + half, 4);
    const there = trend.at("kolmogorov", 1e5)!;
    expect(there.effect).toBeCloseTo(1.5 + 0.5 * 4, 10);
    expect(there.interval[1] - there.effect).toBeCloseTo(student * Math.sqrt(variance * (1 + 1 / 2 + 16 / 4)), 3);
  });

  test("has no interval where every system has one size", () => {
    const [trend] = fitTrends([point("euler", 1e12, 0.1), point("kolmogorov", 1e12, 0.2)]);
    expect(trend.slope).toBeNaN();
    expect(trend.interval).toEqual([NaN, NaN]);
  });
});

test("an effect between rates is of one doubling, and an effect between methods is the mean over cells", () => {
  const scored = (method: string, compression: number, value: number): Result[] =>
    ["1:20", "21:60"].map(
      (horizon) =>
        ({
          ...{dataset: "Euler", method, space: "latent", compression, horizon, metric: "vrmse"},
          ...{value, error: 0, samples: [value, value * 2, value * 3]},
        }) as Result,
    );
  const results = [
    ...[scored("autoencoder", 20, 0.1), scored("autoencoder", 80, 0.4)],
    ...[scored("diffusion", 20, 0.5), scored("diffusion", 80, 0.605)],
    ...[scored("neural solver", 20, 0.4), scored("neural solver", 80, 0.5)],
  ].flat();
  const found = trendPoints({results}, preset("euler", "tour"));
  const effects = new Map(found.map(({claim, effect}) => [claim, Math.exp(effect)]));
  expect(effects.get(1)).toBeCloseTo(1 / 2, 6); // a quarter over two doublings
  expect(effects.get(4)).toBeCloseTo(1.1, 6); // 1.21 over two doublings
  expect(effects.get(7)).toBeCloseTo(Math.sqrt((0.5 / 0.4) * (0.605 / 0.5)), 6);
  expect(found[0]).toMatchObject({system: "euler", preset: "tour", change: "", trajectories: 3});
  expect(found[0].operations).toBe(trainingOperations(preset("euler", "tour")));
});

test("the paper's effects are ratios of the numbers that it prints", () => {
  const rows = readCsv(path.join(projectRoot(), "data/paper/table-06.csv")).filter(({dataset}) => dataset === "Euler");
  const of = (method: string, compression: string, horizon: string) =>
    Number(
      rows.find((row) => row.method === method && row.compression === compression && row.horizon === horizon)!.value,
    );
  const rates = [...new Set(rows.map(({compression}) => compression))].filter((rate) => rate !== "1");
  const horizons = [...new Set(rows.map(({horizon}) => horizon))];
  const logs = rates.flatMap((rate) =>
    horizons.map((horizon) => Math.log(of("diffusion", rate, horizon) / of("neural solver", rate, horizon))),
  );
  expect(printedEffects("euler").get(7)).toBeCloseTo(
    logs.reduce((sum, log) => sum + log / logs.length, 0),
    10,
  );
  expect(printedEffects("kolmogorov").size).toBe(0);
});

test("committed effects of the preset mini are what the committed scores give", () => {
  const all = readTrend();
  for (const system of systemNames) {
    const scores = readTrajectoryScores(path.join(committedFigures(system), "scores.csv"));
    const again = trendPoints(scores, preset(system, "mini"));
    const recorded = all.filter((one) => one.system === system && one.preset === "mini" && one.change === "");
    expect(recorded.map(({claim}) => claim)).toEqual(again.map(({claim}) => claim).sort((a, b) => a - b));
    for (const {claim, effect} of again)
      expect(recorded.find((one) => one.claim === claim)!.effect).toBeCloseTo(effect, 3);
  }
});

test("every main claim has at least three sizes in two systems, and a figure", () => {
  const sizes = new Map<string, number>();
  for (const {claim, system} of readTrend())
    sizes.set(`${claim} ${system}`, (sizes.get(`${claim} ${system}`) ?? 0) + 1);
  const claims = new Set(readTrend().map(({claim}) => claim));
  for (const claim of claims) {
    const found = systemNames.filter((system) => (sizes.get(`${claim} ${system}`) ?? 0) >= 3);
    expect({claim, systems: found.length >= 2}).toEqual({claim, systems: true});
  }
  expect(trendRows(readTrend()).length).toBe(new Set(sizes.keys()).size);
  expect(trendFigure().data.length).toBeGreaterThan(4);
});

test("a damaged file of effects is refused by name, row and column", () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), "trend-")), "trend.csv");
  const [header, first] = readFileSync(path.join(projectRoot(), "figures/trend.csv"), "utf8").split("\n");
  writeFileSync(file, `${header}\n${first.replace(/[^,]*$/, "wide")}\n`);
  expect(() => readTrend(file)).toThrow(`${file}, row 1: expected a number in to, found "wide".`);
});
