/** docs/when-diffusion-wins.md repeats the study's plan and its committed tables. */
import path from "node:path";
import type {TableRow} from "@lola-ts/core";
import {openLab} from "@lola-ts/laboratory";
import {readPlan} from "@lola-ts/laboratory/stages";
import {diffusionStudy, type DiffusionStudy} from "@lola-ts/paper";
import {temporaryFolder} from "../folder";
import {tableWith} from "./markdown";
import {csv, read, signed} from "./results-rows";

const folder = temporaryFolder();
beforeAll(() => void (process.env.LOLA_DATA = folder())); // scores that came with the project count, and no others

const page = read("docs/when-diffusion-wins.md");
const tableOf = (name: string) => csv(`figures/kolmogorov/${name}.csv`);
type Row = Record<string, string>;

const percent = (row: Row, column: string) => signed(Number(row[column]));
const change = (row: Row) => [percent(row, "change, %"), `${percent(row, "from, %")} to ${percent(row, "to, %")}`];
const chance = ({p}: Row) => (Number(p) < 0.001 ? "below 0.001" : Number(p).toFixed(3));
const brief = (value: string) => (value === "" ? "–" : Number(value).toPrecision(2).replace("-", "−"));

test.each([
  [
    "what moves the excess",
    "for twice the option",
    () => tableOf("slopes").map((row) => [row.axis, ...change(row), chance(row), row.side]),
  ],
  [
    "every endpoint at the centre",
    "endpoint",
    () => tableOf("centre").map((row) => [row.endpoint, ...change(row), row.side]),
  ],
  [
    "where the curves cross",
    "crossing lead time",
    () =>
      tableOf("crossings").map((row) =>
        [row.block.replace("Re = ", "")].concat(
          ["lead", "Lyapunov times", "from, times", "to, times"].map((column) => brief(row[column])),
        ),
      ),
  ],
  [
    "the law",
    "parameter",
    () => tableOf("law").map((row) => [row.parameter, ...["value", "from", "to"].map((column) => brief(row[column]))]),
  ],
  [
    "other flows",
    "convection",
    () => {
      const [one, other] = ["euler", "rayleigh-benard"].map((name) =>
        tableOf("replication").filter((row) => row.system === name),
      );
      return one.map((row, i) => [
        row.endpoint,
        ...[row, other[i]].flatMap((of) => [percent(of, "change, %"), of.side]),
      ]);
    },
  ],
])("the page has %s", (_, column, expected) => {
  expect(tableWith(column, page).rows).toEqual(expected());
});

test("the page names every value of the plan, with its seeds", () => {
  const plan = readPlan(path.resolve(__dirname, "../../data/study/plan.json"));
  const rows = Object.entries(plan.axes).map(([name, {values, seeds}]) => [name, values.join(", "), `${seeds}`]);
  expect(tableWith("values", page).rows).toEqual(rows);
});

const digits = (rows: readonly object[]) =>
  rows.map((row) =>
    Object.entries(row as Row).map(([column, value]) => {
      const number = Number(value);
      return [column, Number.isNaN(number) ? value : number.toPrecision(6)];
    }),
  );
const endpointsAtTheCentre = (study: DiffusionStudy) =>
  Object.keys(study.plan.endpoints).flatMap((endpoint) =>
    study
      .effects(endpoint, "steps")
      .filter(({value}) => value === study.plan.centre["latent.training.steps"])
      .map(({axis: _axis, value: _value, seeds: _seeds, ...row}) => ({endpoint, ...row})),
  );
const withoutSeeds = (rows: readonly TableRow[]) => rows.map(({seeds: _, ...row}) => row);

test("the table of other flows follows from the scores that come with the project", async () => {
  const studies = await Promise.all(["euler", "convection"].map((name) => diffusionStudy(`data/study/${name}.json`)));
  const rows = studies.flatMap((study) => {
    const slopes = study.slopes("excess").map(({axis, ...row}) => ({endpoint: `twice the ${String(axis)}`, ...row}));
    return [...slopes, ...endpointsAtTheCentre(study)].map((row) => ({system: study.plan.system, ...row}));
  });
  expect(digits(rows.map(({p: _p, seeds: _seeds, ...row}: TableRow) => row))).toEqual(digits(tableOf("replication")));
  for (const study of studies) {
    const [{lead, from, to}] = study.crossings();
    const [place, first, last] = [lead, from, to].map((value) => (value === null ? "none" : Math.round(Number(value))));
    expect(page).toContain(`${place} (${first} to ${last})`);
  }
});

test("the tables and the answer's lead times follow from the scores that come with the project", async () => {
  const study = await diffusionStudy("data/study/plan.json");
  expect(digits(withoutSeeds(study.slopes("excess")))).toEqual(digits(tableOf("slopes")));
  expect(digits(endpointsAtTheCentre(study))).toEqual(digits(tableOf("centre")));
  const places = (rows: readonly object[]) =>
    digits(rows.map((row) => ({block: (row as Row).block, lead: (row as Row).lead})));
  expect(places(study.crossings())).toEqual(places(tableOf("crossings")));
  const {latent} = openLab({preset: "paper"}).config;
  const size = {steps: latent.training.steps, width: latent.hidChannels, channels: 64};
  expect(digits(study.law({at: {"the paper's size": size}}).rows)).toEqual(digits(tableOf("law")));
  const phases = study.phases();
  const lead = (axis: string, value: number) =>
    Math.round(Number(phases.find((row) => row.axis === axis && row.value === value)!.lead));
  for (const sentence of [
    `has the smaller squared error from lead time ${lead("steps", 3000)} on.`,
    `After 375 steps diffusion is better from lead time ${lead("steps", 375)} on`,
    `after 12 000 steps from lead time ${lead("steps", 12_000)} on.`,
    `With one call diffusion is better from lead time ${lead("calls", 1)} on.`,
  ]) {
    expect(page).toContain(sentence);
  }
  expect(lead("trajectories", 50)).toBe(0);
});
