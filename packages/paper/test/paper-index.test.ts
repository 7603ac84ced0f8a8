import {mkdtempSync, rmSync} from "node:fs";
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
  expect(rows[0]).toMatchObject({paper: "Table 1", RB: "no file"});
  expect(rows.find(({paper}) => paper === "Table 9")).toMatchObject({
    ...{shows: "power spectrum error", Euler: "not of this system", RB: "no file", TGC: "not of this system"},
  });
  expect(rows.find(({paper}) => paper === "Figure 10")).toMatchObject({
    ...{shows: "gallery, open boundaries", RB: "not of this system"},
  });
  expect(rows.filter(({shows}) => String(shows).startsWith("gallery"))).toHaveLength(12);
  expect(rows.find(({paper}) => paper === "Table 4")).toMatchObject({
    ...{Euler: "csv", RB: "no file", TGC: "csv"}, // the committed ones, and this run's
  });
  const shows = (title: string) => rows.find(({paper}) => paper === title)!.shows;
  expect(["Figure 13", "Figure 15", "Figure 18", "Figure 20"].map(shows)).toEqual([
    "gallery, periodic boundaries",
    "gallery, high turbulence",
    "gallery, low density, low temperature",
    "gallery, high density, low temperature",
  ]);
});

test("kinds of files are of the laboratory's own folder, and of committed files for other systems", async () => {
  const lab = openLab({system: "rayleigh-benard", preset: "smoke"});
  for (const file of ["table-01.csv", "table-01-rates.png", "table-01.tex", "table-011.png"])
    await lab.saveText("", file);
  expect(paperIndex(lab)[0]).toMatchObject({Euler: "csv", RB: "csv, png", TGC: "csv"});
});

test("refuses what is no laboratory", async () => {
  expect(() => paperIndex({} as never)).toThrow("paperIndex: expected lab to be");
  await expect(showPaperIndex({} as never)).rejects.toThrow("paperIndex: expected lab to be");
});
