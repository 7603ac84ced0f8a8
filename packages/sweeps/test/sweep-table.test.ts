import {bestVariants, sweepTable} from "../src/sweep-table";
import {trial} from "./trials";

const trials = [
  ...[1, 2, 3].map((value, seed) => trial({a: "x"}, seed, value)),
  ...[2, 4, 6].map((value, seed) => trial({a: "y"}, seed, value)),
];

test("rows have means and standard errors over seeds, and the judge's verdict on ratios that are paired by them", () => {
  const [base, other] = sweepTable(trials, {measures: ["error"]});
  expect(base).toMatchObject({
    method: "autoencoder",
    a: "x",
    seeds: 3,
    error: 2,
    "change, %": null,
    "corrected p": null,
    verdict: "baseline",
    steps: 100,
  });
  expect(base["error ±"]).toBeCloseTo(1 / Math.sqrt(3), 12);
  expect(other["change, %"]).toBeCloseTo(100, 9); // each seed has twice the error
  expect(other["change, % ±"]).toBeCloseTo(0, 9);
  expect(other.verdict).toBe("worse");
});

test("the baseline is chosen by its values, within each method", () => {
  const both = [...trials, ...trials.map((one) => ({...one, method: "other"}))];
  const rows = sweepTable(both, {measures: ["error"], baseline: {a: "y"}});
  expect(rows.map(({verdict}) => verdict)).toEqual(["better", "baseline", "better", "baseline"]);
});

test("only seeds that both have are compared; failed trials are left out", () => {
  const rows = sweepTable([...trials.slice(0, 5), trial({a: "z"}, 0, 0, {measured: undefined, error: "no"})], {
    measures: ["error"],
  });
  expect(rows.map(({a, seeds}) => [a, seeds])).toEqual([
    ["x", 3],
    ["y", 2],
  ]);
  expect(rows[1]).toMatchObject({
    "change, %": expect.closeTo(100, 9),
    verdict: "not measured: three samples are needed, found 2 (seed)",
  });
});

test("one seed has a change, no error and no p-value", () => {
  const [, other] = sweepTable([trial({a: 1}, 0, 1), trial({a: 2}, 0, 3)], {measures: ["error"]});
  expect(other["change, %"]).toBeCloseTo(200, 9);
  expect(other).toMatchObject({"change, % ±": NaN, "corrected p": null});
  expect(other.verdict).toBe("not measured: three samples are needed, found 1 (seed)");
});

test("variants may have names in place of their options", () => {
  const names = {first: {a: "x"}};
  const rows = sweepTable(trials, {measures: ["error"], names});
  expect(rows.map(({variant}) => variant)).toEqual(["first", "a = y"]);
  expect(Object.keys(rows[0])).not.toContain("a");
});

const rated = [
  trial({name: "x", rate: 1}, 0, 3),
  trial({name: "x", rate: 1}, 1, 1),
  trial({name: "x", rate: 2}, 0, 1.5),
  trial({name: "y", rate: 1}, 0, NaN),
  trial({name: "y", rate: 2}, 0, 9),
];

test("the best is the one with the smallest mean over seeds, for each value of some options", () => {
  expect(bestVariants(rated, "error")).toEqual([{name: "x", rate: 2}]);
  expect(bestVariants(rated, "error", ["name"])).toEqual([
    {name: "x", rate: 2},
    {name: "y", rate: 2},
  ]);
});

test("values that are not a list of trials or not a measure are refused by name", () => {
  expect(() => bestVariants(1 as never, "vrmse@1:20")).toThrow("bestVariants: expected trials to be a list of trials");
  expect(() => bestVariants([], undefined as never)).toThrow("bestVariants: expected measure to be a text, found none");
});
