/**
 * Child process of the fuzzer: damages seeds, reads them, and sends one outcome per case.
 *
 * The damaged file lies at the given path while it is read, so that it is still there if this process dies.
 */
import {copyFileSync, mkdirSync, readFileSync, writeFileSync} from "node:fs";
import {createRequire} from "node:module";
import path from "node:path";
import {Rng} from "@lola-ts/core";
import {isFailure, isSentence, keptPath, LIMITS, seedsOf, type FuzzTarget, type Outcome} from "./target";

/** Cases of a child: numbers `from` to `to` (excluded) of a seed. */
export interface FuzzJob {
  readonly program: string;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  /** Folder of the damaged file, called `input`. */
  readonly folder: string;
  /** Folder to which the inputs of failed cases are copied. */
  readonly keep: string;
}

/** Memory of this process in bytes: now and at most since the last {@link resetPeak}; 0 where the system does not tell. */
function residentMemory(): {now: number; peak: number} {
  try {
    const status = readFileSync("/proc/self/status", "latin1");
    const field = (name: string) => 1024 * Number(new RegExp(`^${name}:\\s*(\\d+) kB`, "m").exec(status)?.[1] ?? 0);
    return {now: field("VmRSS"), peak: field("VmHWM")};
  } catch {
    return {now: 0, peak: 0};
  }
}

function resetPeak(): void {
  try {
    writeFileSync("/proc/self/clear_refs", "5");
  } catch {
    // other systems: the memory is not measured
  }
}

type Judgement = Pick<Outcome, "verdict" | "detail">;

/** Compare what a reader made of a file with what it had to. */
async function judge(target: FuzzTarget, file: string, seed: string, found: string): Promise<Judgement> {
  const expected = target.expected ? await target.expected(file) : seed;
  if (found === expected) return {verdict: "same", detail: ""};
  return {verdict: "different", detail: `expected ${expected ?? "a refusal"}, found ${found}`.slice(0, 2000)};
}

async function runCase(target: FuzzTarget, file: string, bytes: Buffer, seed: string): Promise<Outcome> {
  writeFileSync(file, bytes);
  resetPeak();
  const before = residentMemory().now;
  const start = process.cpuUsage();
  let found: string | undefined;
  let thrown: unknown;
  try {
    found = await target.read(file);
  } catch (error) {
    thrown = error;
  }
  const {user, system} = process.cpuUsage(start);
  const seconds = (user + system) / 1e6;
  const memory = Math.max(0, residentMemory().peak - before);
  if (seconds > LIMITS.seconds) return {verdict: "slow", detail: `${seconds} s`, seconds, memory};
  if (memory > LIMITS.memory) return {verdict: "memory", detail: `${Math.round(memory / 1e6)} MB`, seconds, memory};
  if (found !== undefined) return {...(await judge(target, file, seed, found)), seconds, memory};
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  const verdict = thrown instanceof Error && isSentence(detail, file) ? "refused" : "unclear";
  return {verdict, detail: detail.slice(0, 2000), seconds, memory};
}

const send = (message: unknown): Promise<void> => new Promise((resolve) => process.send!(message, () => resolve()));

/** Read the seeds. @throws Error if the independent reader has other quantities. */
async function readSeeds(target: FuzzTarget, file: string): Promise<{bytes: Buffer; json: string}[]> {
  const seeds: {bytes: Buffer; json: string}[] = [];
  for (const bytes of await seedsOf(target)) {
    writeFileSync(file, bytes);
    const json = await target.read(file);
    const {verdict, detail} = await judge(target, file, json, json);
    if (verdict !== "same") throw new Error(`seed ${seeds.length}: ${detail}`);
    seeds.push({bytes, json});
  }
  return seeds;
}

async function work({program, seed, from, to, folder, keep}: FuzzJob): Promise<void> {
  const {target} = createRequire(__filename)(program) as {target: FuzzTarget};
  const file = path.join(folder, `input${target.extension ?? ""}`);
  const seeds = await readSeeds(target, file);
  await send({ready: true});
  for (let i = from; i < to; i++) {
    const rng = Rng.from("fuzz", target.name, seed, i);
    const {bytes, json} = seeds[rng.integer(seeds.length)];
    const outcome = await runCase(target, file, target.mutate(bytes, rng), json);
    if (isFailure(outcome)) {
      mkdirSync(keep, {recursive: true});
      copyFileSync(file, keptPath(keep, program, seed, i, file));
    }
    await send(outcome);
    if (global.gc && residentMemory().now > 2 ** 29) global.gc();
  }
  process.exit(0);
}

process.once("message", (job: FuzzJob) => {
  work(job).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(3);
  });
});
