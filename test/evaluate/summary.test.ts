import {central, jackknife, quantile, summary} from "../../lib/evaluate/summary";

test("summary: value and error of mean and median by hand", () => {
  expect(summary([1, 2, 6])).toEqual({value: 3, error: Math.sqrt(14 / 2 / 3)});
  expect(summary([1, 2, 6], "median").value).toBe(2);
  expect(summary([1, 2, 6], "median").error).toBeCloseTo((Math.sqrt(Math.PI / 2) * 1.4826) / Math.sqrt(3), 12);
  expect(summary([4]).error).toBeNaN();
});

test("the median of an even number of samples is the mean of the middle two, also among deviations", () => {
  const {value, error} = summary([6, 1, 3, 2], "median");
  expect(value).toBe(2.5);
  expect(error).toBeCloseTo((Math.sqrt(Math.PI / 2) * 1.4826 * 1) / 2, 12); // deviations 0.5, 0.5, 1.5 and 3.5
});

test("the jackknife of a mean has the standard error, and of one sample none", () => {
  const samples = [1, 4, 2, 9];
  const {value, error} = jackknife(samples, (some) => some.reduce((a, b) => a + b) / some.length);
  expect(value).toBe(4);
  expect(error).toBeCloseTo(Math.sqrt((9 + 0 + 4 + 25) / 3 / 4), 12);
  expect(jackknife([2], ([one]) => one)).toEqual({value: 2, error: NaN});
});

test("quantile: ends, middle and between two neighbours, in any order; NaN of none and of what is undefined", () => {
  const values = [4, 1, 2];
  expect([0, 0.25, 0.5, 0.75, 1].map((share) => quantile(values, share))).toEqual([1, 1.5, 2, 3, 4]);
  expect(values).toEqual([4, 1, 2]);
  for (const list of [[], [1, NaN]]) expect(quantile(list, 0.5)).toBeNaN();
});

test("a misspelt statistic is not taken for the median", () => {
  expect(() => central([1, 3, 100], "mean " as never)).toThrow('central: expected statistic to be "mean" or "median"');
});
