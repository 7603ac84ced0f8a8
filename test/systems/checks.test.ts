import {checkPhysics} from "../../lib/systems/checks";

const cost = {files: 1, trajectories: 2, steps: 100, updates: 2e6, seconds: 1};

test("sound data violate nothing, and their cost is told", () => {
  const {rows, failures: violated} = checkPhysics("euler", {...cost, floors: 0, fallbacks: 3, drift: 2e-15});
  expect(violated).toEqual([]);
  expect(rows.map(({found}) => found)).toEqual([2e-15, 0, 100, 2]);
});

test.each([
  ["euler", {floors: 0, drift: 1e-9}, ["largest drift of mass, momentum, energy"]],
  [
    "euler",
    {floors: 2, drift: NaN},
    ["largest drift of mass, momentum, energy", "repairs of a negative density or pressure"],
  ],
  ["rayleigh-benard", {unresolved: 1, tail: 0.01, overshoot: 0}, ["trajectories that their grid does not resolve"]],
  ["gravity-cooling", {floors: 0, massChange: 0.5}, []],
] as const)("%s: %p", (system, found, expected) => {
  expect(checkPhysics(system, {...cost, ...found}).failures).toEqual(expected);
});

test("of data that were simulated elsewhere nothing is known", () => {
  expect(checkPhysics("euler")).toEqual({
    rows: [{check: "simulated elsewhere", found: null, expected: ""}],
    violated: [],
  });
});
