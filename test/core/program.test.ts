import path from "node:path";
import {programFile} from "../../lib/core/program";

test("a program's compiled file is found, also from TypeScript sources", () => {
  const compiled = path.resolve(__dirname, "../../lib/dist/data/loader-worker.js");
  expect(programFile("data/loader-worker")).toBe(compiled);
});

test("a program that is not compiled is named, with the command that compiles it", () => {
  expect(() => programFile("data/nothing")).toThrow(
    /program .*dist\/data\/nothing\.js, found none: run "npm run build"/,
  );
});
