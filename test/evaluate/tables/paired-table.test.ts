import {pairedDifference} from "../../../lib/evaluate/paired";
import {pairedTable} from "../../../lib/evaluate/tables/paired-table";
import type {ScoredMetric} from "../../../lib/evaluate/evaluate";
import {summary} from "../../../lib/evaluate/summary";
import type {Result} from "../../../lib/evaluate/tables/results";

const result = (
  method: string,
  compression: number | null,
  samples: number[],
  metric: ScoredMetric = "vrmse",
): Result => ({
  ...{dataset: "Euler", method, space: compression === null ? "" : "latent", compression, horizon: "1:20", metric},
  ...{...summary(samples), samples},
});
const tour = [1, 2, 4];
const wide = [0.5, 1.8, 3.1];
const labs = [
  {
    name: "tour",
    results: [result("diffusion", 20, tour), result("neural solver", 20, tour), result("first frame", null, tour)],
  },
  {name: "wide", results: [result("diffusion", 20, wide), result("diffusion", 80, wide)]},
];

test("differences from the first laboratory are paired over trajectories", () => {
  const [row] = pairedTable(labs);
  const {value, error, p} = pairedDifference(wide, tour);
  expect(row).toEqual({
    ...{method: "diffusion", space: "latent", "÷": 20, horizon: "1:20"},
    ...{
      tour: summary(tour).value,
      "tour ±": summary(tour).error,
      wide: summary(wide).value,
      "wide ±": summary(wide).error,
    },
    ...{"wide − tour": value, "wide − tour ±": error, "p of wide": p},
  });
  expect(error).toBeLessThan(summary(tour).error); // the trajectories' own scatter is gone
});

test("what only one laboratory has stands alone, and trivial forecasts are left out", () => {
  const rows = pairedTable(labs);
  expect(rows.map((row) => `${row.method} ${row["÷"]}`)).toEqual(["diffusion 20", "diffusion 80", "neural solver 20"]);
  expect(rows[1]).toMatchObject({tour: null, wide: summary(wide).value, "wide − tour": null, "p of wide": null});
});

test("forecasts of one member have no spread, and a metric that nobody has is refused", () => {
  const ratio = (name: string) => ({
    name,
    results: [result("diffusion", 20, tour, "ratio"), result("neural solver", 20, [NaN, NaN, NaN], "ratio")],
  });
  expect(pairedTable([ratio("a"), ratio("b")], "ratio").map(({method}) => method)).toEqual(["diffusion"]);
  expect(() => pairedTable(labs, "transport")).toThrow("expected results of transport, found none");
});
