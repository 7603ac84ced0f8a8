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

test.each([
  ["a quote within a cell", 'a,b\n1,x"y\n', "line 2: expected quotes around whole cells"],
  ["a text after a quoted cell", 'a,b\n"1"x,2\n', "line 2: expected quotes around whole cells"],
  ["a quote without its end", 'a,b\n1,2\n"3,4\n', "line 3: expected quotes around whole cells"],
  ["a column twice", "a,b,a\n1,2,3\n", 'expected each column once, found "a" twice'],
  ["a carriage return within a line", "a,b\n1\r,2\n", "line 2: expected quotes around whole cells"],
  ["a row below a cell of two lines", 'a,b\n"1\n1",2\n3\n', "line 4: expected 2 cells, found 1"],
])("%s is refused", (_, text, message) => {
  const path = join(folder, "c.csv");
  writeFileSync(path, text);
  expect(() => readCsv(path)).toThrow(message);
});

test("cells of several lines, empty cells and other line ends are read", () => {
  const path = join(folder, "d.csv");
  writeFileSync(path, '\ufeffa,b\r\n"1\n""2",\r\n,"x"\r\n');
  expect(readCsv(path)).toEqual([
    {a: '1\n"2', b: ""},
    {a: "", b: "x"},
  ]);
  writeFileSync(path, Buffer.from("a\n\xff\n", "latin1"));
  expect(() => readCsv(path)).toThrow("expected a CSV file, but it cannot be read (it is no UTF-8)");
});

test("a long quoted cell is read", () => {
  const path = join(folder, "e.csv");
  writeFileSync(path, `a\n"${"x".repeat(1e6)}"\n`);
  expect(readCsv(path)[0].a).toHaveLength(1e6);
});
