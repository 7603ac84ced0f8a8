import {checkPhysics} from "../src/simulate";
import {fromJsonText, toJsonText} from "@lola-ts/core";
import {systemNames, systemOf} from "../src/registry";

const cost = {files: 1, trajectories: 2, steps: 100, updates: 2e6, seconds: 1};

test("sound data have no failures, and their cost is listed", () => {
  const {rows, failures} = checkPhysics(systemOf("euler"), {...cost, floors: 0, fallbacks: 3, drift: 2e-15});
  expect(failures).toEqual([]);
  expect(rows.map(({found}) => found)).toEqual([2e-15, 0, 100, 2]);
});

test.each([
  ["euler", {floors: 0, drift: 1e-9}, ["largest drift of mass, momentum, energy"]],
  [
    "euler",
    {floors: 2, drift: NaN},
    ["largest drift of mass, momentum, energy", "repairs of a negative density or pressure"],
  ],
  [
    "rayleigh-benard",
    {unresolved: 1, tail: 0.01, overshoot: 0},
    ["trajectories that their grid does not resolve, second half of the run"],
  ],
  ["rayleigh-benard", {unresolved: 0, tail: 0.03, overshoot: 0.21}, ["buoyancy beyond the walls'"]],
  ["kolmogorov", {unresolvedShare: 0.02, tail: 0.02}, []],
  ["kolmogorov", {unresolvedShare: 0.03, tail: 0.02}, ["share of trajectories that their grid does not resolve"]],
  ["kolmogorov", {unresolvedShare: 0.01, tail: 0.021}, ["largest share of enstrophy in the last third of the modes"]],
  ["gravity-cooling", {floors: 0, massChange: 0.5}, []],
] as const)("%s: %p", (system, found, expected) => {
  expect(checkPhysics(systemOf(system), {...cost, ...found}).failures).toEqual(expected);
});

test("data that were simulated elsewhere have no checks", () => {
  expect(checkPhysics(systemOf("euler"))).toEqual({
    rows: [{check: "simulated elsewhere", found: null, expected: ""}],
    failures: [],
  });
});

test("a check of what no trajectory has does not apply", () => {
  const {rows, failures} = checkPhysics(systemOf("euler"), {...cost, floors: 0, fallbacks: 0});
  expect(rows[0]).toEqual({check: "largest drift of mass, momentum, energy", found: null, expected: "does not apply"});
  expect(failures).toEqual([]);
});

test.each(systemNames)(
  "%s: NaN fails every check, also after it was stored, and after a store that lost it",
  (name) => {
    const system = systemOf(name);
    const limited = system.checks.filter(({max}) => max !== undefined);
    const summary = {...cost, ...Object.fromEntries(limited.map(({key}) => [key, NaN]))};
    const failed = limited.map(({check}) => check);
    const stores = [toJsonText, JSON.stringify].map((write) => fromJsonText(write(summary)) as typeof summary);
    for (const found of [summary, ...stores]) expect(checkPhysics(system, found).failures).toEqual(failed);
  },
);
