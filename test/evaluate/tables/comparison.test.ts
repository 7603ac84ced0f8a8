import {resolve} from "node:path";
import {byMethod, matchHorizons, horizonsOf, withLabels} from "../../../lib/evaluate/tables/results";
import {readPaperScores} from "../../../lib/evaluate/tables/paper-scores";

const paper = resolve(__dirname, "../../../data/paper/table-06.csv");

test("results are grouped by method and rate in the paper's order, others after the emulators, trivial forecasts last", () => {
  const score = {horizon: "1:20", metric: "vrmse", value: 1, error: 0, samples: [1]} as const;
  const of = (method: string, compression: number | null) =>
    withLabels([score, {...score, horizon: "21:60"}], {dataset: "Euler", method, space: "latent", compression});
  const results = [
    ...of("spatial mean", null),
    ...of("another", 20),
    ...of("neural solver", 1),
    ...of("diffusion", 80),
    ...of("diffusion", 5),
    ...of("autoencoder", 5),
  ];
  const groups = byMethod(results);
  expect(groups.map(([{method, compression}]) => `${method} ${compression}`)).toEqual([
    "autoencoder 5",
    "diffusion 5",
    "diffusion 80",
    "neural solver 1",
    "another 20",
    "spatial mean null",
  ]);
  expect(groups.every(({length}) => length === 2)).toBe(true);
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
  test.each(presets)("of %s, %s, find their values in Table 6", (dataset, _, ours, printed) => {
    const cells = readPaperScores(paper).filter((cell) => cell.dataset === dataset);
    expect([...matchHorizons(ours, horizonsOf(cells))]).toEqual(ours.map((own, rank) => [own, printed[rank]]));
  });
});
