import {overSeeds, seededMethods} from "../src/seeds";
import {crossedSummary, type Result} from "lola/evaluate";

const methods = [{kind: "diffusion", latentChannels: 16} as const];
const result = (method: string, samples: number[]): Result => ({
  dataset: "Euler",
  method,
  space: "latent",
  compression: 20,
  horizon: "1:20",
  metric: "vrmse",
  value: 0,
  error: 0,
  samples,
});

test("the configuration's own seed has no label, later ones are named", () => {
  expect(seededMethods({seed: 3, seeds: 2}, methods)).toEqual([
    methods[0],
    {...methods[0], changes: {seed: 4}, label: "diffusion-c16, seed 4"},
  ]);
  expect(seededMethods({seed: 3}, methods)).toEqual(methods);
});

test("seeds are averaged trajectory by trajectory, with their scatter in the error; what has one seed stays", () => {
  const table = [
    [1, 2, 3],
    [3, 2, 5],
  ];
  const other = result("autoencoder", [7, 8, 9]);
  const results = () => [result("diffusion", table[0]), result("diffusion-c16, seed 1", table[1]), other];
  const found = overSeeds({results}, {seed: 0, seeds: 2}, {methods});
  expect(found).toHaveLength(2);
  const {value, error} = crossedSummary(table);
  expect(found[0]).toMatchObject({method: "diffusion", samples: [2, 2, 4], bySeed: table, value, error});
  expect(found[1]).toEqual(other);
});
