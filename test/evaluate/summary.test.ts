import {summary} from "../../lib/evaluate/summary";

test("summary: value and error of mean and median by hand", () => {
  expect(summary([1, 2, 6])).toEqual({value: 3, error: Math.sqrt(14 / 2 / 3)});
  expect(summary([1, 2, 6], "median").value).toBe(2);
  expect(summary([1, 2, 6], "median").error).toBeCloseTo((Math.sqrt(Math.PI / 2) * 1.4826) / Math.sqrt(3), 12);
  expect(summary([4]).error).toBeNaN();
});
