import {quantile, summary} from "../../lib/evaluate/summary";

test("summary: value and error of mean and median by hand", () => {
  expect(summary([1, 2, 6])).toEqual({value: 3, error: Math.sqrt(14 / 2 / 3)});
  expect(summary([1, 2, 6], "median").value).toBe(2);
  expect(summary([1, 2, 6], "median").error).toBeCloseTo((Math.sqrt(Math.PI / 2) * 1.4826) / Math.sqrt(3), 12);
  expect(summary([4]).error).toBeNaN();
});

test("quantile: ends, middle and between two neighbours, in any order; NaN of none and of what is undefined", () => {
  const values = [4, 1, 2];
  expect([0, 0.25, 0.5, 0.75, 1].map((share) => quantile(values, share))).toEqual([1, 1.5, 2, 3, 4]);
  expect(values).toEqual([4, 1, 2]);
  for (const list of [[], [1, NaN]]) expect(quantile(list, 0.5)).toBeNaN();
});
