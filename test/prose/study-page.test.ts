/** docs/when-diffusion-wins.md repeats the study's plan and its committed tables. */
import {readFileSync} from "node:fs";
import path from "node:path";
import {brotliDecompressSync} from "node:zlib";
import type {TableRow} from "@lola-ts/core";
import {readPlan, type EndedTrial} from "@lola-ts/sweeps";
import {diffusionStudy, type DiffusionStudy} from "@lola-ts/paper";
import {central, crossedSummary, studentQuantile} from "lola/evaluate";
import {temporaryFolder} from "../folder";
import {tableWith} from "./markdown";
import {csv, read, signed} from "./results-rows";

const folder = temporaryFolder();
beforeAll(() => void (process.env.LOLA_DATA = folder())); // scores that came with the project count, and no others

const SCORES = path.resolve(__dirname, "../../data/pretrained/sweeps/diffusion-or-solver.json.br");
interface Packed {
  readonly trials: readonly {readonly trial: EndedTrial}[];
}

const page = read("docs/when-diffusion-wins.md");
const tableOf = (name: string) => csv(`figures/kolmogorov/${name}.csv`);
type Row = Record<string, string>;

const percent = (row: object, column: string) => {
  const text = signed(Number((row as Row)[column]));
  return text === "−0.0 %" || text === "+0.0 %" ? "0.0 %" : text;
};
const change = (row: object) => [percent(row, "change, %"), `${percent(row, "from, %")} to ${percent(row, "to, %")}`];
const chance = (row: object) => {
  const {p} = row as Row;
  return Number(p) < 0.001 ? "below 0.001" : Number(p).toFixed(3);
};
const brief = (value: unknown) =>
  value === "" || value === null ? "–" : Number(value).toPrecision(2).replace("-", "−");
const cells = (row: object) => [...change(row), chance(row), (row as Row).side];
const text = (row: object, column: string) => String((row as Row)[column]);
const rowsOf = (column: string) => tableWith(column, page).rows;

test("the page names every value of the plan, with its seeds", () => {
  const plan = readPlan(path.resolve(__dirname, "../../data/study/plan.json"));
  const rows = Object.entries(plan.axes).map(([name, {values, seeds}]) => [name, values.join(", "), `${seeds}`]);
  expect(rowsOf("values")).toEqual(rows);
});

const digits = (rows: readonly object[]) =>
  rows.map((row) =>
    Object.entries(row as Row).map(([column, value]) => {
      const number = Number(value);
      return [column, Number.isNaN(number) ? value : number.toPrecision(6)];
    }),
  );
const without = (rows: readonly TableRow[], ...columns: readonly string[]) =>
  rows.map((row) => Object.fromEntries(Object.entries(row).filter(([column]) => !columns.includes(column))));

describe("from the scores that come with the project follow", () => {
  let study: DiffusionStudy;
  let others: readonly DiffusionStudy[];
  beforeAll(async () => {
    study = await diffusionStudy("data/study/plan.json");
    others = await Promise.all(["euler", "convection"].map((name) => diffusionStudy(`data/study/${name}.json`)));
  });

  test("the number of models", () => {
    expect(page).toContain(`The study has ${study.models} trained models; 2 of them diverged.`);
    for (const {models} of others) expect(page).toContain(`have ${models} models each.`);
  });

  test("the changes from state to state, with the drop and the rebound that the text names", () => {
    const rows = study.jumps();
    expect(rowsOf("network call")).toEqual(
      rows.map((row) => [text(row, "lead times"), text(row, "network call"), ...cells(row)]),
    );
    expect(digits(without(rows, "p"))).toEqual(digits(tableOf("jumps")));
    const [drop, rebound] = [rows[2], rows[3]].map((row) => Math.abs(Math.round(Number(row["change, %"]))));
    expect(page).toContain(
      `by ${drop} % at its last state. At the first state of the second call it rises by ${rebound} %.`,
    );
    expect([rows[2].side, rows[3].side]).toEqual(["better", "worse"]);
    const [euler, convection] = others.map((one) => one.jumps());
    expect(convection[2]).toMatchObject({side: "better", "change, %": expect.closeTo(-5, 0)});
    expect(new Set(euler.map(({side}) => side))).toEqual(new Set(["undecided"]));
  });

  test("where the curves cross, at each Reynolds number and by training steps", () => {
    const rows = study.crossings();
    const times = tableOf("crossings");
    expect(rowsOf("crossing lead time")).toEqual(
      rows.map((row, i) => [
        text(row, "block").replace("Re = ", ""),
        ...["lead", "from", "to"].map((column) => brief(row[column])),
        ...["Lyapunov times", "from, times", "to, times"].map((column) => brief(times[i][column])),
      ]),
    );
    const along = study.crossingsAlong("steps");
    expect(rowsOf("training steps")).toEqual(
      along.map(({steps, ...row}) => [String(steps), ...Object.values(row).map(brief)]),
    );
    const [all] = rows;
    const whole = (value: unknown) => Math.round(Number(value));
    expect(page).toContain(
      `from lead time ${whole(all.lead)} on, with an interval of ${whole(all.from)} to ${whole(all.to)}.`,
    );
    const six = study.phases().find(({axis, value}) => axis === "blocks" && value === 6)!;
    expect(page).toContain(
      `at lead time ${whole(six.lead)}, with an interval of ${whole(six.from)} to ${whole(six.to)}.`,
    );
    for (const other of others) {
      const [{lead, from, to}] = other.crossings();
      const [place, first, last] = [lead, from, to].map((value) => (value === null ? "none" : whole(value)));
      expect(page).toContain(`${place} (${first} to ${last})`);
    }
  });

  test("slopes, and which of them survive the correction", () => {
    const all = study.slopes();
    expect(digits(all)).toEqual(digits(tableOf("slopes")));
    const ofExcess = all.filter(({endpoint}) => endpoint === "excess");
    expect(rowsOf("for twice the option")).toEqual(ofExcess.map((row) => [text(row, "axis"), ...cells(row)]));
    expect(page).toContain(`corrected for all ${all.length} slopes`);
    const survive = all.filter(({side, axis}) => side !== "undecided" && axis !== "members");
    expect(rowsOf("twice the")).toEqual(
      survive.map((row) => [text(row, "endpoint"), text(row, "axis"), ...cells(row)]),
    );
    expect(rowsOf("for twice the steps")).toEqual(
      study.slopesByLead("steps").map((row) => [text(row, "lead times"), ...cells(row)]),
    );
    const few = study.effects("excess", "trajectories").find(({value}) => value === 50)!;
    expect(few).toMatchObject({side: "better", "change, %": expect.closeTo(-16, 0)});
  });

  test("every endpoint at the centre, against the better of two rivals", () => {
    const rows = study.centre();
    const other = (row: TableRow) => (row["other rival, %"] === null ? "–" : percent(row, "other rival, %"));
    expect(rowsOf("diffusion against it")).toEqual(
      rows.map((row) => [text(row, "endpoint"), text(row, "strongest rival"), ...cells(row), other(row)]),
    );
    expect(digits(without(rows, "p", "other rival, %"))).toEqual(digits(tableOf("centre")));
    const wide = study.effects("excess", "width").find(({value}) => value === 128)!;
    expect(page).toContain(`have an excess of +${Math.round(Number(wide["change, %"]))} %, ${text(wide, "side")}.`);
  });

  test("the other flows", () => {
    const rows = others.map((one) => [
      ...one
        .slopes()
        .filter(({endpoint}) => endpoint === "excess")
        .map((row) => ({...row, name: `twice the ${text(row, "axis")}`})),
      ...one.slopesByLead("steps").map((row) => ({...row, name: `twice the steps, ${text(row, "lead times")}`})),
      ...one.centre().map((row) => ({...row, name: text(row, "endpoint"), rival: text(row, "strongest rival")})),
    ]) as unknown as Row[][];
    const [euler, convection] = rows;
    const named = ({name, rival}: Row, other: Row) =>
      rival === undefined || rival === other.rival
        ? [name, ...(rival ? [rival] : [])].join(", ")
        : `${name}, ${rival} (Euler), ${other.rival} (convection)`;
    expect(rowsOf("convection")).toEqual(
      euler.map((row, i) => [
        named(row, convection[i]),
        ...[row, convection[i]].flatMap((one) => [percent(one, "change, %"), one.side]),
      ]),
    );
    const numbers = (all: readonly Row[]) => all.map((row) => Number(row["change, %"]).toPrecision(6));
    expect(numbers(rows.flat())).toEqual(numbers(tableOf("replication")));
  });

  test("the numbers that another mean and another population would give", () => {
    const {trials} = JSON.parse(brotliDecompressSync(readFileSync(SCORES)).toString()) as Packed;
    const tablesOf = (method: string, score: string) =>
      trials
        .filter(({trial}) => trial.method === method && Object.keys(trial.overrides).length === 0)
        .sort((a, b) => a.trial.seed - b.trial.seed)
        .map(({trial}) => trial.measured!.trajectories!.scores[score]);
    const first = (table: readonly (readonly number[])[]) =>
      table.map((row) => row.slice(0, 4).reduce((a, b) => a + b));
    const sum = (method: string) =>
      tablesOf(method, "mse")
        .flatMap(first)
        .reduce((a, b) => a + b);
    const pooled = 100 * (sum("diffusion") / sum("solver") - 1);
    expect(page).toContain(`${percent({"change, %": pooled}, "change, %")}, where the geometric mean is +6.7 %.`);
    const [above, below] = ["diffusion", "solver"].map((method) => tablesOf(method, "high").map(first));
    const logs = above.map((row, s) => row.map((value, t) => Math.log(value / below[s][t])));
    const {value, error, freedom} = crossedSummary(logs, study.blocks);
    expect(Math.abs(value) / error).toBeLessThan(studentQuantile(0.05, freedom)); // undecided between five samples
    const gap = study.blocks
      .map(() => 0)
      .slice(0, 25)
      .map((_, i) => {
        const at = (method: string) =>
          tablesOf(method, "mse")
            .flat()
            .reduce((total, row) => total + row[i], 0);
        return at("diffusion") - at("solver");
      });
    const last = gap.map((one) => one <= 0).lastIndexOf(false);
    const lead = 4 * (last + 1) + (4 * gap[last]) / (gap[last] - gap[last + 1]);
    expect(page).toContain(`With pooled errors the curves cross at lead time ${Math.round(lead)}.`);
  });

  test("the seconds of the search that chose the recipe", () => {
    const {trials} = JSON.parse(brotliDecompressSync(readFileSync(SCORES)).toString()) as Packed;
    const models = new Map(trials.flatMap(({trial}) => (trial.measured ? [[trial.measured.key, trial]] : [])));
    const secondsOf = (kind: string, change: string) => {
      const [width, blocks] = [change.includes("width 96") ? 96 : 64, change.includes("six blocks") ? 6 : 3];
      const steps = [...models.values()].flatMap(({method, overrides, measured}) => {
        const {"latent.hidChannels": own = 64, "latent.hidBlocks": depth = 3, latentChannels, learned} = overrides;
        const isAlike = method === kind && own === width && depth === blocks && !latentChannels && !learned;
        return isAlike ? [measured!.seconds / measured!.steps] : [];
      });
      return 3000 * central(steps, "median");
    };
    const runs = [...csv("figures/kolmogorov/levers.csv"), {change: "", "diffusion, %": "0", "solver, %": "0"}].flatMap(
      (row) => ["diffusion", "solver"].flatMap((kind) => (row[`${kind}, %`] ? [secondsOf(kind, row.change)] : [])),
    );
    const search = JSON.parse(read("data/study/search.json")) as {trainings: number; seconds: number};
    expect(runs).toHaveLength(search.trainings);
    const sum = runs.reduce((all, seconds) => all + seconds, 0);
    expect(search.seconds).toBe(10 * Math.round(sum / 10));
  });

  test("how many trials had ended at the changes of the plan", () => {
    const {trials} = JSON.parse(brotliDecompressSync(readFileSync(SCORES)).toString()) as Packed;
    const before = (time: string) => trials.filter(({trial}) => trial.ended < Date.parse(time));
    const [bound, dropped] = [before("2026-12-01T07:12:15Z"), before("2026-12-01T13:39:03Z")];
    expect(page).toContain(`after ${bound.length} trials of two seeds had ended`);
    expect(new Set(bound.map(({trial}) => trial.seed)).size).toBe(2);
    expect(page).toContain(`when ${dropped.length} of ${trials.length} trials had ended`);
  });
});
