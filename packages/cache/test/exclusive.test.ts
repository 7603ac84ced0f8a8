import {spawn, type ChildProcess} from "node:child_process";
import {once} from "node:events";
import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync} from "node:fs";
import {hostname} from "node:os";
import path from "node:path";
import {holderOf, isHeld, Lock, removeStale, turnOf, thisProcess} from "@lola-ts/core";
import {exclusively, untilFree} from "../src/exclusive";
import {temporaryFolder} from "../../../test/folder";

const folder = temporaryFolder();
let serial = 0;
/** A file of its own for each test. */
const lockFile = () => folder(`${serial++}.lock`);
const silent = () => undefined;

/** A lock's file as an owner left it `age` seconds ago. */
function leave(file: string, owner: object | string, age = 0): void {
  writeFileSync(file, typeof owner === "string" ? owner : JSON.stringify({...thisProcess(), token: "left", ...owner}));
  const time = Date.now() / 1000 - age;
  utimesSync(file, time, time);
}

const library = path.resolve(__dirname, "../src");
const core = path.resolve(__dirname, "../../core/src");
const transpiler = path.resolve(__dirname, "../../../environment/typescript.cjs");
const children: ChildProcess[] = [];
afterAll(() => children.forEach((child) => child.kill("SIGKILL")));

/** A process that runs a script, with what it prints. */
function run(script: string): {child: ChildProcess; output: () => string; ended: Promise<unknown>} {
  const child = spawn(process.execPath, ["-r", transpiler, "-e", script], {stdio: ["ignore", "pipe", "inherit"]});
  children.push(child);
  let printed = "";
  child.stdout.on("data", (text: Buffer) => (printed += text.toString()));
  return {child, output: () => printed, ended: once(child, "close")};
}

/** A process that takes a lock and keeps it until there is a file of this name, or it is killed. */
async function holder(file: string, end = folder("never")) {
  const process = run(`
    const {existsSync} = require("node:fs");
    const {exclusively} = require("${library}/exclusive.ts");
    const hold = async (lock) => {
      lock.note({label: "work", done: 3, total: 4});
      process.stdout.write("held");
      while (!existsSync(${JSON.stringify(end)})) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    void exclusively(${JSON.stringify(file)}, hold, () => undefined);`);
  while (!process.output().includes("held")) await new Promise((resolve) => setTimeout(resolve, 20));
  return process;
}

test("is held by one, names its owner, and goes with the work or its error", async () => {
  const file = lockFile();
  const inside = await exclusively(
    file,
    (lock) => {
      lock.note({done: 1});
      return {held: isHeld(file), second: Lock.take(file), holder: holderOf(file)};
    },
    silent,
  );
  expect(inside).toMatchObject({held: true, holder: {pid: process.pid, host: hostname()}});
  expect(inside.second).toBeUndefined();
  expect(existsSync(file)).toBe(false);

  const failing = exclusively(file, () => Promise.reject(new Error("unstable")), silent);
  await expect(failing).rejects.toThrow("unstable");
  expect(existsSync(file)).toBe(false);
});

test("work of one process that asks twice at a time is done one after the other", async () => {
  const file = lockFile();
  let running = 0;
  const work = async () => {
    expect(++running).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    running--;
  };
  await Promise.all([1, 2, 3].map(() => exclusively(file, work, silent)));
  expect(existsSync(file)).toBe(false);
});

test("a second process waits, hears of the progress, and has its turn when the first one ends", async () => {
  const file = lockFile();
  const end = folder("end");
  const first = await holder(file, end);
  const seen: {note?: unknown}[] = [];
  await exclusively(file, silent, (owner) => {
    seen.push(owner ?? {});
    if (owner?.note) writeFileSync(end, "");
  });
  expect(seen[0]).toMatchObject({pid: first.child.pid});
  expect(seen.at(-1)).toMatchObject({note: {done: 3, total: 4}});
  await first.ended;
  expect(existsSync(file)).toBe(false);
});

test.each(["SIGKILL", "SIGTERM", "SIGINT"] as const)("a lock whose owner ended by %s is taken over", async (signal) => {
  const file = lockFile();
  const {child, ended} = await holder(file);
  expect(isHeld(file)).toBe(true);
  child.kill(signal);
  await ended;
  expect(isHeld(file)).toBe(false);
  expect(await exclusively(file, () => "mine", silent)).toBe("mine");
  expect(existsSync(file)).toBe(false);
});

test("a process that ends by process.exit leaves no lock", async () => {
  const file = lockFile();
  const {ended} = run(`
    const {Lock} = require("${core}/lock.ts");
    Lock.take(${JSON.stringify(file)});
    process.exit(3);`);
  expect(await ended).toEqual([3, null]);
  expect(existsSync(file)).toBe(false);
});

const DAYS = 1e6; // more than eleven

const others: Record<string, [owner: object | string, age: number, held: boolean]> = {
  "of a process that ended": [{pid: 999_999_999}, 0, false],
  "of an earlier process with this number": [{started: "1"}, 0, false],
  "of this machine before it was started": [{boot: "earlier"}, 1e9, false],
  "of a machine of the same name, renewed just now": [{boot: "other"}, 0, true],
  "of another machine, renewed just now": [{host: "elsewhere"}, 10, true],
  "of another machine whose clock is ten minutes behind": [{host: "elsewhere"}, 600, true],
  "of another machine whose clock is ten minutes ahead": [{host: "elsewhere"}, -600, true],
  "of another machine, not renewed for days": [{host: "elsewhere"}, DAYS, false],
  "of another container, renewed just now": [{space: "pid:[1]"}, 10, true],
  "of another container, not renewed for days": [{space: "pid:[1]"}, DAYS, false],
  "of this process, not renewed for a minute": [{}, 61, true],
  "that is empty, for a moment": ["", 0, true],
  "that is empty, for days": ["", DAYS, false],
  "that holds something else": ["{]", DAYS, false],
  "that names nobody": ["null", DAYS, false],
};

test.each(Object.entries(others))("a lock %s", (_, [owner, age, held]) => {
  const file = lockFile();
  leave(file, owner, age);
  expect(isHeld(file)).toBe(held);
  const lock = Lock.take(file);
  expect(lock === undefined).toBe(held);
  lock?.release();
  removeStale(file);
  expect(existsSync(file)).toBe(held);
});

test.each([
  ["of another machine", {host: "elsewhere"}, 300],
  ["of another container", {space: "pid:[1]"}, 300],
  ["that is empty", "", 5],
  ["that holds something else", "{]", 5],
])("a lock %s is free when a process has seen no renewal for long enough by its own clock", (_, owner, patience) => {
  const file = lockFile();
  const begin = performance.now();
  const clock = jest.spyOn(performance, "now");
  const at = (seconds: number) => clock.mockReturnValue(begin + 1000 * seconds);
  at(0);
  leave(file, owner, 600);
  expect(isHeld(file)).toBe(true);
  at(patience - 1);
  expect(isHeld(file)).toBe(true);
  leave(file, owner, 599); // renewed
  expect(isHeld(file)).toBe(true);
  at(2 * patience - 2);
  expect(isHeld(file)).toBe(true);
  at(2 * patience);
  expect(isHeld(file)).toBe(false);
  expect(Lock.take(file)).toBeDefined();
  clock.mockRestore();
});

test("a lock that was taken over by another process is not released by the first one", () => {
  const file = lockFile();
  const lock = Lock.take(file)!;
  rmSync(file);
  leave(file, {token: "other"});
  lock.release();
  expect(holderOf(file)?.token).toBe("other");
});

test("many processes that find a stale lock have their turn one after the other", async () => {
  const [file, log] = [lockFile(), folder("turns")];
  leave(file, {pid: 999_999_999});
  const script = `
    const {appendFileSync} = require("node:fs");
    const {exclusively} = require("${library}/exclusive.ts");
    const work = async () => {
      appendFileSync("${log}", "(");
      await new Promise((resolve) => setTimeout(resolve, 30));
      appendFileSync("${log}", ")");
    };
    void exclusively(${JSON.stringify(file)}, work, () => undefined);`;
  await Promise.all([1, 2, 3, 4].map(() => run(script).ended));
  expect(readFileSync(log, "utf8")).toBe("()()()()");
  expect(readdirSync(folder()).filter((name) => name.includes(".tmp"))).toEqual([]);
});

test("a stale lock that another process removes stays until that process is done, or was not heard of for long", () => {
  const file = lockFile();
  leave(file, {pid: 999_999_999});
  const turn = turnOf(file, "left");
  writeFileSync(turn, "");
  const begin = performance.now();
  const clock = jest.spyOn(performance, "now");
  for (const seconds of [0, 4, 5]) {
    clock.mockReturnValue(begin + 1000 * seconds);
    expect(Lock.take(file)).toBeUndefined();
    expect(holderOf(file)?.token).toBe("left");
  }
  clock.mockRestore();
  expect(existsSync(turn)).toBe(false);
  Lock.take(file)!.release();
  expect(existsSync(file)).toBe(false);
});

test("an owner's name in a lock that leads out of the folder names no file there", () => {
  expect(path.dirname(turnOf(lockFile(), "../../x"))).toBe(folder());
});

test("an interrupt ends the waiting at once", async () => {
  const file = lockFile();
  leave(file, {});
  const looked = jest.fn();
  const waiting = Promise.allSettled([exclusively(file, silent, looked), untilFree(file, looked)]);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const looks = looked.mock.calls.length;
  process.emit("SIGINT");
  const interrupted = {status: "rejected", reason: expect.objectContaining({code: "interrupted"})};
  expect(await waiting).toEqual([interrupted, interrupted]);
  expect(looked).toHaveBeenCalledTimes(looks); // it does not wait for its next look
  expect(holderOf(file)?.token).toBe("left");
});

test("is renewed while its owner works", async () => {
  const file = lockFile();
  const lock = Lock.take(file)!;
  const old = Date.now() / 1000 - 100;
  utimesSync(file, old, old);
  while (statSync(file).mtimeMs < 1000 * old + 1000) await new Promise((resolve) => setTimeout(resolve, 50));
  lock.release();
});

test("a folder that cannot be written is the system's error", () => {
  expect(() => Lock.take(folder("missing", "a.lock"))).toThrow("ENOENT");
  mkdirSync(folder("there"));
  writeFileSync(folder("there", "file"), "");
  expect(() => Lock.take(folder("there", "file", "a.lock"))).toThrow("ENOTDIR");
});
