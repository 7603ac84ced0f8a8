/** Start-up images: which one fits, how its program is bundled, and what it puts off. */
import {appendFileSync, mkdirSync, rmSync, writeFileSync} from "node:fs";
import {spawnSync} from "node:child_process";
import path from "node:path";
import {compileFunction} from "node:vm";
import {temporaryFolder} from "../../../test/folder";
import {bundle} from "../src/image/bundle";
import {checksum, findImage, keyOf} from "../src/image/find";
import {putOffWatching} from "../src/image/watching";
import {readSettings} from "../src/settings";

const folder = temporaryFolder();

describe("an image", () => {
  const write = (name: string, text: string) => {
    const file = folder("project", name);
    mkdirSync(path.dirname(file), {recursive: true});
    writeFileSync(file, text);
    return file;
  };
  const settings = () => readSettings(folder("project/settings.json")).image!;
  const lessons = () => folder("project/notebooks");
  const found = () => findImage(settings(), lessons());
  let file: string;

  beforeEach(() => {
    rmSync(folder("project"), {recursive: true, force: true});
    const image = {store: "images", folders: ["notebooks", "work"], inputs: ["lock.json", "packages"], cell: "1"};
    write("settings.json", JSON.stringify({root: ".", declarations: [], image}));
    write("lock.json", "{}");
    write("packages/core/dist/index.d.ts", "export declare const b: number;");
    write("packages/core/dist/index.js", "exports.b = 1;");
    const made = write("images/new", "memory");
    file = write(`images/${keyOf(settings(), lessons())}.${checksum(made)}`, "memory");
  });

  test("is found for what it was made of", () => {
    expect(found()).toBe(file);
    write("packages/core/dist/index.js", "exports.b = 2;");
    expect(found()).toBe(file);
  });

  test.each(["lock.json", "packages/core/dist/index.d.ts"])("is not used after a change of %s", (name) => {
    appendFileSync(folder("project", name), " ");
    expect(found()).toBeUndefined();
  });

  test("is not used for another first cell", () => {
    expect(findImage({...settings(), cell: "2"}, lessons())).toBeUndefined();
  });

  test("is not used when it is damaged", () => {
    writeFileSync(file, "mem");
    expect(found()).toBeUndefined();
    writeFileSync(file, "memoRy");
    expect(found()).toBeUndefined();
  });

  test("is not used in another folder, or by Node with other options", () => {
    expect(findImage(settings(), folder("project"))).toBeUndefined();
    expect(findImage(settings(), folder("project/work"))).toBeUndefined(); // it has an image of its own
    const find = path.resolve(__dirname, "../dist/image/find.js");
    const [all, place] = [settings(), lessons()].map((value) => JSON.stringify(value));
    const program = `require(${JSON.stringify(find)}).keyOf(${all}, ${place})`;
    const key = (...options: string[]) =>
      spawnSync(process.execPath, [...options, "-p", program], {
        encoding: "utf8",
        env: {...process.env, NODE_OPTIONS: ""},
      }).stdout;
    expect(key()).toMatch(/^[0-9a-f]{32}\n$/);
    expect(key()).toBe(key());
    expect(key("--max-old-space-size=1000")).not.toBe(key());
  });
});

test("a bundle runs modules as Node does: each once, in circles, with data and built-in modules", () => {
  mkdirSync(folder("bundle"));
  const modules = {
    "main.cjs":
      'exports.b = require("./b.cjs"); exports.again = require("./b.cjs"); exports.main = __filename; result(exports, require);',
    "b.cjs":
      'exports.early = require("./main.cjs"); exports.data = require("./data.json"); exports.sep = require("node:path").sep;',
    "data.json": '{"x": [1], "wide": "τ😀"}',
  };
  for (const [name, text] of Object.entries(modules)) writeFileSync(folder("bundle", name), text);
  const main = folder("bundle/main.cjs");
  const result = jest.fn<void, [Record<string, unknown>, NodeJS.Require]>();
  const program = bundle(main);
  expect(program).toMatch(/^[\0-\xff]*$/); // one byte a character
  compileFunction(program, ["require", "result"])(require, result);
  const [exported, requireInside] = result.mock.calls[0];
  expect(exported).toMatchObject({b: {data: {x: [1], wide: "τ😀"}, sep: path.sep}, main});
  expect(exported.again).toBe(exported.b);
  expect((exported.b as {early: unknown}).early).toBe(exported);
  expect(Object.keys(requireInside.cache)).toEqual(Object.keys(modules).map((name) => folder("bundle", name)));
  expect(requireInside.resolve("./b.cjs")).toBe(folder("bundle/b.cjs"));
});

test("folders are watched from the start of the kernel on, and files that it reads later", () => {
  const [watchFile, watchDirectory] = [jest.fn(), jest.fn<{close: () => void}, [string]>(() => ({close: jest.fn()}))];
  const system: Record<string, (name: string) => {close(): void}> = {watchFile, watchDirectory};
  const begin = putOffWatching(system);
  system.watchFile("declarations");
  const [kept, closed] = [system.watchDirectory("kept"), system.watchDirectory("closed")];
  closed.close();
  expect(watchDirectory).not.toHaveBeenCalled();
  begin();
  system.watchFile("local");
  system.watchDirectory("later");
  expect(watchFile.mock.calls).toEqual([["local"]]);
  expect(watchDirectory.mock.calls).toEqual([["kept"], ["later"]]);
  kept.close();
  expect(watchDirectory.mock.results[0].value.close).toHaveBeenCalledTimes(1);
});
