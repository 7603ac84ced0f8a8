import {acrossSeeds, type Result} from "../../../lib/evaluate/tables/results";
import {crossedSummary} from "../../../lib/evaluate/statistics/crossed";
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

test("averages trajectory by trajectory, keeps the seeds, and the error is over both", () => {
  const bySeed = [
    [1, 2, 6],
    [5, 6, 10], // seeds differ by as much as trajectories
  ];
  const results = bySeed.map((samples, seed) => score(`a, seed ${seed}`, samples));
  const [mean] = acrossSeeds(results, ["a, seed 0", "a, seed 1"], "a");
  const {value, error} = crossedSummary(bySeed);
  expect(mean).toMatchObject({method: "a", samples: [3, 4, 8], bySeed, value, error});
  expect(error).toBeGreaterThan(1.5 * crossedSummary([[3, 4, 8]]).error);
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
  const seeds = [0, 1].flatMap((i) => [
    score(`a, seed ${i}`, [1 + 0.1 * i, 2, 3]),
    score(`b, seed ${i}`, [4, 8.1, 12 + i]),
  ]);
  const means = ["a", "b"].flatMap((name) => acrossSeeds(seeds, [`${name}, seed 0`, `${name}, seed 1`], name));
  const [row] = verdicts(means, {methods: ["a", "b"], metrics: ["crps"]});
  expect(row).toMatchObject({verdict: "better", a: (1.05 + 2 + 3) / 3});
});

test("a label without scores is named", () => {
  expect(() => acrossSeeds([score("a", [1])], ["a", "b"], "mean")).toThrow(
    'acrossSeeds: expected scores of "b", found those of a.',
  );
});
