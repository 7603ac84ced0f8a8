import {sweepTable} from "../src/sweep-table";
import {trial} from "./trials";

const trials = [
  ...[1, 2, 3].map((value, seed) => trial({a: "x"}, seed, value)),
  ...[2, 4, 6].map((value, seed) => trial({a: "y"}, seed, value)),
];

test("rows have means and standard errors over seeds, and differences that are paired by them", () => {
  const [base, other] = sweepTable(trials, {measures: ["error"]});
  expect(base).toMatchObject({
    method: "autoencoder",
    a: "x",
    seeds: 3,
    error: 2,
    difference: null,
    p: null,
    steps: 100,
  });
  expect(base["error ±"]).toBeCloseTo(1 / Math.sqrt(3), 12);
  expect(other.difference).toBe(2);
  expect(other["difference ±"]).toBeCloseTo(1 / Math.sqrt(3), 12);
  expect(other.p).toBeCloseTo(0.0742, 4); // Student's t of 2 √3 with 2 degrees of freedom: 1 − t / √(t² + 2)
  expect(other["p (Holm)"]).toBe(other.p);
});

test("the baseline is chosen by its values, within each method", () => {
  const both = [...trials, ...trials.map((one) => ({...one, method: "other"}))];
  const rows = sweepTable(both, {measures: ["error"], baseline: {a: "y"}});
  expect(rows.map(({difference}) => difference)).toEqual([-2, null, -2, null]);
});

test("only seeds that both have are compared; early rungs and failed trials are left out", () => {
  const rows = sweepTable(
    [
      ...trials.slice(0, 5),
      trial({a: "y"}, 2, 99, {share: 1 / 3}),
      trial({a: "z"}, 0, 0, {measured: undefined, error: "no"}),
    ],
    {measures: ["error"]},
  );
  expect(rows.map(({a, seeds}) => [a, seeds])).toEqual([
    ["x", 3],
    ["y", 2],
  ]);
  expect(rows[1].difference).toBe(1.5);
});

test("one seed has no error and no p-value", () => {
  const [, other] = sweepTable([trial({a: 1}, 0, 1), trial({a: 2}, 0, 3)], {measures: ["error"]});
  expect(other).toMatchObject({difference: 2, "difference ±": NaN, p: NaN});
});

test("variants may have names in place of their options", () => {
  const names = {first: {a: "x"}};
  const rows = sweepTable(trials, {measures: ["error"], names});
  expect(rows.map(({variant}) => variant)).toEqual(["first", "a = y"]);
  expect(Object.keys(rows[0])).not.toContain("a");
});
