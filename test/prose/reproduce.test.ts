/** docs/reproduce.md names every table and figure of the paper, with a section of a notebook that is there. */
import {readFileSync} from "node:fs";
import path from "node:path";
import {tablesOf, tableWith} from "./markdown";

const root = path.join(__dirname, "../..");
const read = (file: string) => readFileSync(path.join(root, file), "utf8");
const page = read("docs/reproduce.md");
const [tables, figures] = tablesOf(page).filter(({columns}) => columns.includes("notebook, section"));

/** List the numbers that a cell names: "8 to 10", "2, 3, 5". */
const numbersOf = (cell: string) =>
  cell.split(", ").flatMap((part) => {
    const [from, to = from] = part.split(" to ").map(Number);
    return Number.isNaN(from) ? [] : Array.from({length: to - from + 1}, (_, i) => from + i);
  });

test("it names the paper's 17 tables and 23 figures", () => {
  const named = (rows: readonly (readonly string[])[]) =>
    [...new Set(rows.flatMap(([cell]) => numbersOf(cell)))].sort((a, b) => a - b);
  expect(named(tables.rows)).toEqual(Array.from({length: 17}, (_, i) => i + 1));
  expect(named(figures.rows)).toEqual(Array.from({length: 23}, (_, i) => i + 1));
});

test.each([...tables.rows, ...figures.rows].map(([, shows, where]) => [shows, where]))("%s: %s", (_, where) => {
  const [, file, section] = /^\[\d+\]\(\.\.\/(notebooks\/[^)]+)\), "(.+)"$/.exec(where)!;
  const {cells} = JSON.parse(read(file)) as {cells: readonly {source: string | readonly string[]}[]};
  const text = cells.map(({source}) => [source].flat().join("")).join("\n");
  expect([...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading)).toContain(section);
});

test("notebooks take the time that they state", () => {
  for (const [notebook, time] of tableWith("first run", page).rows) {
    const [, file] = /\(\.\.\/(.+)\)/.exec(notebook)!;
    const {cells} = JSON.parse(read(file)) as {cells: readonly {source: string | readonly string[]}[]};
    const [, costs] = /\*\*Costs:\*\* (?:about )?(.*)/i.exec([cells[0].source].flat().join(""))!;
    expect([file, costs]).toEqual([file, expect.stringMatching(new RegExp(`^${time.replace(", trains", "")}`))]);
  }
});
