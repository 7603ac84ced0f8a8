import {spawn} from "node:child_process";
import {existsSync, readFileSync, utimesSync, writeFileSync} from "node:fs";
import path from "node:path";
import {temporaryFolder} from "../folder";

const folder = temporaryFolder();
const library = path.resolve(__dirname, "../../environment/one-at-a-time.mjs");

/** Start a process that does work of half a second; what it printed, and how it ended. */
function worker(lock: string, journal: string, ends = "") {
  const program = `
    import {appendFileSync} from "node:fs";
    import {setTimeout} from "node:timers/promises";
    import {oneAtATime} from ${JSON.stringify(library)};
    const say = (word) => appendFileSync(${JSON.stringify(journal)}, word + " ");
    await oneAtATime(${JSON.stringify(lock)}, async () => {
      say("begin");
      ${ends}
      await setTimeout(500);
      say("end");
    }, () => console.log("waits"));`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    env: {...process.env, NODE_OPTIONS: ""},
  });
  let output = "";
  child.stdout.on("data", (data) => (output += data));
  return new Promise<string>((resolve) => child.on("close", () => resolve(output)));
}

const read = (name: string) => readFileSync(folder(name), "utf8").trim();

test("processes work one after the other, and one that waits says so once", async () => {
  const printed = await Promise.all([1, 2, 3].map(() => worker(folder("lock"), folder("journal"))));
  expect(read("journal")).toBe("begin end begin end begin end");
  expect(printed.map((text) => text.trim()).sort()).toEqual(["", "waits", "waits"]);
  expect(existsSync(folder("lock"))).toBe(false);
});

test("work that fails, or a process that ends in it, holds up none", async () => {
  await worker(folder("failing"), folder("failures"), 'throw new Error("Here.");');
  await worker(folder("failing"), folder("failures"), "process.exit(1);");
  await worker(folder("failing"), folder("failures"), 'process.kill(process.pid, "SIGKILL");');
  expect(existsSync(folder("failing"))).toBe(true); // a killed one removes nothing
  expect(await worker(folder("failing"), folder("failures"))).toBe("");
  expect(read("failures")).toBe("begin begin begin begin end");
});

test("a process that has given no sign of life for a minute counts as gone: its number may be another one's now", async () => {
  writeFileSync(folder("old"), `${process.pid}`);
  const before = new Date(Date.now() - 61_000);
  utimesSync(folder("old"), before, before);
  expect(await worker(folder("old"), folder("olds"))).toBe("");
  expect(read("olds")).toBe("begin end");
});
