import {calibrationOf} from "../../../lib/evaluate/probability/calibration";
import {coverageError} from "../../../lib/evaluate/probability/coverage";

const row = (state: number, ranks?: number[]) => ({state, ranks});

test("ranks are pooled over the rows of a horizon, and their frequencies are 1 where they are flat", () => {
  const rows = [row(0, [99, 0, 0]), row(1, [1, 2, 3]), row(2, [3, 2, 1]), row(2), row(3, [6, 0, 0])];
  const [first, second] = calibrationOf(rows, [[2, 4], [5, 6]], 2); // prettier-ignore
  expect(first).toEqual({
    horizon: "2:4",
    ranks: [1, 1, 1],
    curve: [{level: expect.closeTo(1 / 3, 12), covered: expect.closeTo(1 / 3, 12)}],
    coverageError: expect.closeTo(0, 12),
  });
  expect(second.ranks).toEqual([3, 0, 0]);
  expect(second.coverageError).toBeCloseTo(coverageError([6, 0, 0]), 12);
});

test("horizons without ranks, or with those of single forecasts, have no row", () => {
  expect(calibrationOf([row(1), row(2)], [[0, 9]], 1)).toEqual([]);
  expect(calibrationOf([row(1, [3, 1])], [[0, 9]], 1)).toEqual([]);
});
