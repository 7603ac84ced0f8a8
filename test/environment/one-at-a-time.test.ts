import {spawn} from "node:child_process";
import {existsSync, readFileSync, rmSync, utimesSync, writeFileSync} from "node:fs";
import path from "node:path";
import {temporaryFolder} from "../folder";

const folder = temporaryFolder();
const library = path.resolve(__dirname, "../../environment/one-at-a-time.mjs");

/** Start a process that works until the given number of others has waited for their turn; what it printed. */
function worker(lock: string, journal: string, {ends = "", patience = 60_000, others = 0} = {}) {
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
    }, ${patience});`;
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
  expect(existsSync(folder("lock"))).toBe(false);
});

test("work that fails, or a process that ends in it, holds up none", async () => {
  await worker(folder("failing"), folder("failures"), {ends: 'throw new Error("Here.");'});
  await worker(folder("failing"), folder("failures"), {ends: "process.exit(1);"});
  await worker(folder("failing"), folder("failures"), {ends: 'process.kill(process.pid, "SIGKILL");'});
  expect(existsSync(folder("failing"))).toBe(true); // a killed one removes nothing
  expect(await worker(folder("failing"), folder("failures"))).toBe("");
  expect(read("failures")).toBe("begin begin begin begin end");
});

test("a process that gives no sign of life counts as gone: its number may be another one's now", async () => {
  writeFileSync(folder("old"), `${process.pid}`);
  expect(await worker(folder("old"), folder("olds"), {patience: 500})).toBe("waits\n");
  expect(read("olds")).toBe("begin end");
});

test("one that gives signs of life is waited for, however long", async () => {
  writeFileSync(folder("alive"), `${process.pid}`);
  const beat = setInterval(() => utimesSync(folder("alive"), new Date(), new Date()), 200);
  let ended = false;
  const waiting = worker(folder("alive"), folder("lives"), {patience: 4000}).finally(() => (ended = true));
  await new Promise((resolve) => setTimeout(resolve, 6000));
  expect(ended).toBe(false);
  clearInterval(beat);
  rmSync(folder("alive"));
  await waiting;
  expect(read("lives")).toBe("begin end");
});
