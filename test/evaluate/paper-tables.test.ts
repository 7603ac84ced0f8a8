import {mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join, resolve} from "node:path";
import {
  comparison,
  formatNumber,
  withLabels,
  readCsv,
  readPaperScores,
  table1,
  table6,
  toCsv,
  toDataFrame,
  toHtmlTable,
} from "../../lib/evaluate/paper-tables";
import type {HorizonScore} from "../../lib/evaluate/evaluate";

const paper = (number: string) => resolve(__dirname, `../../data/paper/table-${number}.csv`);
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

describe("table6", () => {
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
    expect(rows[0]).toMatchObject({
      "÷ paper": 80,
      "1:20": 0.7,
      "1:20 ±": 0.004,
      "1:20 paper": 0.075,
      "21:60 paper": 0.199,
    });
    expect(rows[2]).toMatchObject({"÷ paper": 1280, "1:20 paper": 0.093, "21:60 paper": 0.217});
    expect(rows[3]).toMatchObject({"÷ paper": 1, "1:20 paper": 0.138});
    expect(rows[1]["21:60"]).toBeNull();
    expect(rows[4]).toMatchObject({"÷ paper": null, "1:20": 1, "1:20 paper": null});
  });

  test("leaves the paper's column empty where ranks do not correspond, unless told the counterpart", () => {
    const two = results.filter(({compression}) => compression !== 20);
    expect(table6(two, paper("06"))[0]["1:20 paper"]).toBeNull();
    const counterpart = (rate: number) => 16 * rate;
    expect(table6(two, paper("06"), {counterpart})[0]["1:20 paper"]).toBe(0.075);
  });

  test("bands come from Table 8", () => {
    const bands = ["5", "20", "80"].flatMap((rate) =>
      withLabels([score(0.5, "21:60", "high")], {...euler, method: "autoencoder", compression: Number(rate)}),
    );
    const cell = readPaperScores(paper("08")).find(
      ({method, compression, metric, horizon}) =>
        method === "autoencoder" && compression === 1280 && metric === "high" && horizon === "21:60",
    );
    expect(cell!.value).toBeGreaterThan(0);
    const [, , last] = comparison(bands, readPaperScores(paper("08")), {metric: "high"});
    expect(last["21:60 paper"]).toBe(cell!.value);
  });
});

test("table1 has ours alone for a system that the paper did not time", () => {
  const rows = table1([{method: "simulator", space: "pixel", generation: 2, decoding: 0}], paper("01"), "RB");
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({method: "simulator", "÷": null, "generation, ms": 2000, "paper, ms": null});
});

test("table1 has ours and the paper's in milliseconds, decoding added", () => {
  const rows = table1(
    [
      {method: "simulator", space: "pixel", generation: 0.05, decoding: 0},
      {method: "diffusion", space: "latent", compression: 20, generation: 0.004, decoding: 0.001},
      {method: "diffusion", space: "latent", compression: 80, generation: 0.003, decoding: 0.001},
    ],
    paper("01"),
  );
  expect(rows.map((row) => row["paper, ms"])).toEqual([10000, 56, 13, 1000, 84, 84]);
  expect(rows[0]).toMatchObject({"generation, ms": 50, note: "paper: order of magnitude"});
  expect(rows[3]).toMatchObject({method: "diffusion", space: "pixel", "generation, ms": null});
  expect(rows[4]).toMatchObject({"÷": 20, "generation, ms": 4, "with decoding, ms": 5});
});

describe("CSV", () => {
  const folder = mkdtempSync(join(tmpdir(), "tables-"));
  afterAll(() => rmSync(folder, {recursive: true}));

  test("what is written is read back, quotes and commas included", () => {
    const path = join(folder, "a.csv");
    const rows = [
      {name: 'a "b", c', value: 0.1 + 0.2},
      {name: "", value: NaN},
    ];
    writeFileSync(path, toCsv(rows));
    expect(readCsv(path)).toEqual([
      {name: 'a "b", c', value: "0.30000000000000004"},
      {name: "", value: ""},
    ]);
  });

  test("columns are the union of all rows', without arrays", () => {
    expect(
      toCsv([
        {a: 1, samples: [1, 2]},
        {b: null, a: 2},
      ]),
    ).toBe("a,b\n1,\n2,\n");
  });

  test("reads every table of the paper, and says what is wrong with others", () => {
    for (let i = 1; i <= 17; i++) expect(readCsv(paper(`${i}`.padStart(2, "0"))).length).toBeGreaterThan(4);
    expect(readPaperScores(paper("06"))).toHaveLength(87);
    const transported = [11, 12, 13].map((i) => readPaperScores(paper(`${i}`)));
    expect(transported.map((cells) => cells.length)).toEqual([30, 30, 27]);
    for (const {metric} of transported.flat()) expect(metric).toBe("transport");
    const path = join(folder, "b.csv");
    writeFileSync(path, "a,b\n1,2\n3\n");
    expect(() => readCsv(path)).toThrow("b.csv, line 3: expected 2 cells, found 1");
    expect(() => readCsv(join(folder, "none.csv"))).toThrow("none.csv: expected a CSV file");
    expect(() => readPaperScores(paper("01"))).toThrow("expected columns compression, horizon");
  });
});

test("formatNumber", () => {
  const texts = [0.1394, 1.3, 12, -0.5, 0.00012, 123.456, 18000.4, NaN, Infinity].map((value) => formatNumber(value));
  expect(texts).toEqual(["0.139", "1.300", "12", "−0.500", "0.00012", "123.5", "18000", "–", "∞"]);
});

test("toHtmlTable is well-formed, escaped, with numbers to the right and errors beside values", () => {
  const html = toHtmlTable(
    [
      {method: "a<b", "1:20": 0.5, "1:20 ±": 0.01},
      {method: "c", "1:20": null},
    ],
    "VRMSE & more",
  );
  expect(html).toContain("<b>VRMSE &amp; more</b></caption>");
  expect(html).toContain("a&lt;b");
  expect(html).toMatch(/<td style="text-align:right[^"]*">0\.500 <small>± 0\.010<\/small><\/td>/);
  expect(html).toMatch(/<td style="text-align:right[^"]*">–<\/td>/);
  expect(html.match(/<th /g)).toHaveLength(2);
  for (const tag of ["table", "tr", "td", "th", "thead", "tbody", "caption"]) {
    const count = (pattern: string) => html.match(new RegExp(pattern, "g"))?.length;
    expect(count(`<${tag}[ >]`)).toBe(count(`</${tag}>`));
  }
});

test("toDataFrame keeps columns and values", async () => {
  const frame = await toDataFrame(table6(results, paper("06")));
  expect(frame.shape).toEqual([5, 10]);
  expect(frame.columns.slice(0, 5)).toEqual(["method", "space", "÷", "÷ paper", "1:20"]);
  expect(frame.column("1:20").values).toEqual([0.7, 0.6, 0.8, 0.69, 1]);
});
