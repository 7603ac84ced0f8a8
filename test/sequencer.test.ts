import {existsSync} from "node:fs";
import path from "node:path";
import type {Test} from "@jest/test-result";
import type Sequencer from "@jest/test-sequencer";
import {temporaryFolder} from "./folder";

const LongFirst = jest.requireActual<typeof Sequencer & {LONG: readonly string[]}>("./sequencer.cjs");
const {LONG} = LongFirst;
const folder = temporaryFolder();

test("files that take minutes come first, whatever their size, and each of them exists", async () => {
  for (const name of LONG) expect(existsSync(path.resolve(__dirname, "..", name))).toBe(true);
  const config = {id: "sequence", cacheDirectory: folder()};
  const sizes: Record<string, number> = {"/a.test.ts": 3, "/b.test.ts": 30, "/c.test.ts": 300};
  const context = {config, hasteFS: {getSize: (file: string) => sizes[file] ?? 1}};
  const names = ["/a.test.ts", ...LONG.map((name) => `/project/${name}`), "/c.test.ts", "/b.test.ts"];
  const tests = names.map((file) => ({path: file, context}) as unknown as Test);
  const sorted = (await new LongFirst({} as never).sort(tests)).map((one) => one.path);
  expect(new Set(sorted.slice(0, LONG.length))).toEqual(new Set(LONG.map((name) => `/project/${name}`)));
  expect(sorted.slice(LONG.length)).toEqual(["/c.test.ts", "/b.test.ts", "/a.test.ts"]); // as jest sorts
});
