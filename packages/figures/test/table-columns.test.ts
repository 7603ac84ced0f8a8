import {fitColumns, type ColumnText} from "../src/tables";

const sentence = "VRMSE of the lower rate less that of the higher: for it in 6, against it in 0 of 6 cells";
const columns: ColumnText[] = [
  {name: "claim", cells: [sentence, "short"], isText: true},
  {name: "corrected p", cells: ["0.00012", "1"], isText: false},
];
const total = (room: number, list = columns) => fitColumns(list, room).reduce((sum, {width}) => sum + width, 0);

test("a table that fits keeps each cell on one line", () => {
  const [claim, p] = fitColumns(columns, 2000);
  expect([claim.cells, p.header]).toEqual([[[sentence], ["short"]], ["corrected p"]]);
});

test("a wider one is broken to fit: at spaces, no word lost, no number broken", () => {
  const room = 500;
  const [claim, p] = fitColumns(columns, room);
  expect(total(room)).toBeLessThanOrEqual(room + 1);
  expect(claim.cells[0].length).toBeGreaterThan(1);
  expect(claim.cells[0].join(" ")).toBe(sentence);
  expect(claim.cells[1]).toEqual(["short"]);
  expect(p.cells).toEqual([["0.00012"], ["1"]]);
});

test("numbers and words set the least width, however little room there is", () => {
  const [claim, p] = fitColumns(columns, 10);
  expect(p.width).toBeGreaterThan(7 * 8);
  expect(Math.max(...claim.cells[0].map(({length}) => length))).toBeLessThan(20);
  expect(claim.cells[0].join(" ")).toBe(sentence);
});

test("short names of rows stay on one line", () => {
  const names = ["solver made stochastic", "diffusion, 64 members"];
  const [first, second] = fitColumns([{name: "method", cells: names, isText: true}, {name: "other", cells: names, isText: true}], 10); // prettier-ignore
  expect(first.cells).toEqual(names.map((name) => [name]));
  expect(second.cells[0].length).toBeGreaterThan(1);
});

test("the widest column gives first", () => {
  const two: ColumnText[] = [
    {name: "a", cells: [sentence], isText: true},
    {name: "b", cells: ["of thirty characters or fewer"], isText: true},
  ];
  const [a, b] = fitColumns(two, 700);
  expect(b.cells[0]).toHaveLength(1);
  expect(a.cells[0].length).toBeGreaterThan(1);
});

test("an arrow of a header keeps its ends", () => {
  const [{header}] = fitColumns([{name: "VRMSE, K → ∞", cells: ["0.1"], isText: false}], 10);
  expect(header).toEqual(["VRMSE,", "K\u00a0→\u00a0∞"]);
});
