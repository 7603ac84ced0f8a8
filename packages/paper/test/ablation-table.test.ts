import {join} from "node:path";
import {projectRoot} from "@lola-ts/core";
import {ablationTable} from "../src/ablation-runs";

const path = join(projectRoot(), "data/paper/table-04.csv");
const steps = Array.from({length: 20}, (_, i) => i + 1);
const error = steps.map((step) => 1 / step);
const seconds = steps.map((step) => 0.5 * step);

test("errors stand after a tenth, half and all of the steps, beside the paper's epochs", () => {
  const {rows} = ablationTable(
    [
      {optimiser: "SOAP", identity: true, steps, error, seconds},
      {optimiser: "SOAP", identity: false, steps, error, seconds},
    ],
    path,
  );
  expect(rows[0]).toEqual({
    optimiser: "SOAP",
    "identity init": "yes",
    "MAE, 10 % of steps": 1 / 2,
    "MAE, half": 1 / 10,
    "MAE, all": 1 / 20,
    seconds: 10,
    "paper, epoch 10": 0.023,
    "paper, epoch 100": 0.015,
    "paper, epoch 1000": 0.011,
  });
  expect(rows[1]).toMatchObject({"identity init": "no", "paper, epoch 10": null}); // the paper leaves it out
});
