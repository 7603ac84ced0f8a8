// Work that only one process at a time may do: the others wait for it. Set-up needs it before the library, whose lock of
// artefacts (packages/laboratory/src/store/lock.ts) it compiles.
import {mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync} from "node:fs";
import path from "node:path";
import {clearInterval, setInterval} from "node:timers";
import {setTimeout as wait} from "node:timers/promises";

/** Milliseconds from one sign of life to the next. */
const BEAT = 1000;

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

/** Whether a process runs, be it another user's. */
function runs(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code !== "ESRCH";
  }
}

/** When the process that has the lock gave its last sign of life; -1 if it does not run, undefined if the lock is free. */
function lastSign(file) {
  try {
    const pid = Number(readFileSync(file, "utf8"));
    const {mtimeMs} = statSync(file);
    return pid === 0 || runs(pid) ? mtimeMs : -1; // 0: it has the file, and is about to write its number
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Gives a sign of life. */
function signOf(file) {
  try {
    utimesSync(file, new Date(), new Date());
  } catch (error) {
    if (error.code !== "ENOENT") throw error; // taken for gone, as after a long stop by the terminal
  }
}

/**
 * Runs `work` while no other process runs work of this file.
 *
 * @param onWait is called once if there is one to wait for.
 * @param patience milliseconds of waiting without a sign of life after which the other process counts as gone: its number may
 *   be another one's by now.
 */
export async function oneAtATime(file, work, onWait, patience = 60_000) {
  mkdirSync(path.dirname(file), {recursive: true});
  let [seen, since, waits] = [undefined, 0, false];
  while (!take(file)) {
    const sign = lastSign(file);
    if (sign !== seen) [seen, since] = [sign, performance.now()];
    if (sign === -1 || (sign !== undefined && performance.now() - since > patience)) rmSync(file, {force: true});
    else if (!waits) onWait();
    waits = true;
    await wait(BEAT / 4);
  }
  const beat = setInterval(() => signOf(file), BEAT);
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
