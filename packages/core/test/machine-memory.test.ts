import {totalmem} from "node:os";
import {machineMemory} from "../src/machine";

afterEach(() => void jest.restoreAllMocks());

test.each([
  ["a limit that is not known", 0, totalmem()],
  ["no limit", 2 ** 64, totalmem()],
  ["a control group's limit", 1e9, 1e9],
])("the memory of a process with %s", (_, granted, expected) => {
  jest.spyOn(process, "constrainedMemory").mockReturnValue(granted);
  expect(machineMemory()).toBe(expected);
});
