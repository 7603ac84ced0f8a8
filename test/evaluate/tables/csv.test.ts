import {mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join, resolve} from "node:path";
import {readCsv, toCsv} from "../../../lib/evaluate/tables/csv";

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

test("reads every table of the paper", () => {
  for (let i = 1; i <= 17; i++) {
    const path = resolve(__dirname, `../../../data/paper/table-${`${i}`.padStart(2, "0")}.csv`);
    expect(readCsv(path).length).toBeGreaterThan(4);
  }
});

test("names the file and the line of a row with too few cells, and a file that is not there", () => {
  const path = join(folder, "b.csv");
  writeFileSync(path, "a,b\n1,2\n3\n");
  expect(() => readCsv(path)).toThrow("b.csv, line 3: expected 2 cells, found 1");
  expect(() => readCsv(join(folder, "none.csv"))).toThrow("none.csv: expected a CSV file");
});
