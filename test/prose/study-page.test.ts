/** docs/when-diffusion-wins.md repeats the study's plan and its committed tables. */
import path from "node:path";
import {readPlan} from "@lola-ts/laboratory/stages";
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
        [row.block.replace("Reynolds = ", "")].concat(
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
