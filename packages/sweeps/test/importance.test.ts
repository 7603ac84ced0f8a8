import {readFileSync} from "node:fs";
import path from "node:path";
import {importances, type ScoredTrial} from "../src/importance";

interface Recorded {
  readonly source: string;
  readonly importances: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly trials: readonly ScoredTrial[];
}

const recorded = JSON.parse(readFileSync(path.join(__dirname, "optuna-importances.json"), "utf8")) as Recorded;

test.each(Object.entries(recorded.importances))(
  "agrees with Optuna's evaluator for the best %s",
  (quantile, expected) => {
    const found = importances(recorded.trials, Number(quantile));
    expect(found.map(({option}) => option)).toEqual(Object.keys(expected).sort((a, b) => expected[b] - expected[a]));
    for (const {option, importance} of found) expect(importance).toBeCloseTo(expected[option], 6);
  },
);

test("shares add up to 1, and an option that alone decides has nearly all", () => {
  const trials = Array.from({length: 64}, (_, i) => ({value: i % 8, overrides: {decides: i % 8, idle: i >> 3}}));
  const found = importances(trials, 0.125);
  expect(found[0].option).toBe("decides");
  expect(found[0].importance).toBeGreaterThan(0.99);
  expect(found.reduce((sum, {importance}) => sum + importance, 0)).toBeCloseTo(1, 12);
});

test("where all trials are as good, no option matters more than another", () => {
  const trials = Array.from({length: 6}, (_, i) => ({value: 1, overrides: {a: i, b: i % 2}}));
  expect(importances(trials).map(({importance}) => importance)).toEqual([0.5, 0.5]);
});

test("trials whose value is not finite do not count", () => {
  const finite = Array.from({length: 20}, (_, i) => ({value: i, overrides: {a: i}}));
  const diverged = {value: NaN, overrides: {a: 7, b: 1}};
  expect(importances([...finite, diverged])).toEqual(importances(finite));
});
