import {comparedValues, parameterAt, valuesIn} from "../src/parameter-forecasts";
import {printedTable} from "../src/tables/paper-table";
import type {Dataset} from "@lola-ts/laboratory/stages";
import {systemOf} from "@lola-ts/simulators";

const datasetOf = (name: string, valid: number[], test: number[]) => {
  const well = (values: number[]) => ({trajectories: values.map((value) => ({scalars: {[name]: value}}))});
  return {wells: {valid: well(valid), test: well(test)}} as unknown as Dataset;
};

test("a parameter is found by its place, or the system's parameters are named", () => {
  const euler = {system: systemOf("euler")};
  expect(parameterAt(euler, 0).name).toBe("gamma");
  expect(() => parameterAt(euler, 1)).toThrow("expected a system with 2 parameters or more, found euler with gamma");
});

test("values of splits are listed once, ascending", () => {
  const {valid, test: own} = datasetOf("gamma", [1.4, 1.2], [1.3, 1.4]).wells;
  expect(valuesIn([valid, own], "gamma")).toEqual([1.2, 1.3, 1.4]);
  expect(valuesIn([own], "gamma")).toEqual([1.3, 1.4]);
});

test("the paper's values are compared where the data hold them, else at most seven of the data's own", () => {
  const [gamma] = systemOf("euler").scalars;
  const few = [1.2, 1.3, 1.4];
  const many = Array.from({length: 20}, (_, i) => i);
  expect(comparedValues(datasetOf(gamma.name, [], few), gamma, printedTable(2))).toEqual(few);
  expect(comparedValues(datasetOf(gamma.name, [], many), gamma, printedTable(2))).toEqual([0, 3, 6, 10, 13, 16, 19]);
  const printed = comparedValues(datasetOf(gamma.name, [], [1, 2]), gamma, printedTable(15));
  expect(printed.length).toBeGreaterThan(2);
  expect(printed.every((value) => value >= 1 && value <= 2)).toBe(true);
});
