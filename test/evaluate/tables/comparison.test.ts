import {resolve} from "node:path";
import type {HorizonScore} from "../../../lib/evaluate/horizons";
import {
  comparison,
  horizonNote,
  matchHorizons,
  table6,
  table6Note,
  type PaperHorizons,
} from "../../../lib/evaluate/tables/comparison";
import {readCsv} from "../../../lib/evaluate/tables/csv";
import {readPaperScores} from "../../../lib/evaluate/tables/paper-scores";
import {withLabels, type Result} from "../../../lib/evaluate/tables/results";

const paper = (number: string) => resolve(__dirname, `../../../data/paper/table-${number}.csv`);
const score = (value: number, horizon = "1:20", metric: HorizonScore["metric"] = "vrmse"): HorizonScore => ({
  horizon,
  metric,
  value,
  error: 0.004,
  samples: [value],
});
const euler = {dataset: "Euler", space: "latent" as const};

const results = [
  ...withLabels([score(0.8), score(1.1, "21:60")], {...euler, method: "diffusion", compression: 80}),
  ...withLabels([score(0.7), score(0.9, "21:60")], {...euler, method: "diffusion", compression: 5}),
  ...withLabels([score(0.6), score(0.5, "1:20", "mid")], {...euler, method: "diffusion", compression: 20}),
  ...withLabels([score(0.69)], {...euler, method: "neural solver", space: "pixel", compression: 1}),
  ...withLabels([score(1)], {...euler, method: "spatial mean", space: "", compression: null}),
];

describe("Table 6", () => {
  const rows = table6(results, paper("06"));

  test("has a row per method and rate, sorted, trivial forecasts last", () => {
    expect(rows.map((row) => `${row.method} ${row["÷"]}`)).toEqual([
      "diffusion 5",
      "diffusion 20",
      "diffusion 80",
      "neural solver 1",
      "spatial mean null",
    ]);
  });

  test("sets the paper's value of the same rank beside ours", () => {
    expect(rows[0]).toMatchObject({"÷ (paper)": 80, "1:20": 0.7, "1:20 ±": 0.004});
    expect(rows[0]).toMatchObject({"1:20 (paper)": 0.075, "21:60 (paper)": 0.199});
    expect(rows[2]).toMatchObject({"÷ (paper)": 1280, "1:20 (paper)": 0.093, "21:60 (paper)": 0.217});
    expect(rows[3]).toMatchObject({"÷ (paper)": 1, "1:20 (paper)": 0.138});
    expect(rows[1]["21:60"]).toBeNull();
    expect(rows[4]).toMatchObject({"÷ (paper)": null, "1:20": 1, "1:20 (paper)": null});
  });

  test("says how many context states ours have, and that the paper pools latent forecasts from 1 to 3", () => {
    expect(rows[0]).toMatchObject({context: 1, "context (paper)": "1 to 3, pooled"});
    expect(rows[3]).toMatchObject({context: 1, "context (paper)": null});
    expect(rows[4]).toMatchObject({context: null, "context (paper)": null});
    expect(table6(results, paper("06"), {context: 2})[0].context).toBe(2);
  });

  test("pools contexts indeed: its means over rates are those of Table 7 over contexts", () => {
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    for (const dataset of ["Euler", "RB", "TGC"]) {
      for (const method of ["diffusion", "neural solver"]) {
        const pooled = readPaperScores(paper("06")).filter(
          (cell) => cell.dataset === dataset && cell.method === method && cell.compression > 1,
        );
        const separate = readCsv(paper("07")).filter((row) => row.dataset === dataset && row.method === method);
        for (const horizon of new Set(pooled.map((cell) => cell.horizon))) {
          const six = mean(pooled.filter((cell) => cell.horizon === horizon).map(({value}) => value));
          const seven = mean(separate.filter((row) => row.horizon === horizon).map(({value}) => Number(value)));
          expect(Math.abs(six - seven)).toBeLessThan(0.0011); // rounding of both
        }
      }
    }
  });

  test("has a note for its caption: pooled contexts, and horizons that differ", () => {
    const note = (dataset: string, horizon: string, options = {}) =>
      table6Note(
        withLabels([score(1, horizon)], {dataset, method: "diffusion", space: "latent", compression: 5}),
        paper("06"),
        options,
      );
    const pooled = "Ours start from 1 context state; the paper pools latent forecasts from 1 to 3.";
    expect(note("Euler", "1:20")).toBe(pooled);
    expect(note("RB", "1:30")).toBe(`${pooled} Horizons by rank: 1:30 beside the paper's 1:20.`);
    expect(note("Euler", "1:20", {context: 2})).toContain("from 2 context states;");
    expect(note("another system", "1:20")).toBe("");
  });

  test("leaves the paper's column empty where ranks do not correspond, except for a given counterpart", () => {
    const two = results.filter(({compression}) => compression !== 20);
    expect(table6(two, paper("06"))[0]["1:20 (paper)"]).toBeNull();
    const counterpart = (rate: number) => 16 * rate;
    expect(table6(two, paper("06"), {counterpart})[0]["1:20 (paper)"]).toBe(0.075);
  });

  test("shows parameters and training steps of the methods whose costs are given", () => {
    const costs = [{method: "diffusion", compression: 5, parameters: 1000, steps: 70}];
    const [first, second] = table6(results, paper("06"), {costs});
    expect(first).toMatchObject({parameters: 1000, "training steps": 70});
    expect(second).toMatchObject({parameters: null, "training steps": null});
  });
});

describe("horizons", () => {
  test("are matched by rank where they differ, and with themselves where the paper has them all", () => {
    expect([...matchHorizons(["1:10", "11:30", "31:49"], ["1:10", "11:20", "21:50"])]).toEqual([
      ["1:10", "1:10"],
      ["11:30", "11:20"],
      ["31:49", "21:50"],
    ]);
    expect(matchHorizons(["21:60"], ["1:20", "21:60", "61:100"]).get("21:60")).toBe("21:60");
    expect(matchHorizons(["1:5", "6:9"], ["1:20"]).get("6:9")).toBeUndefined();
  });

  /** Horizons of all presets, and a cell of the paper that each one's last horizon must find. */
  const presets: [string, string, string[], string[]][] = [
    ["Euler", "tour", ["1:20", "21:60", "61:100"], ["1:20", "21:60", "61:100"]],
    ["Euler", "smoke", ["1:20", "21:40"], ["1:20", "21:60"]],
    ["RB", "paper", ["1:20", "21:60", "61:180"], ["1:20", "21:60", "61:180"]],
    ["RB", "tour", ["1:20", "21:60", "61:100"], ["1:20", "21:60", "61:180"]],
    ["TGC", "tour", ["1:10", "11:30", "31:50"], ["1:10", "11:20", "21:50"]],
    ["TGC", "smoke", ["1:10", "11:20"], ["1:10", "11:20"]],
    ["TGC", "mini", ["1:10", "11:30", "31:49"], ["1:10", "11:20", "21:50"]],
  ];
  const method = "autoencoder";
  const run = (dataset: string, horizons: string[], metric: HorizonScore["metric"]): Result[] =>
    [2, 4, 8].flatMap((compression) =>
      withLabels(
        horizons.map((horizon) => score(1, horizon, metric)),
        {dataset, method, space: "latent", compression},
      ),
    );

  test.each(presets)("of %s, %s, find their values in Table 6", (dataset, _, ours, printed) => {
    const cells = readPaperScores(paper("06")).filter((cell) => cell.dataset === dataset && cell.method === method);
    const rows = table6(run(dataset, ours, "vrmse"), paper("06"));
    const rates = [...new Set(cells.map(({compression}) => compression))].sort((a, b) => a - b);
    rows.forEach((row, rank) => {
      expect(Object.keys(row)).toEqual(expect.arrayContaining([...ours, ...printed.map((name) => `${name} (paper)`)]));
      for (const horizon of printed) {
        const cell = cells.find((cell) => cell.compression === rates[rank] && cell.horizon === horizon);
        expect(row[`${horizon} (paper)`]).toBe(cell!.value);
      }
    });
  });

  test.each([
    ["Euler", "08", "11"],
    ["RB", "09", "12"],
    ["TGC", "10", "13"],
  ])("of %s find a value in every cell of its spectrum and distribution tables", (dataset, spectrum, distribution) => {
    for (const [, , ours] of presets.filter(([name]) => name === dataset)) {
      for (const metric of ["low", "mid", "high", "transport"] as const) {
        const cells = readPaperScores(paper(metric === "transport" ? distribution : spectrum));
        for (const row of comparison(run(dataset, ours, metric), cells, {metric})) {
          const printed = Object.entries(row).filter(([column]) => /^\d+:\d+ \(paper\)$/.test(column));
          expect(printed).toHaveLength(ours.length);
          for (const [, value] of printed) expect(typeof value).toBe("number");
        }
      }
    }
  });

  test("that differ are named for a caption, and the misprinted headers of Table 6", () => {
    const facts: PaperHorizons = {
      horizons: [
        [1, 10],
        [11, 30],
        [31, 50],
      ],
      printedHorizons: [
        [1, 10],
        [11, 20],
        [21, 50],
      ],
    };
    const note = (dataset: string, ours: string[], options = {}) =>
      horizonNote(run(dataset, ours, "vrmse"), readPaperScores(paper("06")), options);
    expect(note("Euler", ["1:20", "21:60", "61:100"])).toBe("");
    expect(note("RB", ["1:20", "21:60", "61:100"])).toBe("Horizons by rank: 61:100 beside the paper's 61:180.");
    expect(note("TGC", ["1:10", "11:30", "31:50"], {facts})).toBe(
      "Horizons by rank: 11:30 beside the paper's 11:20 (a misprint of 11:30), " +
        "31:50 beside the paper's 21:50 (a misprint of 31:50).",
    );
  });
});

test("bands come from Table 8", () => {
  const bands = [5, 20, 80].flatMap((compression) =>
    withLabels([score(0.5, "21:60", "high")], {...euler, method: "autoencoder", compression}),
  );
  const cell = readPaperScores(paper("08")).find(
    ({method, compression, metric, horizon}) =>
      method === "autoencoder" && compression === 1280 && metric === "high" && horizon === "21:60",
  );
  expect(cell!.value).toBeGreaterThan(0);
  const [, , last] = comparison(bands, readPaperScores(paper("08")), {metric: "high"});
  expect(last["21:60 (paper)"]).toBe(cell!.value);
});
