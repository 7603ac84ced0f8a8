/** docs/when-diffusion-wins.md repeats the study's plan and its committed tables. */
import path from "node:path";
import {readPlan} from "@lola-ts/laboratory/stages";
import {diffusionStudy} from "@lola-ts/paper";
import {tableWith} from "./markdown";
import {csv, read, signed} from "./results-rows";

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
])("the page has %s", (_, column, expected) => {
  expect(tableWith(column, page).rows).toEqual(expected());
});

test("the page names every value of the plan, with its seeds", () => {
  const plan = readPlan(path.resolve(__dirname, "../../data/study/plan.json"));
  const rows = Object.entries(plan.axes).map(([name, {values, seeds}]) => [name, values.join(", "), `${seeds}`]);
  expect(tableWith("values", page).rows).toEqual(rows);
});

test("the tables and the answer's lead times follow from the scores that come with the project", async () => {
  const study = await diffusionStudy("data/study/plan.json");
  const columns = ["change, %", "from, %", "to, %", "p"];
  const digits = (rows: readonly object[]) =>
    rows.map((row) => columns.map((column) => Number((row as Row)[column]).toPrecision(6)));
  expect(digits(study.slopes("excess"))).toEqual(digits(tableOf("slopes")));
  expect(study.law({draws: 1}).rows[0].value).toBeCloseTo(Number(tableOf("law")[0].value), 6);
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
