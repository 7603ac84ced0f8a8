/** Set-up's step that compiles the simulators' time steps, in a folder of its own. */
import {spawnSync} from "node:child_process";
import {readdirSync, statSync} from "node:fs";
import path from "node:path";
import {loadSweep} from "../../lib/systems/euler/native-sweep";
import {temporaryFolder} from "../folder";

const root = path.resolve(__dirname, "../..");
const folder = temporaryFolder();
const compiler = process.env.CXX ?? "g++";

type Run = (command: string, args: string[]) => Promise<void>;
interface Build {
  buildSimulators(options: {root: string; compiler: string; run: Run; folder: string}): Promise<void>;
}

/** Build into a folder with a compiler; returns the commands that ran. */
async function build(target: string, compiler: string): Promise<string[][]> {
  const {buildSimulators} = (await import(`${"../../environment/simulators/build.mjs"}`)) as Build;
  const commands: string[][] = [];
  const run: Run = async (command, args) => {
    commands.push([command, ...args]);
    const {status, stderr} = spawnSync(command, args, {encoding: "utf8"});
    if (status !== 0) throw new Error(stderr);
  };
  await buildSimulators({root, compiler, run, folder: target});
  return commands;
}

test("makes a module that the library loads, again over one that is in use", async () => {
  const target = folder("simulators");
  const file = path.join(target, "euler-sweep.node");
  const [[, ...args]] = await build(target, compiler);
  expect(args).toContain("-ffp-contract=off");
  expect(args.filter((arg) => /fast-math|native|associative|unsafe/.test(arg))).toEqual([]);
  expect(readdirSync(target).sort()).toEqual(["euler-sweep.node", "euler-sweep.node.sha256"]);
  expect(typeof loadSweep(file)).toBe("function");
  const {ino} = statSync(file);
  await build(target, compiler);
  expect(statSync(file).ino).not.toBe(ino);
  expect(typeof loadSweep(file)).toBe("function");
});

test("where it does not compile, what was there is gone, and an empty file keeps set-up from trying again", async () => {
  const target = folder("simulators");
  await build(target, "false");
  expect(readdirSync(target)).toEqual(["euler-sweep.node"]);
  expect(statSync(path.join(target, "euler-sweep.node")).size).toBe(0);
  expect(loadSweep(path.join(target, "euler-sweep.node"))).toBeUndefined();
});
