import {resolve} from "node:path";
import {matrixTable, parameterValue, printedMatrix} from "../../src/tables/matrix-table";

const table = (number: number) => resolve(__dirname, `../../../../data/paper/table-${number}.csv`);

test("the paper's matrices are read by the name of their parameter, symmetric and with a diagonal of 0", () => {
  const at20 = printedMatrix(table(15), "gamma", 20)!;
  expect(at20.values).toEqual([1.2, 1.3, 1.4, 1.5, 1.6]);
  expect(at20.distances[0][4]).toBe(78.85);
  const rayleigh = printedMatrix(table(16), "Rayleigh")!;
  expect(rayleigh.values).toEqual([1e6, 1e7, 1e8, 1e9, 1e10]);
  expect(rayleigh.distances[1][2]).toBe(0.965);
  for (const {distances} of [at20, rayleigh, printedMatrix(table(17), "Prandtl")!]) {
    distances.forEach((row, i) => row.forEach((value, j) => expect(value).toBe(i === j ? 0 : distances[j][i])));
  }
  expect(printedMatrix(table(16), "gamma")).toBeUndefined();
  expect(printedMatrix(table(15), "gamma", 7)).toBeUndefined();
});

test("values of parameters are written as they are read", () => {
  expect([1.4, 1e6, 31622.776, 0.1, 1.40000001].map(parameterValue)).toEqual(["1.4", "1e6", "3.162e4", "0.1", "1.4"]);
  expect(Object.keys({Pr: "", [parameterValue(0.5)]: 0, [parameterValue(1)]: 0})).toEqual(["Pr", "0.5", "1.0"]);
});

test("ours and the paper's meet in the rows of a value; others stand alone, in order", () => {
  const ours = {
    title: {"lead time": 4},
    values: [1.3, 1.45],
    distances: [
      [0, 2],
      [2, 0],
    ],
    errors: [
      [NaN, 0.1],
      [0.1, 0.2],
    ],
    notes: [{states: 20}, {states: 30}],
  };
  const paper = {
    values: [1.2, 1.3],
    distances: [
      [0, 5],
      [5, 0],
    ],
  };
  const {rows, decimals} = matrixTable([{ours, paper}], "γ", 2);
  expect(rows.map((row) => row["γ"])).toEqual(["1.2", "1.3", "1.45"]);
  expect(rows[1]).toEqual({
    "lead time": 4,
    γ: "1.3",
    "1.3": 0,
    "1.3 ±": null,
    "1.45": 2,
    "1.45 ±": 0.1,
    states: 20,
    "paper 1.2": 5,
    "paper 1.3": 0,
  });
  expect(rows[0]).toMatchObject({"1.3": null, "paper 1.3": 5, states: null});
  expect(rows[2]).toMatchObject({"1.45": 0, "1.45 ±": 0.2}); // two forecasts of one value differ by their noise
  expect(decimals).toEqual({"paper 1.2": 2, "paper 1.3": 2});
  expect(() => matrixTable([], "γ", 2)).toThrow("matrixTable: expected distances, found none.");
});
