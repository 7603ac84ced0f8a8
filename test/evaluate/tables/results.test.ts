import {horizonsOf, latentRatesOf, withLabels} from "../../../lib/evaluate/tables/results";

test("each score gets the labels of its method", () => {
  const labels = {dataset: "Euler", method: "diffusion", space: "latent", compression: 5} as const;
  const scores = ["1:20", "21:60"].map((horizon) => {
    return {horizon, metric: "vrmse", value: 1, error: 0.1, samples: [1]} as const;
  });
  const results = withLabels(scores, labels);
  expect(results).toHaveLength(2);
  expect(results[1]).toEqual({...labels, ...scores[1]});
});

test("horizons are in order of their first lead time", () => {
  expect(horizonsOf(["61:100", "1:20", "21:60", "1:20"].map((horizon) => ({horizon})))).toEqual([
    "1:20",
    "21:60",
    "61:100",
  ]);
});

test("latent rates are ascending, without pixel space and trivial forecasts", () => {
  expect(latentRatesOf([80, 1, null, 5, 20, 5].map((compression) => ({compression})))).toEqual([5, 20, 80]);
});
