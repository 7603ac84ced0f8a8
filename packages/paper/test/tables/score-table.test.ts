import {resolve} from "node:path";
import {
  BY_CONTEXT,
  CONSECUTIVE,
  paperByRate,
  placedByRate,
  scoreTable,
  type PlacedScore,
} from "../../src/tables/score-table";
import {readPaperScores, type Result} from "lola/evaluate";

const paper = (number: string) => readPaperScores(resolve(__dirname, `../../../../data/paper/table-${number}.csv`));
const result = (method: string, compression: number | null, horizon: string, value: number): Result => ({
  dataset: "Euler",
  method,
  space: compression === 1 ? "pixel" : "latent",
  compression,
  horizon,
  metric: "vrmse",
  value,
  error: 0.01,
  samples: [value],
});
const ours = placedByRate([
  result("neural solver", 1, "1:20", 0.6),
  result("neural solver", 40, "1:20", 0.4),
  result("neural solver", 80, "1:20", 0.5),
  result("autoencoder", 40, "1:20", 0.1),
  result("autoencoder", 80, "1:20", 0.2),
  result("first frame", null, "1:20", 0.9),
  result("mine", 40, "1:20", 0.7),
]);
const printed = paperByRate(paper("06"), "Euler", "vrmse");

describe("scores by compression rate", () => {
  const {rows, bold} = scoreTable([{ours, paper: printed}]);

  test("have a row per method and horizon and a column per rate, ours before the paper's", () => {
    expect(rows.map(({method}) => method)).toEqual([
      "autoencoder",
      "diffusion",
      "neural solver",
      "mine",
      "first frame",
    ]);
    const own = ["÷1", "÷40", "÷80", "any ÷"].flatMap((column) => [column, `${column} ±`]);
    const printed = ["paper ÷1", "paper ÷80", "paper ÷320", "paper ÷1280"];
    expect(Object.keys(rows[1])).toEqual(["method", "horizon", ...own, ...printed]);
  });

  test("keep each number, and leave empty what one side does not have", () => {
    expect(rows[2]).toEqual({
      method: "neural solver",
      horizon: "1:20",
      "÷1": 0.6,
      "÷1 ±": 0.01,
      "÷40": 0.4,
      "÷40 ±": 0.01,
      "÷80": 0.5,
      "÷80 ±": 0.01,
      "any ÷": null,
      "any ÷ ±": null,
      "paper ÷1": 0.138,
      "paper ÷80": 0.077,
      "paper ÷320": 0.08,
      "paper ÷1280": 0.137,
    });
    expect(rows[1]).toMatchObject({"÷40": null, "paper ÷320": 0.07});
    expect(rows[4]).toMatchObject({"any ÷": 0.9, "÷1": null, "paper ÷1": null});
  });

  test("mark the best rate of each row, of ours and of the paper's", () => {
    expect(bold).toEqual([["÷40", "paper ÷80"], ["paper ÷320"], ["÷40", "paper ÷80"], [], []]);
  });
});

test("horizons that differ are matched by rank, and both are named", () => {
  const tour = ["1:20", "21:60", "61:100"].map((horizon) => ({...ours[1], horizon}));
  const {rows} = scoreTable([{ours: tour, paper: paperByRate(paper("06"), "RB", "vrmse")}]);
  const last = rows.find(({method, horizon}) => method === "neural solver" && horizon === "61:100")!;
  expect(last).toMatchObject({"horizon (paper)": "61:180", "paper ÷64": 0.968, "÷40": 0.4});
});

test("parts stand under their titles, with the paper's numbers of their own metric", () => {
  const bands = (["low", "high"] as const).map((band) => ({
    title: {band},
    ours,
    paper: paperByRate(paper("08"), "Euler", band),
  }));
  const {rows} = scoreTable(bands);
  const of = (band: string) => rows.find((row) => row.band === band && row.method === "neural solver")!;
  expect(of("low")).toMatchObject({"÷40": 0.4, "paper ÷1": 0.046});
  expect(of("high")).toMatchObject({"÷40": 0.4, "paper ÷1": 0.821});
  expect(Object.keys(rows[0])[0]).toBe("band");
});

test("the reference row has no rate and comes last; a system that is not in the paper has our columns only", () => {
  const reference: PlacedScore = {method: CONSECUTIVE, horizon: "1:20", group: null, value: 0.002};
  const {rows} = scoreTable([{ours: [reference, ...ours], paper: []}]);
  expect(rows.at(-1)).toMatchObject({method: CONSECUTIVE, "any ÷": 0.002, "÷40": null});
  expect(Object.keys(rows[0]).some((column) => column.startsWith("paper"))).toBe(false);
});

test("columns can be numbers of context states", () => {
  const contexts = [1, 2].map((group) => ({method: "diffusion", horizon: "1:20", group, value: 1 / group, error: 0.1}));
  const {rows, bold} = scoreTable([{ours: contexts, paper: [{...contexts[0], value: 0.085}]}], BY_CONTEXT);
  expect(rows).toEqual([
    {
      method: "diffusion",
      horizon: "1:20",
      "c = 1": 1,
      "c = 1 ±": 0.1,
      "c = 2": 0.5,
      "c = 2 ±": 0.1,
      "paper c = 1": 0.085,
    },
  ]);
  expect(bold).toEqual([["c = 2"]]);
});

test("no scores are refused in one sentence", () => {
  expect(() => scoreTable([{ours: [], paper: printed}])).toThrow("scoreTable: expected scores, found none.");
});
