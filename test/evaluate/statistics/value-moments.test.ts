import {valueMoments} from "../../../lib/evaluate/summary";
import {Rng} from "@lola-ts/core";

test("moments of two values are those of a coin", () => {
  expect(valueMoments([1, -3, 1, -3])).toEqual({mean: -1, deviation: 2, kurtosis: 1, largest: 3});
});

test("moments of normal numbers are those of a Gaussian", () => {
  const random = Rng.from("moments", 0);
  const values = Float32Array.from({length: 40_000}, () => 1 + 2 * random.normal());
  const {mean, deviation, kurtosis} = valueMoments(values);
  // within 5 standard errors
  expect(Math.abs(mean - 1)).toBeLessThan(5 * (2 / Math.sqrt(values.length)));
  expect(Math.abs(deviation / 2 - 1)).toBeLessThan(5 / Math.sqrt(2 * values.length));
  expect(Math.abs(kurtosis - 3)).toBeLessThan(5 * Math.sqrt(24 / values.length));
});

test("no values have none", () => {
  expect(Object.values(valueMoments([])).every(Number.isNaN)).toBe(true);
});
