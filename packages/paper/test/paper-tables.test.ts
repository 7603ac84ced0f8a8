import {existsSync, readFileSync} from "node:fs";
import path from "node:path";
import {paperClaims, showPaperClaims} from "../src/paper-claims";
import {paperTable, showPaperTable} from "../src/paper-tables";
import {compressionGrowth} from "../src/score-tables";
import {preset} from "@lola-ts/laboratory/stages";
import {readCsv} from "lola/evaluate";
import {Lab} from "@lola-ts/laboratory";
import {smokeLabs, three} from "../../laboratory/test/smoke";

const {artifacts, folder} = smokeLabs();
/** Three test trajectories, long enough for a context of three states, of two values of the parameter. */
const config = three(preset("euler", "smoke"));
const gammas = {
  ...config,
  data: {...config.data, gammas: [1.3, 1.4, 1.5]} as typeof config.data,
  latentChannels: [16],
  rollout: {...config.rollout, steps: 1},
};

let shared: Lab;
beforeAll(() => void (shared = new Lab(gammas, artifacts(), undefined, {folder: folder("figures")})));

const names = (rows: readonly object[]) => Object.keys(rows[0]);

test("scores by compression rate have all methods, and the paper's columns (Tables 6, 8, 11)", async () => {
  const errors = await paperTable(shared, 6);
  expect(errors).toMatchObject({number: 6, name: "table-06"});
  expect(errors.caption).toMatch(/^Table 6: VRMSE by compression rate\. Bold: .*± is the standard error over 3 test/);
  expect(errors.rows).toHaveLength(6 * 2); // three learned and three trivial methods on two horizons
  expect(names(errors.rows)).toEqual(expect.arrayContaining(["÷1", "÷20", "÷20 ±", "any ÷", "paper ÷80"]));
  const results = (await shared.evaluation()).results();
  const own = results.find((one) => one.method === "diffusion" && one.compression === 20 && one.metric === "vrmse")!;
  const row = errors.rows.find(({method}) => method === "diffusion")!;
  expect(row["÷20"]).toBe(own.value);
  expect(row["÷20 ±"]).toBeCloseTo(own.error, 12);

  const spectra = await paperTable(shared, 8);
  expect([...new Set(spectra.rows.map(({band}) => band))]).toEqual(["low", "low, median", "mid", "high"]);
  const distances = await paperTable(shared, 11);
  const last = distances.rows[distances.rows.length - 1];
  expect(last.method).toBe("two consecutive states");
  expect(last["any ÷"]).toBeGreaterThan(0);
  expect(distances.caption).toContain("Two consecutive states differ by 0.0025 in the paper.");
});

test("the growth of the error is one where there is one rate, and the paper's is the ratio of its numbers", async () => {
  const rows = await compressionGrowth(shared);
  expect(rows.map(({method, from}) => `${method}, ${from}`)).toEqual(
    ["autoencoder", "neural solver", "diffusion"].flatMap((name) => [`${name}, this run`, `${name}, the paper`]),
  );
  const [ours, paper] = rows;
  expect(ours).toMatchObject({rates: "÷20 to ÷20", "1:20": 1, "1:20 ±": 0});
  expect(paper).toMatchObject({rates: "÷80 to ÷1280"});
  expect(paper["1:20"]).toBeCloseTo(0.06 / 0.011, 12);
});

test("contexts predict the same states (Table 7)", async () => {
  const {rows, caption} = await paperTable(shared, 7);
  expect(names(rows)).toEqual(expect.arrayContaining(["c = 1", "c = 2", "paper c = 3"]));
  expect(caption).toContain("lead time 0 is at 8");
  expect(rows).toHaveLength(2 * 2);
  expect(rows.every((row) => Number.isFinite(row["c = 2"]))).toBe(true);
});

test("data, sizes, costs and published results have ours beside the paper's (Tables 2, 3, 5, 14)", async () => {
  for (const number of [2, 3, 5]) {
    const {rows} = await paperTable(shared, number);
    const last = names(rows);
    expect(last[last.length - 1]).toMatch(/this run$/);
  }
  const {rows, caption} = await paperTable(shared, 14);
  expect(caption).not.toContain("Ours are not at"); // lead times 6:12 and 1:20 have states
  const own = rows.filter(({source}) => source === "this run");
  expect(own.map((row) => `${row.method} ${row["lead time"]}`)).toEqual([
    ...["ViT 6:12", "ViT 1:20", "LNS ÷20 6:12", "LNS ÷20 1:20", "LDM ÷20 6:12", "LDM ÷20 1:20"],
  ]);
});

test("latents are compared by the system's parameter (Tables 15, 16), a second one is missed (Table 17)", async () => {
  const forecasts = await paperTable(shared, 15);
  expect(names(forecasts.rows).slice(0, 2)).toEqual(["lead time", "γ"]);
  const tokens = await paperTable(shared, 16);
  expect(tokens.rows.map((row) => row["γ"])).toEqual(["1.3", "1.4", "1.5"]);
  expect(tokens.rows[0]["1.3"]).toBe(0);
  expect(await paperTable(shared, 16)).toEqual(tokens); // loaded this time
  await expect(paperTable(shared, 17)).rejects.toThrow(
    "paperTable: expected a system with 2 parameters or more, found euler with gamma.",
  );
});

test("another system's table, a number that is none and wrong options are refused before any work", async () => {
  await expect(paperTable(shared, 9)).rejects.toThrow(
    "paperTable: expected a laboratory of rayleigh-benard for Table 9, found euler; its own is Table 8.",
  );
  await expect(paperTable(shared, 18)).rejects.toThrow("expected number to be a whole number from 1 to 17, found 18");
  await expect(paperTable({} as never, 6)).rejects.toThrow("paperTable: expected lab to be a laboratory");
  await expect(paperClaims(shared, {trajectories: 0})).rejects.toThrow("expected trajectories to be a whole number");
});

test("a table is written under its number, claims as a document and a table", async () => {
  await showPaperTable(shared, 2);
  expect(readCsv(path.join(shared.folder, "table-02.csv"))[0].property).toBe("software");
  expect(existsSync(path.join(shared.folder, "table-02.tex"))).toBe(true);
  await showPaperClaims(shared);
  const text = readFileSync(path.join(shared.folder, "findings.md"), "utf8");
  expect(text).toMatch(/^# What of the paper's claims holds/);
  const rows = readCsv(path.join(shared.folder, "findings.csv"));
  const verdicts = ["holds", "fails", "undecided", "not measured"];
  expect(rows.every(({verdict, test}) => verdicts.includes(verdict) && test !== "")).toBe(true);
  expect(rows.length).toBeGreaterThan(24);
});
