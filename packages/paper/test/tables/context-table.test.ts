import {resolve} from "node:path";
import {contextTable, pooledOverRates} from "../../src/tables/context-table";
import {summary, type Result} from "lola/evaluate";

const path = resolve(__dirname, "../../../../data/paper/table-07.csv");
const result = (method: string, compression: number, samples: number[], horizon = "1:20"): Result => ({
  dataset: "Euler",
  method,
  space: compression === 1 ? "pixel" : "latent",
  compression,
  horizon,
  metric: "vrmse",
  ...summary(samples),
  samples,
});
const results = [
  result("diffusion", 40, [1, 2]),
  result("diffusion", 80, [3, 6]),
  result("neural solver", 40, [1, 1]),
  result("neural solver", 80, [1, 3]),
  result("neural solver", 1, [9, 9]), // the pixel solver does not count
  result("autoencoder", 40, [9, 9]),
];

test("rates are averaged trajectory by trajectory, pixels and reconstructions are left out", () => {
  expect(pooledOverRates({context: 2, results})).toEqual([
    {method: "diffusion", horizon: "1:20", group: 2, ...summary([2, 4]), samples: [2, 4]},
    {method: "neural solver", horizon: "1:20", group: 2, ...summary([1, 2]), samples: [1, 2]},
  ]);
});

test("contexts stand beside each other and the paper's, the best of each is marked", () => {
  const worse = results.map((one) => ({...one, samples: one.samples.map((value) => value + 1)}));
  const contexts = [
    {context: 1, results: worse},
    {context: 2, results},
  ];
  const {rows, bold} = contextTable(contexts, path, "Euler");
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatchObject({method: "diffusion", horizon: "1:20", "c = 1": 4, "c = 2": 3});
  expect(rows[0]).toMatchObject({"paper c = 1": 0.085, "paper c = 2": 0.074, "paper c = 3": 0.078});
  expect(bold![0]).toEqual(["c = 2", "paper c = 2"]);
});

test("a system that is not in the paper has our columns only", () => {
  const {rows} = contextTable([{context: 1, results}], path, "KF");
  expect(Object.keys(rows[0])).toEqual(["method", "horizon", "c = 1", "c = 1 ±"]);
});

test("a rate that is missing somewhere is refused: a mean over fewer rates is another quantity", () => {
  const some = [...results, result("diffusion", 40, [1, 2], "21:60")];
  expect(() => pooledOverRates({context: 1, results: some})).toThrow(
    "pooledOverRates: expected diffusion at 2 rates with as many trajectories, found ÷40 with 2.",
  );
});
