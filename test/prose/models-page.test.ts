/** docs/models.md says what the plan of the larger models says, and shows what the committed files say of its criteria. */
import {createHash} from "node:crypto";
import path from "node:path";
import {RESERVED} from "../../packages/laboratory/src/presets/presets";
import {plannedConfig, plannedModels, readModelPlan} from "@lola-ts/sweeps";
import {systemOf, type SystemName} from "@lola-ts/simulators";
import {criteria, predictionRows, type Prediction} from "./criteria";
import {committed} from "./front-page";
import {tableWith} from "./markdown";
import {read} from "./results-rows";

const plan = readModelPlan(path.resolve(__dirname, "../../data/study/models.json"));
const {verdicts, predictions} = plan.statement as {
  readonly verdicts: {readonly script: string; readonly sha256: string};
  readonly predictions: readonly Prediction[];
};
const page = read("docs/models.md");
const systems = Object.keys(plan.systems) as SystemName[];

test("the script that computes the verdicts is the one that the plan names", () => {
  expect(createHash("sha256").update(read(verdicts.script)).digest("hex")).toBe(verdicts.sha256);
});

test("every system is trained on data of the reserved seed", () => {
  for (const system of systems) expect(plannedConfig(plan, system).data).toMatchObject({seed: RESERVED.seed});
});

test("the page shows the criteria as the committed files decide them", () => {
  expect(tableWith("aim", page).rows).toEqual(
    criteria(committed).map(({system, criterion, aim, found, outcome}) => [system, criterion, aim, found, outcome]),
  );
});

const rangeOf = (all: readonly number[]) => [...new Set([Math.min(...all), Math.max(...all)])].join(" to ");

test("the page lists the models of the plan", () => {
  const hours = (all: readonly {readonly hours: number}[]) => all.reduce((sum, one) => sum + one.hours, 0).toFixed(1);
  const rows = systems.map((system) => {
    const own = plannedModels(plan).filter((model) => model.system === system);
    const {latent, autoencoder, latentChannels, objective} = plannedConfig(plan, system);
    const rateOf = (kind: string) =>
      own.find(({method}) => method.kind === kind)!.method.changes.training?.learningRate ??
      latent.training.learningRate;
    return [
      systemOf(system).common,
      latentChannels.map((channels) => `${channels}`).join(", "),
      rangeOf(Object.values(autoencoder.steps)),
      `${latent.training.steps} of ${latent.training.batch}`,
      ["diffusion", "solver", "crps"].map((kind) => `${rateOf(kind)}`).join(", "),
      `${objective?.spectral ?? 0}`,
      `${own.length}`,
      hours(own),
    ];
  });
  expect(tableWith("channels", page).rows).toEqual(rows);
});

test("the page shows the predictions, and the outcomes as far as there are any", () => {
  const percent = (log: number) => {
    const text = (100 * Math.expm1(log)).toFixed(1);
    return `${Number(text) > 0 ? "+" : ""}${Number(text) === 0 ? "0.0" : text.replace("-", "−")} %`;
  };
  const rows = predictionRows(committed, predictions).map((row) => [
    row.claim,
    systemOf(row.system as SystemName).common,
    percent(row.predicted),
    `${percent(row.from)} to ${percent(row.to)}`,
    Number.isNaN(row.found) ? "–" : percent(row.found),
    row.outcome,
  ]);
  expect(tableWith("predicted", page).rows).toEqual(rows);
});
