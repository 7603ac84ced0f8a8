import {cpus} from "node:os";
import {machineName} from "../src/machine";

test("a machine is named by processor, cores and version of Node", () => {
  expect(machineName()).toMatch(new RegExp(`, ${cpus().length} logical cores, Node ${process.versions.node}$`));
});
