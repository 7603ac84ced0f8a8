/** Set-up's step that compiles the simulators' inner loops, in a folder of its own. */
import {spawnSync} from "node:child_process";
import {copyFileSync, readdirSync, statSync} from "node:fs";
import path from "node:path";
import {loadCompiled} from "../../packages/core/src/compiled-module";
import {temporaryFolder} from "../folder";

const root = path.resolve(__dirname, "../..");
const folder = temporaryFolder();
const compiler = process.env.CXX ?? "g++";

type Run = (command: string, args: string[]) => Promise<void>;
interface Build {
  buildSimulators(options: {root: string; compiler: string; run: Run; folder: string}): Promise<void>;
}

const compile: Run = async (command, args) => {
  const {status, stderr} = spawnSync(command, args, {encoding: "utf8"});
  if (status !== 0) throw new Error(stderr);
};

/** Build into a folder; returns the commands that ran. */
async function build(target: string, run = compile): Promise<string[][]> {
  const {buildSimulators} = (await import(`${"../../packages/simulators/native/build.mjs"}`)) as Build;
  const commands: string[][] = [];
  const recorded: Run = (command, args) => {
    commands.push([command, ...args]);
    return run(command, args);
  };
  await buildSimulators({root, compiler, run: recorded, folder: target});
  return commands;
}

const names = readdirSync(path.join(root, "packages/simulators/native"))
  .filter((name) => name.endsWith(".cc"))
  .map((name) => `${path.basename(name, ".cc")}.node`);
const load = (file: string) =>
  loadCompiled(path.basename(file, ".node"), (found) => Object.keys(found).length > 0, file);

test("makes modules that the library loads, again over ones that are in use", async () => {
  const target = folder("simulators");
  const commands = await build(target);
  expect(commands).toHaveLength(names.length);
  for (const [, ...args] of commands) {
    expect(args).toContain("-ffp-contract=off");
    expect(args.filter((arg) => /^-.*(fast-math|native|associative|unsafe)/.test(arg))).toEqual([]);
  }
  expect(readdirSync(target).sort()).toEqual(names.flatMap((name) => [name, `${name}.sha256`]).sort());
  const files = names.map((name) => path.join(target, name));
  for (const file of files) expect(load(file)).toBeDefined();
  const before = files.map((file) => statSync(file).ino);
  await build(target, async (_, args) => copyFileSync(args.at(-1)!.slice(0, -".part".length), args.at(-1)!)); // alike, sooner
  files.forEach((file, i) => {
    expect(statSync(file).ino).not.toBe(before[i]);
    expect(load(file)).toBeDefined();
  });
});

test("where one does not compile, what was there is gone, and an empty file keeps set-up from trying again", async () => {
  const target = folder("simulators");
  await build(target, () => Promise.reject(new Error("no compiler")));
  expect(readdirSync(target).sort()).toEqual([...names].sort());
  for (const name of names) {
    expect(statSync(path.join(target, name)).size).toBe(0);
    expect(load(path.join(target, name))).toBeUndefined();
  }
});
