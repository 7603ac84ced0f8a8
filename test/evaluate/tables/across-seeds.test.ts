import {acrossSeeds} from "../../../lib/evaluate/tables/across-seeds";
import type {Result} from "../../../lib/evaluate/tables/results";
import {verdicts} from "../../../lib/evaluate/tables/verdicts";

const score = (method: string, samples: number[], horizon = "1:20"): Result => ({
  dataset: "Euler",
  method,
  space: "latent",
  compression: 80,
  horizon,
  metric: "crps",
  value: samples.reduce((sum, one) => sum + one, 0) / samples.length,
  error: 0,
  samples,
});

test("averages trajectory by trajectory, and the error is that of the averages", () => {
  const results = [score("a, seed 0", [1, 2, 6]), score("a, seed 1", [3, 2, 2])];
  const [{method, value, error, samples}] = acrossSeeds(results, ["a, seed 0", "a, seed 1"], "a");
  expect(method).toBe("a");
  expect(samples).toEqual([2, 2, 4]);
  expect(value).toBeCloseTo(8 / 3, 12);
  expect(error).toBeCloseTo(2 / 3, 12); // deviation sqrt(4 / 3), over sqrt(3)
});

test("one seed stays as it is, and cells that a seed lacks are left out", () => {
  const results = [score("a", [1, 2]), score("a", [3, 4], "21:60"), score("b", [5, 6])];
  expect(acrossSeeds(results, ["a"], "mean").map(({samples}) => samples)).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(acrossSeeds(results, ["a", "b"], "mean").map(({horizon, samples}) => [horizon, samples])).toEqual([
    ["1:20", [3, 4]],
  ]);
});

test("averages are compared as methods are", () => {
  const seeds = [0, 1].flatMap((i) => [score(`a, seed ${i}`, [1 + i, 2, 3]), score(`b, seed ${i}`, [4, 5.1, 6 + i])]);
  const means = ["a", "b"].flatMap((name) => acrossSeeds(seeds, [`${name}, seed 0`, `${name}, seed 1`], name));
  const [row] = verdicts(means, {methods: ["a", "b"], metrics: ["crps"]});
  expect(row).toMatchObject({verdict: "better", a: 13 / 6});
});

test("a label without scores is named", () => {
  expect(() => acrossSeeds([score("a", [1])], ["a", "b"], "mean")).toThrow(
    'acrossSeeds: expected scores of "b", found those of a.',
  );
});
