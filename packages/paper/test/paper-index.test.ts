import {mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import path from "node:path";
import {openLab} from "@lola-ts/laboratory";
import {paperIndex, showPaperIndex} from "../src/paper-index";

const environment = process.env;
let out: string;

beforeEach(() => {
  out = mkdtempSync(path.join(tmpdir(), "lola-index-"));
  process.env = {...environment, LOLA_OUT: out};
});
afterEach(() => {
  process.env = environment;
  rmSync(out, {recursive: true});
});

test("17 tables and 23 figures are listed, those of one system for it alone", () => {
  const rows = paperIndex(openLab({system: "rayleigh-benard", preset: "smoke"}));
  expect(rows).toHaveLength(40);
  expect(rows[0]).toMatchObject({paper: "Table 1", RB: "not made"});
  expect(rows.find(({paper}) => paper === "Table 9")).toMatchObject({
    ...{shows: "power spectrum error", Euler: "not of this system", RB: "not made", TGC: "not of this system"},
  });
  expect(rows.find(({paper}) => paper === "Figure 10")).toMatchObject({
    ...{shows: "gallery, open boundaries", RB: "not of this system"},
  });
  expect(rows.filter(({shows}) => String(shows).startsWith("gallery"))).toHaveLength(12);
  expect(rows.find(({paper}) => paper === "Table 4")).toMatchObject({
    ...{Euler: "tour: csv, png, tex", RB: "not made", TGC: "mini: csv, png, tex"}, // the committed ones, and this run's
  });
  const shows = (title: string) => rows.find(({paper}) => paper === title)!.shows;
  expect(["Figure 13", "Figure 15", "Figure 18", "Figure 20"].map(shows)).toEqual([
    "gallery, periodic boundaries",
    "gallery, Ra = 10⁵, nearest to the paper's Ra = 10⁸", // this laboratory's
    "gallery, ρ₀ = 4.45, T₀ = 10, nearest to the paper's ρ₀ = 0.445, T₀ = 10",
    "gallery, high density, low temperature",
  ]);
});

test("files of the laboratory's own folder are linked from index.md after their preset, a name's namesakes are not", async () => {
  const lab = openLab({system: "rayleigh-benard", preset: "smoke"});
  await lab.saveText("a,b", "table-01.csv");
  await lab.saveText(`\\caption{Rates. euler, preset mini, seed 0}`, "table-01-rates.tex");
  writeFileSync(path.join(lab.folder, "table-011.csv"), "");
  await showPaperIndex(lab);
  const row = readFileSync(path.join(lab.folder, "index.md"), "utf8")
    .split("\n")
    .find((line) => line.startsWith("| Table 1 |"))!;
  expect(row.split("|")[4].trim()).toBe("mini: [rates.tex](table-01-rates.tex); [csv](table-01.csv)");
});

test("files of other systems are the committed ones", () => {
  const [first] = paperIndex(openLab({system: "rayleigh-benard", preset: "smoke"}));
  expect(first.Euler).toBe("tour: csv, png, tex");
});

test("refuses what is no laboratory", async () => {
  expect(() => paperIndex({} as never)).toThrow("paperIndex: expected lab to be");
  await expect(showPaperIndex({} as never)).rejects.toThrow("paperIndex: expected lab to be");
});
