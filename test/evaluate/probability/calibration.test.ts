import {calibrationOf, coverageError} from "../../../lib/evaluate/probability/calibration";

const row = (state: number, ranks?: number[], trajectory = 0) => ({trajectory, state, ranks});

test("ranks are pooled over the rows of a horizon, and their frequencies are 1 where they are flat", () => {
  const rows = [row(0, [99, 0, 0]), row(1, [1, 2, 3]), row(2, [3, 2, 1]), row(2), row(3, [6, 0, 0])];
  const [first, second] = calibrationOf(rows, [[2, 4], [5, 6]], 2); // prettier-ignore
  expect(first).toEqual({
    horizon: "2:4",
    ranks: [1, 1, 1],
    curve: [{level: expect.closeTo(1 / 3, 12), covered: expect.closeTo(1 / 3, 12)}],
    coverageError: expect.closeTo(0, 12),
    errors: {ranks: [NaN, NaN, NaN], covered: [NaN]},
  });
  expect(second.ranks).toEqual([3, 0, 0]);
  expect(second.coverageError).toBeCloseTo(coverageError([6, 0, 0]), 12);
});

test("errors are those of means over trajectories, of their own frequencies and coverages", () => {
  const rows = [row(1, [2, 4, 0], 0), row(2, [2, 4, 0], 0), row(1, [6, 0, 0], 1), row(1, undefined, 2)];
  const [{ranks, curve, errors}] = calibrationOf(rows, [[1, 2]], 1);
  expect(ranks).toEqual([10 / 6, 8 / 6, 0]);
  expect(curve[0].covered).toBeCloseTo(8 / 18, 12);
  expect(errors.ranks.map((error) => Number(error.toFixed(12)))).toEqual([1, 1, 0]);
  expect(errors.covered).toEqual([expect.closeTo(1 / 3, 12)]);
});

test("horizons without ranks, or with those of single forecasts, have no row", () => {
  expect(calibrationOf([row(1), row(2)], [[0, 9]], 1)).toEqual([]);
  expect(calibrationOf([row(1, [3, 1])], [[0, 9]], 1)).toEqual([]);
});
