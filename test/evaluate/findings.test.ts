import type {Metric} from "../../lib/evaluate/evaluate";
import {findings} from "../../lib/evaluate/findings";
import {baselineMethods, type Result} from "../../lib/evaluate/paper-tables";

const ranges = ["1:20", "21:60", "61:100"];
const rates = [5, 20, 80];
const table = {autoencoder: [0.14, 0.24, 0.46], diffusion: [0.7, 0.6, 0.8], "neural solver": [0.63, 0.56, 0.75]};

/** Results of a run in which everything holds but the last finding; `change` may replace a value. */
function run(change: (result: Result) => Partial<Result> = () => ({})): Result[] {
  const results: Result[] = [];
  const add = (method: string, space: Result["space"], compression: number | null, metric: Metric, values: number[]) =>
    values.forEach((value, i) => {
      const samples = [value - 0.01, value + 0.01];
      const result = {
        dataset: "Euler",
        method,
        space,
        compression,
        metric,
        horizon: ranges[i],
        value,
        error: 0.01,
        samples,
      };
      results.push({...result, ...change(result)});
    });
  for (const [method, values] of Object.entries(table)) {
    values.forEach((value, rank) => add(method, "latent", rates[rank], "vrmse", [value, value * 1.1, value * 1.2]));
  }
  for (const rate of rates) {
    add("diffusion", "latent", rate, "ratio", [0.9, 0.95, 1]);
    add("diffusion", "latent", rate, "mid", rate === 5 ? [2, 2, 2] : [0.63, 0.64, 0.66]);
    add("neural solver", "latent", rate, "mid", [0.74, 0.92, 0.96]);
  }
  add("neural solver", "pixel", 1, "vrmse", [0.69, 0.89, 1.06]);
  for (const method of baselineMethods) add(method, "", null, "vrmse", [1, 1, 1]);
  return results;
}

const verdicts = (results: Result[]) => Object.fromEntries(findings(results).map(({name, holds}) => [name, holds]));
const held = {
  reconstruction: true,
  "trivial forecasts": true,
  "robust emulation": true,
  "spread/skill": true,
  "small scales": true,
  "diffusion against solver": false,
};

test("a run like the calibrated one: all hold but the one that is not expected", () => {
  expect(verdicts(run())).toEqual(held);
  expect(
    findings(run())
      .filter(({expected}) => !expected)
      .map(({name}) => name),
  ).toEqual(["diffusion against solver"]);
});

test("numbers name what decided", () => {
  const [reconstruction, trivial, robust, ratio, scales, against] = findings(run()).map(({numbers}) => numbers);
  expect(reconstruction).toContain("1:20 0.140 → 0.240 → 0.460 (×3.29)");
  expect(trivial).toContain("neural solver ÷1 0.690");
  expect(trivial).toContain("against first frame 1, training mean 1, spatial mean 1");
  expect(robust).toContain("1:20 autoencoder +229 %, diffusion +14 %, neural solver +19 %");
  expect(ratio).toContain("÷80 0.90, 0.95, 1.00");
  expect(scales).toContain("÷20 1:20 0.630 < 0.740");
  expect(scales).not.toContain("÷5 ");
  expect(against).toContain("better in 0 of 9 cells, 9 of the differences beyond 2 standard errors");
  expect(against).toContain("÷5 1:20 +0.070 ± "); // paired: the samples move together
});

type Change = (result: Result) => Partial<Result>;
const when =
  (test: (result: Result) => boolean, value: number): Change =>
  (result) =>
    test(result) ? {value} : {};
const failing: [string, Change][] = [
  // not monotone, though the factor is met
  ["reconstruction", when((r) => r.method === "autoencoder" && r.compression === 20 && r.horizon === "21:60", 0.6)],
  // a factor of 1.9 on one horizon
  ["reconstruction", when((r) => r.method === "autoencoder" && r.compression === 80 && r.horizon === "1:20", 0.265)],
  ["trivial forecasts", when((r) => r.method === "neural solver" && r.compression === 1 && r.horizon === "1:20", 1.01)],
  ["trivial forecasts", when((r) => r.method === "training mean" && r.horizon === "1:20", 0.55)],
  [
    "robust emulation",
    when((r) => r.metric === "vrmse" && r.method === "diffusion" && r.compression === 5 && r.horizon === "61:100", 0.4),
  ],
  ["spread/skill", when((r) => r.metric === "ratio" && r.compression === 80 && r.horizon === "21:60", 1.31)],
  ["spread/skill", when((r) => r.metric === "ratio" && r.compression === 5 && r.horizon === "1:20", 0.49)],
  ["small scales", when((r) => r.metric === "mid" && r.method === "diffusion" && r.compression === 80, 0.97)],
];

test.each(failing)("%s fails, and nothing else", (name, change) => {
  const found = verdicts(run(change));
  expect(found[name]).toBe(false);
  for (const other of Object.keys(held)) {
    if (other !== name && other !== "robust emulation")
      expect(`${other} ${found[other]}`).toBe(`${other} ${held[other as "reconstruction"]}`);
  }
});

test("a NaN never counts as success", () => {
  const found = verdicts(run((r) => (r.method === "diffusion" ? {value: NaN} : {})));
  expect(found).toMatchObject({"trivial forecasts": false, "robust emulation": false, "spread/skill": false});
  expect(found).toMatchObject({"small scales": false, reconstruction: true});
});

test("diffusion beats the solver if it is below it everywhere", () => {
  const better = run((r) =>
    r.method === "diffusion" && r.metric === "vrmse" ? {value: r.value / 2, samples: r.samples.map((s) => s / 2)} : {},
  );
  expect(verdicts(better)["diffusion against solver"]).toBe(true);
});

test("says what is missing", () => {
  expect(() => findings(run().filter((r) => r.method !== "first frame"))).toThrow(
    "expected vrmse of first frame at 1:20",
  );
  expect(() => findings(run().filter((r) => r.compression !== 20 || r.metric !== "mid"))).toThrow(
    "mid of diffusion ÷20",
  );
  expect(() => findings(run().filter((r) => r.space !== "latent"))).toThrow("expected two compression rates or more");
});
