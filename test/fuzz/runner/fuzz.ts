/** Fuzzer: runs seeded cases of a format in child processes, with limits of time and memory. */
import {fork, type ChildProcess} from "node:child_process";
import {copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import path from "node:path";
import type {FuzzJob} from "./child";
import {isFailure, keptPath, LIMITS, VERDICTS, type Outcome, type Verdict} from "./target";

const FOLDER = path.dirname(__dirname);

/** Programs of all formats: the files beside this folder, by name. */
export const targets = new Map(
  readdirSync(FOLDER)
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts") && name !== "run.ts")
    .map((name) => [name.slice(0, -".ts".length), path.join(FOLDER, name)]),
);

export interface FuzzOptions {
  readonly seed: number;
  /** Number of the first case. Default: 0. */
  readonly from?: number;
  readonly cases: number;
  /** Folder in which the inputs of failed cases are kept. */
  readonly keep: string;
  /** Moment (of `Date.now`) after which no further case begins. Default: none. */
  readonly until?: number;
}

/** A failed case. */
export interface Failure {
  readonly number: number;
  readonly outcome: Outcome;
  /** The damaged file. */
  readonly input: string;
}

export interface FuzzReport {
  readonly counts: Readonly<Record<Verdict, number>>;
  readonly failures: readonly Failure[];
  /** Largest time and memory of a case. */
  readonly seconds: number;
  readonly memory: number;
}

/** Largest memory of a child in bytes, beyond which it is ended. */
const MAX_RESIDENT = 2 ** 31;

function residentMemory(child: ChildProcess): number {
  try {
    return 4096 * Number(readFileSync(`/proc/${child.pid}/statm`, "latin1").split(" ")[1]);
  } catch {
    return 0;
  }
}

/** Why a child ended before its cases were done. */
type End = Pick<Outcome, "verdict" | "detail">;

/** Run cases in one child until they are done, the time is up or the child dies. */
function runChild(job: FuzzJob, until: number, add: (outcome: Outcome) => void): Promise<End | undefined> {
  const execArgv = ["-r", path.join(FOLDER, "../../environment/typescript.cjs"), "--expose-gc"];
  const child = fork(path.join(__dirname, "child.ts"), {execArgv, stdio: ["ignore", "ignore", "pipe", "ipc"]});
  let verdict: Verdict | undefined;
  let errors = "";
  child.stderr!.on("data", (text: Buffer) => (errors = (errors + text.toString()).slice(-2000)));
  const end = (found?: Verdict) => {
    verdict = found;
    child.kill("SIGKILL");
  };
  let started = false;
  let last = Date.now();
  const watch = setInterval(() => {
    if (residentMemory(child) > MAX_RESIDENT) end("memory");
    else if (Date.now() - last > 1000 * (started ? LIMITS.hang : 120)) end("hang");
  }, 100);
  let remaining = job.to - job.from;
  return new Promise((resolve, reject) => {
    child.on("message", (message: Outcome | {ready: true}) => {
      last = Date.now();
      if ("ready" in message) return void (started = true);
      add(message);
      remaining--;
      if (Date.now() > until) end();
    });
    child.once("error", reject);
    child.once("close", (code, signal) => {
      clearInterval(watch);
      if (!started) reject(new Error(`${job.program}: the seeds cannot be read: ${errors}`));
      else if (remaining === 0 || Date.now() > until) resolve(undefined);
      else if (verdict) resolve({verdict, detail: "the process was ended"});
      else resolve(code === 0 ? undefined : {verdict: "death", detail: `${signal ?? `exit code ${code}`} ${errors}`});
    });
    child.send(job);
  });
}

/**
 * Run seeded cases of a format.
 *
 * @param program file of the format, see {@link targets}.
 * @throws Error if the format's own seeds cannot be read.
 */
export async function fuzz(program: string, options: FuzzOptions): Promise<FuzzReport> {
  const {seed, from = 0, cases, keep, until = Infinity} = options;
  const folder = mkdtempSync(path.join(tmpdir(), "lola-fuzz-"));
  const counts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
  const failures: Failure[] = [];
  let next = from;
  let seconds = 0;
  let memory = 0;
  const input = () => readdirSync(folder)[0];
  const kept = (number: number) => keptPath(keep, program, seed, number, input());
  const add = (outcome: Outcome) => {
    counts[outcome.verdict]++;
    seconds = Math.max(seconds, outcome.seconds);
    memory = Math.max(memory, outcome.memory);
    if (isFailure(outcome)) failures.push({number: next, outcome, input: kept(next)});
    next++;
  };
  try {
    while (next < from + cases && Date.now() < until) {
      const end = await runChild({program, seed, from: next, to: from + cases, folder, keep}, until, add);
      if (end === undefined) continue;
      mkdirSync(keep, {recursive: true});
      copyFileSync(path.join(folder, input()), kept(next));
      add({...end, seconds: 0, memory: 0});
    }
  } finally {
    rmSync(folder, {recursive: true});
  }
  return {counts, failures, seconds, memory};
}
