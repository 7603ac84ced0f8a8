import {judge} from "../../../lib/evaluate/judge";
import {pairedTable} from "../../../lib/evaluate/tables/verdicts";
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

test("changes from the first laboratory are judged on the same trajectories", () => {
  const [row] = pairedTable(labs);
  const scores = (method: string, samples: number[]) => [{method, samples}];
  const {cells} = judge([{label: "a", above: scores("wide", wide), below: scores("tour", tour)}], {about: "models"});
  expect(row).toEqual({
    ...{method: "diffusion", space: "latent", "÷": 20, horizon: "1:20"},
    ...{
      tour: summary(tour).value,
      "tour ±": summary(tour).error,
      wide: summary(wide).value,
      "wide ±": summary(wide).error,
    },
    "wide: change, %": 100 * Math.expm1(cells[0].value),
    "wide: change, % ±": 100 * Math.exp(cells[0].value) * cells[0].error,
    "wide: corrected p": cells[0].corrected,
    "wide: verdict": "undecided",
  });
});

test("what only one laboratory has stands alone, and trivial forecasts are left out", () => {
  const rows = pairedTable(labs);
  expect(rows.map((row) => `${row.method} ${row["÷"]}`)).toEqual(["diffusion 20", "diffusion 80", "neural solver 20"]);
  expect(rows[1]).toMatchObject({
    tour: null,
    wide: summary(wide).value,
    "wide: change, %": null,
    "wide: verdict": null,
  });
});

test("no direction of spread and skill is good, so that their changes have no verdict", () => {
  const ratio = (name: string, samples: number[]) => ({name, results: [result("diffusion", 20, samples, "ratio")]});
  const [row] = pairedTable([ratio("a", tour), ratio("b", wide)], "ratio");
  expect(Object.keys(row)).toContain("b: change, %");
  expect(Object.keys(row)).not.toContain("b: verdict");
});

test("forecasts of one member have no spread, and a metric that nobody has is refused", () => {
  const ratio = (name: string) => ({
    name,
    results: [result("diffusion", 20, tour, "ratio"), result("neural solver", 20, [NaN, NaN, NaN], "ratio")],
  });
  expect(pairedTable([ratio("a"), ratio("b")], "ratio").map(({method}) => method)).toEqual(["diffusion"]);
  expect(() => pairedTable(labs, "transport")).toThrow("expected results of transport, found none");
});
