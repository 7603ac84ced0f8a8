/**
 * Locks between processes: a file beside what one process makes, so that others wait for it.
 *
 * The file names its owner and is renewed every second. A lock whose owner has ended is taken over at once. Where that cannot
 * be told (another machine, another container), the process that waits watches the file: it takes over after five minutes
 * without renewal by its own clock, as clocks of two machines differ. Of several processes that find such a lock one removes its
 * file, and then they compete for it as for a lock that nobody had.
 */
import {createHash, randomBytes} from "node:crypto";
import {closeSync, openSync, readFileSync, rmSync, statSync, writeSync, readlinkSync} from "node:fs";
import {setTimeout as sleep} from "node:timers/promises";
import {hostname, uptime} from "node:os";

/** Milliseconds from one renewal to the next, and from one look of a waiting process to the next. */
const BEAT = 1000;
const LOOK = 250;

/**
 * Milliseconds without renewal after which an owner that cannot be seen counts as gone, and a file that names none. A call of the
 * engine stops renewals while it computes or records a step, at the paper's size for more than a minute.
 */
const SILENCE = 300_000;
const NAMELESS = 5000;

/** Milliseconds by which no two clocks differ. */
const DAY = 86_400_000;

/** Last renewals of locks as this process saw them, each with the time of its own clock when it saw that renewal first. */
const renewals = new Map<string, {readonly renewed: number; readonly since: number}>();

/** Length of the file: it is overwritten in place, in one piece. */
const BYTES = 1024;

export interface Holder extends ProcessIdentity {
  readonly token: string;
  readonly note?: unknown;
}

const held = new Set<Lock>();
const releaseAll = () => held.forEach((lock) => lock.release());

export class Lock {
  private readonly owner: Holder = {...thisProcess(), token: randomBytes(8).toString("hex")};
  private readonly timer: NodeJS.Timeout;
  private current: unknown;
  private renewed = 0;

  private constructor(
    private readonly file: string,
    private readonly fd: number,
  ) {
    if (held.size === 0) process.on("exit", releaseAll);
    held.add(this);
    this.timer = setInterval(() => this.renew(), BEAT).unref();
  }

  static take(file: string): Lock | undefined {
    for (;;) {
      const fd = create(file);
      if (fd !== undefined) {
        const lock = new Lock(file, fd);
        try {
          lock.write();
          return lock;
        } catch (error) {
          lock.release();
          throw error;
        }
      }
      const seen = look(file);
      if (seen.isHeld || !remove(file, seen)) return undefined;
    }
  }

  /** Tell waiting processes how the work goes, as plain data. Cheap: call it every step. */
  note(note: unknown): void {
    this.current = note;
    if (performance.now() - this.renewed >= BEAT) this.renew();
  }

  release(): void {
    if (!held.delete(this)) return;
    if (held.size === 0) process.off("exit", releaseAll);
    clearInterval(this.timer);
    closeSync(this.fd);
    const holder = holderOf(this.file);
    // Nobody else's, and not one whose first writing failed: that one is empty.
    if (holder === undefined || holder.token === this.owner.token) rmSync(this.file, {force: true});
  }

  private renew(): void {
    try {
      this.write();
    } catch {
      // A full disk or a removed folder is for the work to report.
    }
  }

  private write(): void {
    this.renewed = performance.now();
    const whole = JSON.stringify({...this.owner, note: this.current});
    const bytes = Buffer.alloc(BYTES, " ");
    bytes.write(Buffer.byteLength(whole) <= BYTES ? whole : JSON.stringify(this.owner));
    writeSync(this.fd, bytes, 0, BYTES, 0);
  }
}

/** Find the owner of a lock's file, alive or not; undefined if there is none or the file names none. */
export function holderOf(file: string): Holder | undefined {
  try {
    const found = JSON.parse(readFileSync(file, "utf8")) as Partial<Holder> | null;
    const named = typeof found?.token === "string" && typeof found.pid === "number" && typeof found.host === "string";
    return named ? (found as Holder) : undefined;
  } catch {
    return undefined;
  }
}

/** State of a lock's file at one moment. */
interface Sight {
  readonly isHeld: boolean;
  readonly holder?: Holder;
  /** Time of its last renewal; undefined if there is no file. */
  readonly renewed?: number;
}

function look(file: string): Sight {
  const renewed = statSync(file, {throwIfNoEntry: false})?.mtimeMs;
  if (renewed === undefined) return {isHeld: false};
  const holder = holderOf(file);
  const isHeld = (holder && stillRuns(holder, renewed)) ?? silenceOf(file, renewed) < (holder ? SILENCE : NAMELESS);
  return {isHeld, holder, renewed};
}

export const isHeld = (file: string): boolean => look(file).isHeld;

/** Count the milliseconds for which this process has seen no renewal of a lock. */
function silenceOf(file: string, renewed: number): number {
  if (Math.abs(Date.now() - renewed) > DAY) return Infinity;
  const now = performance.now();
  if (renewals.get(file)?.renewed !== renewed) renewals.set(file, {renewed, since: now});
  return now - renewals.get(file)!.since;
}

export function removeStale(file: string): void {
  const seen = look(file);
  if (!seen.isHeld && seen.renewed !== undefined) remove(file, seen);
}

/**
 * Repeat an attempt, a few times a second, until it finds something.
 *
 * @param onWait gets the owner of the lock that is waited for, before each pause.
 * @throws The signal's reason if it is aborted.
 */
export async function waitFor<T>(
  attempt: () => T | undefined,
  file: string,
  onWait: (holder: Holder | undefined) => void,
  signal?: AbortSignal,
): Promise<T> {
  for (;;) {
    const found = attempt();
    if (found !== undefined) return found;
    onWait(holderOf(file));
    await sleep(LOOK, undefined, {signal}).catch(() => signal?.throwIfAborted());
  }
}

function create(file: string): number | undefined {
  try {
    return openSync(file, "wx");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return undefined;
    throw error;
  }
}

/** Name the file that a process holds while it removes a lock's file of this owner; what another process wrote is no path. */
export const turnOf = (file: string, token = ""): string =>
  `${file}.${createHash("sha256").update(token).digest("hex").slice(0, 16)}.tmp`;

/**
 * Remove a lock's file as it was seen. Of the processes that saw the same, one at a time may: another may have taken the lock over
 * since, and its file stays.
 *
 * @returns false if another process removes it at this moment.
 */
function remove(file: string, {holder, renewed}: Sight): boolean {
  const turn = turnOf(file, holder?.token);
  const fd = create(turn);
  if (fd === undefined) {
    const begun = statSync(turn, {throwIfNoEntry: false})?.mtimeMs;
    if (begun !== undefined && silenceOf(turn, begun) >= NAMELESS) rmSync(turn, {force: true}); // its process has ended
    return false;
  }
  closeSync(fd);
  try {
    const now = statSync(file, {throwIfNoEntry: false})?.mtimeMs;
    if (now === renewed && holderOf(file)?.token === holder?.token) rmSync(file, {force: true});
    return true;
  } finally {
    rmSync(turn, {force: true});
  }
}

export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  readonly boot?: string;
  /** Space of process numbers: each container has its own. */
  readonly space?: string;
  /** Start of the process in ticks since the start of the machine, where the system tells it. */
  readonly started?: string;
}

export function thisProcess(): ProcessIdentity {
  return {
    pid: process.pid,
    host: hostname(),
    boot: read(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
    space: read(() => readlinkSync("/proc/self/ns/pid")),
    started: startOf(process.pid),
  };
}

/** Tell whether a process still runs; undefined if it cannot be told from here. @param seen when it last did, in ms since 1970. */
export function stillRuns(other: ProcessIdentity, seen: number): boolean | undefined {
  const here = thisProcess();
  if (other.host !== here.host || other.space !== here.space) return undefined;
  if (other.boot !== here.boot) return seen < Date.now() - 1000 * uptime() ? false : undefined;
  if (!isRunning(other.pid)) return false;
  if (other.started === undefined) return undefined; // the number may be another process's by now
  return startOf(other.pid) === other.started;
}

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
