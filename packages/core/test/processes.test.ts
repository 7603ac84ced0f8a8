import {spawn} from "node:child_process";
import {once} from "node:events";
import {readFileSync} from "node:fs";
import {isRunning, stillRuns, thisProcess} from "../src/lock";

test("this process runs, and is known by its number, machine and start", () => {
  const here = thisProcess();
  expect(here.pid).toBe(process.pid);
  expect(isRunning(here.pid)).toBe(true);
  expect(thisProcess()).toEqual(here);
  if (process.platform !== "linux") return;
  expect(here).toMatchObject({boot: expect.any(String), space: expect.stringMatching(/^pid:/)});
  expect(stillRuns(here, Date.now())).toBe(true);
  expect(stillRuns({...here, started: "1"}, Date.now())).toBe(false);
});

test("a process that ended does not run, whatever was seen of it", async () => {
  const child = spawn(process.execPath, ["-e", ""], {stdio: "ignore"});
  const {pid} = child;
  await once(child, "close");
  expect(isRunning(pid!)).toBe(false);
  expect(stillRuns({...thisProcess(), pid: pid!}, Date.now())).toBe(false);
});

test("a process that its parent has not asked after has ended too", async () => {
  if (process.platform !== "linux") return;
  // The shell's child ends at once, but the program that takes the shell's place never asks after it.
  const parent = spawn("sh", ["-c", "sleep 0.1 & echo $!; exec sleep 30"], {stdio: ["ignore", "pipe", "ignore"]});
  const [text] = (await once(parent.stdout, "data")) as [Buffer];
  const pid = Number(text.toString());
  const hasEnded = () => readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  while (!hasEnded()) await new Promise((resolve) => setTimeout(resolve, 20));
  const runs = [isRunning(pid), stillRuns({...thisProcess(), pid}, Date.now())];
  parent.kill("SIGKILL");
  expect(runs).toEqual([true, false]);
});

test("of other machines and containers nothing is known", () => {
  const here = thisProcess();
  expect(stillRuns({...here, host: "elsewhere"}, Date.now())).toBeUndefined();
  expect(stillRuns({...here, space: "pid:[1]"}, Date.now())).toBeUndefined();
  expect(stillRuns({...here, boot: "other"}, Date.now())).toBeUndefined();
});
