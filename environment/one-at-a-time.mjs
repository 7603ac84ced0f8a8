// Work that only one process at a time may do: the others wait for it.
import {mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync} from "node:fs";
import path from "node:path";
import {clearInterval, setInterval} from "node:timers";
import {setTimeout as wait} from "node:timers/promises";

/** Milliseconds from one sign of life to the next, and those without one after which a process counts as gone. */
const [BEAT, GONE] = [1000, 60_000];

/** Takes the file of the lock; false if another process has it. */
function take(file) {
  try {
    writeFileSync(file, `${process.pid}`, {flag: "wx"});
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    return false;
  }
}

/** Whether the process that took the lock is gone: it does not run, or gave no sign of life for a minute. */
function isLeft(file) {
  try {
    const pid = Number(readFileSync(file, "utf8"));
    if (Date.now() - statSync(file).mtimeMs > GONE) return true;
    if (pid > 0) process.kill(pid, 0); // 0: it has the file, and is about to write its number
    return false;
  } catch (error) {
    return error.code === "ESRCH"; // not if the lock was released meanwhile, or its process is another user's
  }
}

/**
 * Runs `work` while no other process runs work of this file.
 *
 * @param onWait is called once if there is one to wait for.
 */
export async function oneAtATime(file, work, onWait) {
  mkdirSync(path.dirname(file), {recursive: true});
  for (let waits = false; !take(file); waits = true) {
    if (isLeft(file)) rmSync(file, {force: true});
    else if (!waits) onWait();
    await wait(BEAT / 4);
  }
  const beat = setInterval(() => utimesSync(file, new Date(), new Date()), BEAT);
  const release = () => rmSync(file, {force: true});
  process.on("exit", release);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    process.off("exit", release);
    release();
  }
}
