import type {Result} from "../../../lib/evaluate/tables/results";
import {scorecard} from "../../../lib/evaluate/tables/scorecard";

const labels = {dataset: "E", method: "diffusion", space: "latent", compression: 20} as const;
const score = (metric: Result["metric"], value: number, more: Partial<Result> = {}): Result =>
  ({...labels, horizon: "1:20", metric, value, error: value / 10, samples: [value], ...more}) as Result;

test("has a row per method and horizon, with what an ensemble has and a single forecast has not", () => {
  const solver = {method: "neural solver"};
  const results = [
    score("vrmse", 0.5),
    score("crps", 0.2),
    score("ratio", 0.9),
    score("vrmse", 0.6, solver),
    score("ratio", NaN, solver),
  ];
  const calibrations = [
    {...labels, horizon: "1:20", ranks: [1, 1, 1], curve: [], coverageError: 0.04, errors: {ranks: [], covered: []}},
  ];
  const [first, second] = scorecard(results, calibrations);
  expect(first).toMatchObject({method: "diffusion", "÷": 20, horizon: "1:20", VRMSE: 0.5, "VRMSE ±": 0.05});
  expect(first).toMatchObject({CRPS: 0.2, "spread/skill": 0.9, "coverage error": 0.04, energy: null});
  expect(second).toMatchObject({method: "neural solver", "spread/skill": null, "coverage error": null});
  expect(Object.keys(first)).not.toContain("CRPS / climate");
  expect(() => scorecard([])).toThrow("scorecard: expected results, found none");
});

test("has the errors of calibration, and proper scores where rows have them", () => {
  const own = {...labels, horizon: "1:20"};
  const calibration = {...own, ranks: [1, 1, 1], curve: [], coverageError: 0.04, errors: {ranks: [], covered: []}};
  const estimate = {value: 0.04, error: 0.01, chance: 0.02};
  const reliability = {horizon: "1:20", ratio: {value: 0.8, error: 0.1}, rankError: estimate, coverageError: estimate};
  const results = [score("crps", 0.2), score("crpsClimate", 0.3), score("variogramHigh", 0.1)];
  const [row] = scorecard(results, [{...calibration, reliability}]);
  expect(row).toMatchObject({"coverage error": 0.04, "coverage error ±": 0.01, "√(Σ spread²/Σ skill²)": 0.8});
  expect(row).toMatchObject({"CRPS / climate": 0.3, "variogram, high": 0.1, "√(Σ spread²/Σ skill²) ±": 0.1});
});
