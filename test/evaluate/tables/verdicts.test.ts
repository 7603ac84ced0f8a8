import type {Result} from "../../../lib/evaluate/tables/results";
import {verdicts} from "../../../lib/evaluate/tables/verdicts";

const score = (method: string, metric: string, samples: number[], horizon = "1:20"): Result =>
  ({
    ...{dataset: "E", method, space: "latent", compression: 20, horizon, metric, samples, error: 0.1},
    value: samples.reduce((a, b) => a + b) / samples.length,
  }) as Result;
const methods = ["diffusion", "neural solver"] as const;
const solver = [1, 2, 3, 4];

test("a method is better or worse where the judge says so, and undecided elsewhere", () => {
  const results = [
    score("diffusion", "crps", [0.5, 1.01, 1.51, 2.02]),
    score("diffusion", "vrmse", [1.5, 3.02, 4.49, 6.01]),
    score("diffusion", "vrmseLimit", [1.5, 1.5, 3.5, 3.5]),
    ...["crps", "vrmse", "vrmseLimit"].map((metric) => score("neural solver", metric, solver)),
    score("autoencoder", "vrmse", solver),
  ];
  const rows = verdicts(results, {methods, about: "models"});
  expect(rows.map(({metric, verdict}) => `${String(metric)} ${String(verdict)}`)).toEqual([
    "CRPS better",
    "VRMSE worse",
    "VRMSE, K → ∞ undecided",
  ]);
  expect(rows[0]).toMatchObject({space: "latent", "÷": 20, horizon: "1:20", diffusion: 1.26, "neural solver": 2.5});
  // the geometric mean of the ratios, and its standard error by propagation from the logarithms
  const logs = [0.5 / 1, 1.01 / 2, 1.51 / 3, 2.02 / 4].map(Math.log);
  const mean = logs.reduce((a, b) => a + b) / 4;
  const error = Math.sqrt(logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / 3 / 4);
  expect(rows[0]["change, %"]).toBeCloseTo(100 * (Math.exp(mean) - 1), 10);
  expect(rows[0]["change, % ±"]).toBeCloseTo(100 * Math.exp(mean) * error, 10);
});

test("more cells make each of them harder to decide", () => {
  const cell = (horizon: string, own: number[]) => [
    score("diffusion", "crps", own, horizon),
    score("neural solver", "crps", solver, horizon),
  ];
  const close = cell("1:20", [0.7, 1.5, 2.7, 3.3]);
  const far = ["a", "b", "c", "d"].flatMap((horizon) => cell(horizon, [2, 1, 4, 3]));
  expect(verdicts(close, {methods, about: "models"})[0].verdict).toBe("better");
  expect(verdicts([...close, ...far], {methods, about: "models"})[0].verdict).toBe("undecided");
});

test("one training says nothing of methods", () => {
  const results = [score("diffusion", "crps", [0.5, 1, 1.5, 2]), score("neural solver", "crps", solver)];
  expect(verdicts(results, {methods})[0]).toMatchObject({
    "corrected p": null,
    verdict: "not measured: a second seed is needed to speak of methods, found one of diffusion and neural solver",
  });
});

test("methods that were not scored at the same rate are refused", () => {
  expect(() => verdicts([score("diffusion", "crps", solver)], {methods})).toThrow(
    "expected scores of diffusion and neural solver at the same rate, found none",
  );
});

test("scores in latent space are compared with scores in latent space, pixel with pixel", () => {
  const spaces = ["latent", "pixel"] as const;
  const results = spaces.flatMap((space, i) =>
    methods.map((method) => ({
      ...score(method, "crps", method === "diffusion" ? solver.map((x) => x * (i + 0.5)) : solver),
      space,
      compression: 1,
    })),
  );
  const rows = verdicts(results, {methods, metrics: ["crps"], about: "models"});
  expect(rows.map(({space, diffusion}) => [space, diffusion])).toEqual([
    ["latent", 1.25],
    ["pixel", 3.75],
  ]);
});

test("a method is not judged against itself", () => {
  expect(() => verdicts([score("diffusion", "crps", solver)], {methods: ["diffusion", "diffusion"]})).toThrow(
    "expected two different methods, found diffusion twice",
  );
});
