/**
 * Identity of processes, so that a later one can tell whether an earlier one still runs.
 *
 * A number alone is not enough: it is given to another process later, after a restart of the machine for example, and
 * means nothing on another machine or in another container.
 */
import {readFileSync, readlinkSync} from "node:fs";
import {hostname, uptime} from "node:os";

/** A process, as others can recognise it. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Start of the machine, where the system tells it. */
  readonly boot?: string;
  /** Space of process numbers: each container has its own. */
  readonly space?: string;
  /** Start of the process in ticks since the start of the machine, where the system tells it. */
  readonly started?: string;
}

/** Describe this process. */
export function thisProcess(): ProcessIdentity {
  return {
    pid: process.pid,
    host: hostname(),
    boot: read(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
    space: read(() => readlinkSync("/proc/self/ns/pid")),
    started: startOf(process.pid),
  };
}

/**
 * Tell whether a process still runs.
 *
 * @param seen when it was last seen to run, in milliseconds since 1970.
 * @returns undefined if it cannot be told from here.
 */
export function stillRuns(other: ProcessIdentity, seen: number): boolean | undefined {
  const here = thisProcess();
  if (other.host !== here.host || other.space !== here.space) return undefined;
  if (other.boot !== here.boot) return seen < Date.now() - 1000 * uptime() ? false : undefined;
  if (!isRunning(other.pid)) return false;
  if (other.started === undefined) return undefined; // the number may be another process's by now
  return startOf(other.pid) === other.started;
}

/** Whether a process of this number runs on this machine. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Start of a process; undefined if it has ended, even if its parent has not asked for its exit code yet. */
function startOf(pid: number): string | undefined {
  return read(() => {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" "); // from the third field on: the state
    return "ZX".includes(fields[0]) ? undefined : fields[19];
  });
}

function read<T>(from: () => T): T | undefined {
  try {
    return from();
  } catch {
    return undefined; // another operating system
  }
}
