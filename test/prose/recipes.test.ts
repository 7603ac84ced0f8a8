/** docs/recipes.md names the committed file behind each block of numbers, and repeats it. */
import {readdirSync, readFileSync} from "node:fs";
import path from "node:path";
import {gunzipSync} from "node:zlib";
import {readCsv} from "../../lib/evaluate/tables/csv";
import {tablesOf, tableWith} from "./markdown";
import {rivals} from "@lola-ts/laboratory";
import {preset} from "@lola-ts/laboratory/stages";
import {rounds} from "./records";
import {blocksOf, isWithoutFile} from "./sources";

const root = path.resolve(__dirname, "../..");
const recipes = readFileSync(path.join(root, "docs/recipes.md"), "utf8");
const csv = (file: string) => readCsv(path.join(root, "figures", file));

const systems = [
  {name: "Euler", folder: "euler/", data: "euler"},
  {name: "convection", folder: "rayleigh-benard/", data: "rayleigh-benard"},
  {name: "cloud", folder: "gravity-cooling/", data: "gravity-cooling"},
  {name: "Kolmogorov flow", folder: "kolmogorov/", data: "kolmogorov"},
];

/** Check that a cell prints numbers: "0.469, 0.661", each as good as its last digit. */
function expectNumbers(cell: string, values: readonly number[]): void {
  const printed = cell.split(", ");
  const wrong = values.filter((value, i) => {
    const [, decimals = ""] = (printed[i] ?? "").split(".");
    return !rounds(value, {value: Number(printed[i]), decimals: decimals.length});
  });
  expect({cell, count: printed.length, wrong}).toEqual({cell, count: values.length, wrong: []});
}

const numbers = (rows: readonly Record<string, string>[], column: string) => rows.map((row) => Number(row[column]));

test("every block with a table names a file of results, or says that none was kept", () => {
  const blocks = blocksOf(recipes).filter((block) => tablesOf(block).length > 0);
  expect(blocks.length).toBeGreaterThan(5);
  const unnamed = blocks.filter(
    (block) => !/\]\(\.\.\/(figures|data\/pretrained)/.test(block) && !isWithoutFile(block),
  );
  expect(unnamed).toEqual([]);
});

test("the cost of trained models is that of their training records", () => {
  const expected = systems.map(({name, data}) => {
    const folder = path.join(root, "data/pretrained", data);
    const {config} = JSON.parse(readFileSync(path.join(folder, "index.json"), "utf8")) as {config: {threads: number}};
    expect(config.threads).toBe(1);
    const trainings = readdirSync(folder)
      .filter((file) => file.endsWith("-training.json.gz"))
      .map((file) => {
        const {seconds} = JSON.parse(gunzipSync(readFileSync(path.join(folder, file))).toString()) as {seconds: number};
        return {file, seconds};
      });
    // further seeds of the middle rate have no record here: each is taken to last as long as the first seed's
    const mini = preset(data, "mini");
    const further = rivals(mini).flatMap(({kind, changes = {}}) => {
      const {seed = 0, seeds = 1, autoencoder} = changes;
      const own = autoencoder ? ` on autoencoder ${autoencoder.seed}` : "";
      const emulators = Array.from({length: seeds}, (_, i) => (seed + i > 0 ? [`${kind}- ${seed + i}${own}`] : []));
      return [...emulators.flat(), ...(autoencoder ? [` ${autoencoder.seed}`] : [])];
    });
    const names = [...new Set(further)];
    const middle = (stage: string) =>
      Math.max(
        ...trainings.flatMap(({file, seconds}) => (file.startsWith(`${data}-mini-${stage}c16-`) ? [seconds] : [])),
      );
    const seeds = names.reduce((sum, name) => sum + middle(name.slice(0, name.indexOf(" "))), 0);
    // nor has the solver that is trained on: it takes a share of the first training's steps more
    const {training} = rivals(mini).find(({kind, changes}) => kind === "solver" && changes?.from)!.changes!;
    const longer = seeds + (middle("solver-") * training!.steps!) / mini.latent.training.steps;
    const minutes = (isOf: RegExp) => {
      const own = trainings.filter(({file}) => isOf.test(file)).map(({seconds}) => seconds / 60);
      const ends = [Math.min(...own), Math.max(...own)].map((value) => value.toFixed(0));
      return own.length === 0 ? "–" : [...new Set(ends)].join(" to ");
    };
    const hours = (trainings.reduce((sum, {seconds}) => sum + seconds, 0) + longer) / 3600;
    return [
      ...[name, `${trainings.length + names.length + 1}`, `${Number(hours.toPrecision(2))}`, minutes(/-mini-c\d/)],
      ...[minutes(/-(diffusion|solver)-c\d/), minutes(/-pixel-/), minutes(/-crps-/)],
    ];
  });
  expect(tableWith("core-hours", recipes).rows).toEqual(expected);
});

test("seeds lie apart as the tables of rivals say", () => {
  const expected = systems.map(({name, folder}) => {
    const rows = csv(`${folder}rivals.csv`);
    const horizons = [...new Set(rows.map(({horizon}) => horizon))];
    const apart = (method: string) =>
      horizons.map((horizon) => {
        const seeds = rows.filter((row) => row.method.startsWith(`${method}, seed`) && row.horizon === horizon);
        const errors = numbers(seeds, "VRMSE");
        expect(errors).toHaveLength(3);
        return (100 * (Math.max(...errors) / Math.min(...errors) - 1)).toFixed(1);
      });
    return [name, apart("diffusion").join(", "), apart("neural solver").join(", ")];
  });
  expect(tableWith("neural solver, %", recipes).rows).toEqual(expected);
});

test("wider emulators and longer trainings have the errors of their tables", () => {
  const of = (kind: string, trial: string) => {
    const method = kind === "solver" ? "neural solver" : kind;
    const rows = csv("euler/width.csv").filter((row) => row.method === method && row.trial === trial);
    return {vrmse: numbers(rows, "VRMSE"), crps: kind === "solver" ? undefined : numbers(rows, "CRPS")};
  };
  for (const [trial, vrmse, crps] of tableWith("trial", recipes).rows) {
    const [kind, change] = trial.split(", ");
    const own = of(kind, change);
    expectNumbers(vrmse, own.vrmse);
    if (own.crps) expectNumbers(crps, own.crps);
    else expect(crps).toBe("–");
  }
  const gains = (kind: string, trial: string) => {
    const [own, base] = [of(kind, trial), of(kind, "earlier preset")].map(({vrmse, crps = []}) => [...vrmse, ...crps]);
    return own.map((value, i) => 100 * (1 - value / base[i]));
  };
  const range = (values: readonly number[]) =>
    `${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)} %`;
  const width = range([...gains("solver", "width 96"), ...gains("diffusion", "width 96")]);
  const steps = range(gains("solver", "16000 steps"));
  expect(recipes).toContain(`Width lowers the error by ${width} on every horizon, twice the steps by ${steps}.`);
});

test("width and symmetries together have the errors of their table", () => {
  const {rows} = tableWith("asked once", recipes);
  const all = csv("euler/question-width-table.csv");
  expect(rows).toHaveLength(all.length / 2);
  for (const [trial, ...cells] of rows) {
    const [, width] = /^width (\d+)/.exec(trial)!;
    for (const [i, copies] of ["", ", 16 copies"].entries()) {
      const row = all.find(({variant}) => variant === `${width} channels${copies}`)!;
      expectNumbers(
        cells[i],
        ["vrmse@1:20", "vrmse@21:60", "vrmse@61:100"].map((column) => Number(row[column])),
      );
    }
  }
});

test("more trajectories have the errors of their table", () => {
  const all = csv("rayleigh-benard/trajectories.csv");
  const {rows} = tableWith("training trajectories", recipes);
  expect(rows.map(([count]) => count)).toEqual([...new Set(all.map((row) => row["training trajectories"]))]);
  for (const [count, solver, vrmse, crps] of rows) {
    const own = (method: string) =>
      all.filter((row) => row["training trajectories"] === count && row.method === method);
    expectNumbers(solver, numbers(own("neural solver"), "VRMSE"));
    expectNumbers(vrmse, numbers(own("diffusion"), "VRMSE"));
    expectNumbers(crps, numbers(own("diffusion"), "CRPS"));
  }
});

test("trials of the cloud's tour have the errors of their table", () => {
  const all = csv("gravity-cooling/tour-trials.csv");
  const {columns, rows} = tableWith("from", recipes);
  const trials = new Set(all.map((row) => `${row.channels} ${row["first state"]}`));
  expect(rows.map(([channels, from]) => `${channels} ${from}`)).toEqual([...trials]);
  for (const [channels, from, ...cells] of rows) {
    for (const [i, cell] of cells.entries()) {
      const [method, metric] = columns[2 + i].replace("solver", "neural solver").split(", ");
      const own = all.filter(
        (row) => row.channels === channels && row["first state"] === from && row.method === method,
      );
      expectNumbers(cell, numbers(own, metric));
    }
  }
});

test("changes of the training lower the error as their table says", () => {
  const percent = (value: string) =>
    value === "" ? "–" : `${Number(value) < 0 ? "−" : "+"}${Math.abs(Number(value)).toFixed(1)}`;
  const rows = csv("kolmogorov/levers.csv").map((row) => [
    row.change,
    percent(row["diffusion, %"]),
    percent(row["solver, %"]),
  ]);
  expect(tableWith("solver, %", recipes).rows).toEqual(rows);
});

test("twice the steps have the errors of their table", () => {
  const all = csv("kolmogorov/steps.csv");
  for (const [steps, ...cells] of tableWith("solver, VRMSE", recipes).rows) {
    for (const [i, method] of ["diffusion", "neural solver"].entries()) {
      const own = all.filter((row) => row.steps === steps && row.method === method);
      expectNumbers(cells[i], numbers(own, "VRMSE"));
    }
  }
});

test.each([
  {title: "Convection", folder: "rayleigh-benard/", risen: ["neural solver ÷32 2"]},
  {title: "Euler", folder: "euler/", risen: []},
  {title: "The cloud", folder: "gravity-cooling/", risen: []},
])("$title's emulators are compared with the earlier preset's", ({title, folder, risen: said}) => {
  const scored = csv(`${folder}recipe.csv`);
  const errors = (recipe: string, method: string, rate: string) =>
    scored
      .filter((row) => row.recipe === recipe && row.method === method && row["÷"] === rate)
      .map(({VRMSE}) => Number(VRMSE));
  const cell = (values: readonly number[]) => values.map((value) => value.toFixed(3)).join(", ");
  const rates = [...new Set(scored.map((row) => row["÷"]))];
  const expected = rates.map((rate) => [
    `÷${rate}`,
    ...["diffusion", "neural solver"].flatMap((method) =>
      ["three blocks", "six blocks"].map((recipe) => cell(errors(recipe, method, rate))),
    ),
  ]);
  const sections = recipes.split(/^## /m).filter((section) => section.startsWith(title));
  expect(tableWith("diffusion, earlier preset", sections.join("")).rows).toEqual(expected);
  const risen = rates.flatMap((rate) =>
    ["diffusion", "neural solver"].flatMap((method) => {
      const [before, after] = ["three blocks", "six blocks"].map((recipe) => errors(recipe, method, rate));
      return after.flatMap((value, i) => (value < before[i] ? [] : [`${method} ÷${rate} ${i}`]));
    }),
  );
  expect(risen).toEqual(said);
  const now = csv(`${folder}scorecard.csv`).filter(({method}) => method === "diffusion");
  expect(now.map(({VRMSE}) => Number(VRMSE).toFixed(3))).toEqual(
    rates.flatMap((rate) => errors("six blocks", "diffusion", rate).map((value) => value.toFixed(3))),
  );
});
