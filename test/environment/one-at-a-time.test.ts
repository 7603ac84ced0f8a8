import {spawn} from "node:child_process";
import {readFileSync} from "node:fs";
import path from "node:path";
import {temporaryFolder} from "../folder";

const folder = temporaryFolder();
const library = path.resolve(__dirname, "../../environment/one-at-a-time.mjs");

/** Start a process that works until the given number of others has waited for their turn; what it printed. */
function worker(lock: string, journal: string, {ends = "", others = 0} = {}) {
  const program = `
    import {appendFileSync, existsSync, readFileSync} from "node:fs";
    import {setTimeout} from "node:timers/promises";
    import {oneAtATime} from ${JSON.stringify(library)};
    const say = (word) => appendFileSync(${JSON.stringify(journal)}, word + " ");
    await oneAtATime(${JSON.stringify(lock)}, async () => {
      say("begin");
      ${ends}
      const waiting = () => (existsSync(${JSON.stringify(`${journal}-waits`)}) ? readFileSync(${JSON.stringify(`${journal}-waits`)}).length : 0);
      while (waiting() < ${others}) await setTimeout(20);
      say("end");
    }, () => {
      console.log("waits");
      appendFileSync(${JSON.stringify(`${journal}-waits`)}, "w");
    });`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    env: {...process.env, NODE_OPTIONS: ""},
  });
  let output = "";
  child.stdout.on("data", (data) => (output += data));
  return new Promise<string>((resolve) => child.on("close", () => resolve(output)));
}

const read = (name: string) => readFileSync(folder(name), "utf8").trim();

test("processes work one after the other, and one that waits says so once", async () => {
  const printed = await Promise.all([1, 2, 3].map(() => worker(folder("lock"), folder("journal"), {others: 2})));
  expect(read("journal")).toBe("begin end begin end begin end");
  expect(printed.map((text) => text.trim()).sort()).toEqual(["", "waits", "waits"]);
});

test("work that fails, or a process that ends in it, holds up none", async () => {
  await worker(folder("failing"), folder("failures"), {ends: 'throw new Error("Here.");'});
  await worker(folder("failing"), folder("failures"), {ends: "process.exit(1);"});
  await worker(folder("failing"), folder("failures"), {ends: 'process.kill(process.pid, "SIGKILL");'});
  expect(await worker(folder("failing"), folder("failures"))).toBe("");
  expect(read("failures")).toBe("begin begin begin begin end");
});

test("a program that work has started and that outlives it holds up none", async () => {
  const ends =
    'const {spawn} = await import("node:child_process"); spawn("sleep", ["30"], {stdio: "ignore", detached: true}).unref();';
  await worker(folder("leaving"), folder("leavings"), {ends});
  expect(await worker(folder("leaving"), folder("leavings"))).toBe("");
});
