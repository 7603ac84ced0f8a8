import type {TableRow} from "@lola-ts/core";
import {cellText, columnsOf, formatNumber, isBold, isNumeric, visibleColumns} from "../../../lib/evaluate/tables/cells";

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

test("a value has as many decimals as its error, whose digits are those that mean something", () => {
  const texts = [
    [0.53333, 0.01488],
    [0.0023456, 0.000042],
    [123.4, 17.2],
    [0.9999, 0.0961],
    [0.53333, 0.0294],
    [0.53333, 0.0304],
    [-0.00001, 0.001],
    [0.99987727, 2.6e-8],
    [0.0000123456, 3e-12],
    [0.9999, 8.9e-17],
    [2, 0],
    [Infinity, 0.1],
  ].map(([x, error]) => cellText({x, "x ±": error}, "x"));
  expect(texts.map(({value, error}) => `${value} ± ${error}`)).toEqual([
    "0.533 ± 0.015",
    "0.00235 ± 0.00004",
    "123 ± 17",
    "1.00 ± 0.10",
    "0.533 ± 0.029",
    "0.53 ± 0.03",
    "0.0000 ± 0.0010",
    "0.9999 ± 2.6e−8",
    "0.00001235 ± 3.0e−12",
    "1.000 ± 0",
    "2 ± 0",
    "∞ ± 0.100",
  ]);
});

test("a column can have a fixed number of decimals, as its source prints it", () => {
  const decimals = {printed: 4};
  expect(["printed", "other"].map((column) => cellText({printed: 0, other: 0.0004}, column, {decimals}).value)).toEqual(
    ["0.0000", "0.00040"],
  );
  expect(cellText({printed: null}, "printed", {decimals}).value).toBe("–");
});

test("p-values below 0.001 are not told apart, other small numbers are", () => {
  const texts = ["p", "corrected p", "difference"].map((column) =>
    [0, 3.6e-11, 0.00092, 0.0076, 1].map((value) => cellText({[column]: value}, column).value),
  );
  const probabilities = ["below 0.001", "below 0.001", "below 0.001", "0.008", "1.000"];
  expect(texts).toEqual([probabilities, probabilities, ["0", "3.6e−11", "0.00092", "0.0076", "1"]]);
  expect(cellText({p: null}, "p").value).toBe("–");
});

test("bold cells are named row by row", () => {
  const bold = [["a"], []];
  expect([0, 1, 2].map((row) => isBold({bold}, row, "a"))).toEqual([true, false, false]);
  expect(isBold({}, 0, "a")).toBe(false);
});

test("a pressure named p is no p-value: it keeps its sign, its size and its standard error", () => {
  expect(cellText({p: -12.5}, "p").value).toBe("−12.500");
  expect(cellText({p: 3, "p ±": 0.5}, "p")).toEqual({value: "3.0", error: "0.5"});
  expect(cellText({p: 0.0004, "p ±": 0.0002}, "p").error).toBe("0.00020");
  expect(cellText({p: 0.0004}, "p").value).toBe("below 0.001");
});

test("a missing number is a dash, and no other value is taken for a number", () => {
  expect(formatNumber(undefined)).toBe("–");
  expect(formatNumber(-Infinity)).toBe("−∞");
  expect(() => formatNumber("0.5" as never)).toThrow("formatNumber: expected value to be a number");
  expect(() => formatNumber(0.5, 200)).toThrow("formatNumber: expected digits to be a whole number from 0 to 100");
});
