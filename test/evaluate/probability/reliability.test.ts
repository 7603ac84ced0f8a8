import {Rng} from "@lola-ts/core";
import {calibrationOf, reliabilityOf} from "../../../lib/evaluate/probability/calibration";

const row = (trajectory: number, ranks: number[] | undefined, spread = 1, rmse = 1, field = "a", state = 1) => ({
  ...{trajectory, state, field, spread, rmse, ranks},
});

test("the ratio is that of sums, field by field, by hand", () => {
  const rows = [
    row(0, [1, 1, 1], 1, 1),
    row(1, [1, 1, 1], 7, 5),
    row(0, [1, 1, 1], 30, 10, "b"),
    row(1, [1, 1, 1], 0, 0, "b"),
    row(1, undefined, NaN, NaN), // diverged
  ];
  const [{ratio, rankError, coverageError, horizon}] = reliabilityOf(rows, [[1, 1]], 1);
  expect(horizon).toBe("1:1");
  expect(ratio.value).toBeCloseTo((Math.sqrt(50 / 26) + 3) / 2, 12);
  expect([rankError.value, rankError.error, rankError.chance]).toEqual([0, 0, 0]);
  expect(coverageError.value).toBeCloseTo(0, 12);
});

test("the jackknife's error of the ratio is that of the formula for means of samples", () => {
  // one field with the same skill everywhere: the squared ratio is a mean, whose error is propagated
  const random = Rng.from("reliability");
  const squares = Array.from({length: 400}, () => 1 + 0.2 * random.normal());
  const rows = squares.map((square, n) => row(n, [1, 1, 1], Math.sqrt(square), 1));
  const [{ratio}] = reliabilityOf(rows, [[1, 1]], 1);
  const mean = squares.reduce((a, b) => a + b) / 400;
  const variance = squares.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 399;
  expect(ratio.value).toBeCloseTo(Math.sqrt(mean), 12);
  expect(ratio.error / (Math.sqrt(variance / 400) / (2 * Math.sqrt(mean)))).toBeCloseTo(1, 4);
});

test("a calibrated ensemble of few trajectories has the errors of chance, and its errors scatter as is said", () => {
  const random = Rng.from("calibrated");
  const [ranks, points, trajectories, runs] = [5, 60, 20, 200];
  const all = Array.from({length: runs}, () => {
    const rows = Array.from({length: trajectories}, (_, n) => {
      const counts = new Array<number>(ranks).fill(0);
      for (let i = 0; i < points; i++) counts[random.integer(ranks)]++;
      return row(n, counts);
    });
    expect(calibrationOf(rows, [[1, 1]], 1)[0].coverageError).toBe(
      reliabilityOf(rows, [[1, 1]], 1)[0].coverageError.value,
    );
    return reliabilityOf(rows, [[1, 1]], 1)[0];
  });
  const average = (of: (one: (typeof all)[0]) => number) => all.reduce((sum, one) => sum + of(one) / runs, 0);
  for (const key of ["rankError", "coverageError"] as const) {
    const mean = average((one) => one[key].value);
    expect(Math.abs(average((one) => one[key].chance) / mean - 1)).toBeLessThan(0.15);
  }
});

test("far from calibration the standard error of the coverage error is its scatter over repetitions", () => {
  const random = Rng.from("narrow");
  const runs = 300;
  const all = Array.from({length: runs}, () => {
    const rows = Array.from({length: 20}, (_, n) => {
      const outside = 44 + random.integer(17); // of 60 truths
      return row(n, [outside / 2, 60 - outside, outside / 2]);
    });
    return reliabilityOf(rows, [[1, 1]], 1)[0].coverageError;
  });
  const mean = all.reduce((sum, {value}) => sum + value / runs, 0);
  const scatter = Math.sqrt(all.reduce((sum, {value}) => sum + (value - mean) ** 2 / (runs - 1), 0));
  const stated = Math.sqrt(all.reduce((sum, {error}) => sum + error ** 2 / runs, 0));
  expect(Math.abs(stated / scatter - 1)).toBeLessThan(0.15);
});

test("single forecasts and empty horizons have no row; one trajectory has no error", () => {
  expect(reliabilityOf([row(0, [1, 2]), row(0, undefined)], [[1, 1]], 1)).toEqual([]);
  expect(reliabilityOf([row(0, [1, 2, 1])], [[2, 3]], 1)).toEqual([]);
  const [{ratio, coverageError}] = reliabilityOf([row(0, [1, 2, 1], 2, 1)], [[1, 1]], 1);
  expect(ratio).toEqual({value: 2, error: NaN});
  expect([coverageError.error, coverageError.chance]).toEqual([NaN, NaN]);
});
