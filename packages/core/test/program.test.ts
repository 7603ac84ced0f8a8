import path from "node:path";
import {programFile} from "../src/workers";

const root = path.resolve(__dirname, "../../..");

test.each([
  ["lib/data", "lib/dist/data", "loader-worker"],
  ["packages/simulators/src", "packages/simulators/dist", "trajectory-worker"],
  ["packages/simulators/dist", "packages/simulators/dist", "trajectory-worker"],
])("for a module in %s, a program is found in %s", (folder, compiled, name) => {
  expect(programFile(path.join(root, folder), name)).toBe(path.join(root, compiled, `${name}.js`));
});

test("a program that is not compiled is named, with the command that compiles it", () => {
  expect(() => programFile(path.join(root, "lib/data"), "nothing")).toThrow(
    /program .*dist\/data\/nothing\.js, found none: run "npm run build"/,
  );
});
