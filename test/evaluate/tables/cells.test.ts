import type {TableRow} from "../../../lib/core/table";
import {cellText, columnsOf, formatNumber, isNumeric, visibleColumns} from "../../../lib/evaluate/tables/cells";

const rows: TableRow[] = [
  {method: "a", "1:20": 0.5, "1:20 ±": 0.01},
  {method: "b", "1:20": null, other: 1},
];

test("columns are those of all rows, in order of appearance", () => {
  expect(columnsOf(rows)).toEqual(["method", "1:20", "1:20 ±", "other"]);
});

test("a standard error is no column of its own, unless its column is missing", () => {
  expect(visibleColumns(rows)).toEqual(["method", "1:20", "other"]);
  expect(visibleColumns([{"1:20 ±": 0.01}])).toEqual(["1:20 ±"]);
});

test("a column is numeric if every cell is a number or empty", () => {
  expect(["method", "1:20", "other"].map((column) => isNumeric(rows, column))).toEqual([false, true, true]);
});

test("a cell is its value and its standard error, if that is known", () => {
  expect(cellText(rows[0], "1:20")).toEqual({value: "0.500", error: "0.010"});
  expect(cellText({x: 1, "x ±": NaN}, "x")).toEqual({value: "1"});
  expect(cellText(rows[1], "1:20")).toEqual({value: "–"});
  expect(cellText(rows[0], "method")).toEqual({value: "a"});
});

test("numbers keep 3 decimals, small ones 2 digits, whole and large ones none", () => {
  const texts = [0.1394, 1.3, 12, -0.5, 0.00012, 123.456, 18000.4, NaN, Infinity].map((value) => formatNumber(value));
  expect(texts).toEqual(["0.139", "1.300", "12", "−0.500", "0.00012", "123.5", "18000", "–", "∞"]);
});
