/** Processes of a trial, found by their environment; none where the system does not show it. */
import {readdirSync, readFileSync} from "node:fs";
import {setTimeout as sleep} from "node:timers/promises";

/** List the numbers of all processes that work on a data folder. */
export function processesOn(data: string): number[] {
  return numbers().filter((pid) => read(`/proc/${pid}/environ`).includes(`LOLA_DATA=${data}\0`));
}

/** List the training processes of a process. */
export function childrenOf(pid: number): number[] {
  return numbers().filter((child) => {
    const stat = read(`/proc/${child}/stat`);
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === pid;
  });
}

/** Wait until no process works on a data folder. @returns the number of those that remain after `seconds`. */
export async function untilGone(data: string, seconds: number): Promise<number> {
  for (const end = performance.now() + 1000 * seconds; ; await sleep(50)) {
    const left = processesOn(data).length;
    if (left === 0 || performance.now() > end) return left;
  }
}

function numbers(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return ""; // it has ended
  }
}
