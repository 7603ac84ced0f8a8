/** A trial: trouble on a place of its own, and what must hold afterwards. */
import {createHash} from "node:crypto";
import {existsSync, readdirSync, readFileSync} from "node:fs";
import path from "node:path";
import {isDeepStrictEqual} from "node:util";
import type {Rng} from "@lola-ts/core";
import type {PipelineEvent} from "../programs/pipeline";
import {SAVE_EVERY} from "../programs/sizes";
import {Job, type Ending, type JobOptions} from "./job";
import {Place, STAGES} from "./place";
import {untilGone} from "./processes";

/** Seconds within which orphans have to end. */
const ORPHANS = 10;

/** The uninterrupted run. */
export interface Reference {
  readonly place: Place;
  readonly hashes: Readonly<Record<string, string>>;
  readonly files: ReadonlyMap<string, string>;
  readonly events: readonly PipelineEvent[];
  readonly seconds: number;
}

/** Files that hold times: they must be there. */
const TIMED = /(^|\/)(training|summary)\.json$|\.manifest\.json$|\/trials\/\w+\.json$/;

/**
 * What a killed process may leave: its lock, and the hidden copy of a small file, which a write ten minutes later removes. Times
 * are kept by whoever trains.
 */
const LEFT = [/\.lock$/, /\/times\.json$/, /\/\.(?!.*\.partial\.)[^/]*\.\d+-\d+\.tmp$/];

/** Hash all files of a place. */
export function fingerprint({root, data, out}: Place): Map<string, string> {
  const found = new Map<string, string>();
  for (const folder of [data, out].filter((name) => existsSync(name))) {
    for (const entry of readdirSync(folder, {recursive: true, withFileTypes: true})) {
      if (!entry.isFile() || LEFT.some((pattern) => pattern.test(path.join(entry.parentPath, entry.name)))) continue;
      const file = path.join(entry.parentPath, entry.name);
      const hash = TIMED.test(file) ? "there" : createHash("sha256").update(readFileSync(file)).digest("hex");
      found.set(path.relative(root, file), hash);
    }
  }
  return found;
}

/** Run everything once, undisturbed. @throws Error if that fails. */
export async function makeReference(): Promise<Reference> {
  const place = new Place();
  const job = new Job(place);
  const {hashes, error, errors, seconds} = await job.ended;
  if (!hashes) throw new Error(`soak: the undisturbed run failed: ${error ?? errors}`);
  return {place, hashes, files: fingerprint(place), events: job.events, seconds};
}

/** Words of the system or of the language, which no sentence to a user has. */
const RAW = /\b(E[A-Z]{3,}|undefined|null|NaN|is not (a function|iterable)|Cannot read|Unexpected token)\b|^\S+Error:/;

/** Tell whether an error is one sentence for a user. */
export const isPlain = (error: string): boolean => !/\p{Cc}/u.test(error) && error.length < 1500 && !RAW.test(error);

/** Trouble on a place of its own. */
export class Trial {
  readonly faults: string[] = [];
  /** Number of troubles so far. */
  tried = 0;
  /** Number of processes that refused to go on, in a sentence. */
  refused = 0;
  /** Files that were damaged, with their hashes then. */
  private readonly damaged = new Map<string, string | undefined>();
  /** Steps of each training that a process told last. */
  private readonly reached = new Map<string, number>();

  constructor(
    readonly rng: Rng,
    readonly place: Place,
    readonly reference: Reference,
  ) {}

  fail(fault: string): void {
    this.faults.push(fault);
  }

  /** Begin with the first stages of the reference, as many as are drawn. @returns number of events until its end. */
  begin(stages = this.rng.integer(STAGES.length + 1)): number {
    this.place.begin(this.reference.place, stages, this.rng);
    const {events} = this.reference;
    const isNext = (event: PipelineEvent) => "stage" in event && event.stage === (STAGES[stages] ?? "export");
    return stages + events.length - events.findIndex(isNext);
  }

  /** Start a process, and watch it: no crash, no hang, errors in one sentence, and no training goes back too far. */
  start(options: JobOptions = {}): Job {
    const job = new Job(this.place, options);
    void job.ended.then((ending) => this.judge(job, ending));
    return job;
  }

  /** Note how far its trainings came, and look for signs of a crash. */
  private judge({trainings}: Job, {hung, error, stack, signal, errors}: Ending): void {
    if (hung) this.fail("a process hung");
    if (error !== undefined) this.refused++;
    if (error !== undefined && !isPlain(error)) this.fail(`unclear: ${JSON.stringify(error)} ${stack}`);
    if (signal === "SIGSEGV" || signal === "SIGABRT" || signal === "SIGBUS") this.fail(`crash, ${signal}: ${errors}`);
    for (const [label, {initial, done}] of trainings) {
      const before = this.reached.get(label) ?? 0;
      if (before - initial > SAVE_EVERY) this.fail(`${label}: ${before} steps were done, it went on from ${initial}`);
      this.reached.set(label, done);
    }
  }

  /** Damage a file below the data; if nothing reads it, it may stay so. */
  damage(file: string, change: (file: string) => void): void {
    change(path.join(this.place.data, file));
    this.damaged.set(`data/${file}`, fingerprint(this.place).get(`data/${file}`));
    this.tried++;
  }

  /** Forget how far trainings came: their checkpoints were damaged or removed. */
  forget(): void {
    this.reached.clear();
  }

  /** Wait for a process that was told to end, and for all that it started. */
  async untilEnd(job: Job): Promise<Ending> {
    const ending = await job.ended;
    const orphans = await untilGone(this.place.data, ORPHANS);
    if (orphans > 0) this.fail(`${orphans} orphans after ${ORPHANS} s`);
    return ending;
  }

  /** Run to the end undisturbed: everything must be as in the reference, to the byte, and nothing be left over. */
  async finish(options: JobOptions = {}): Promise<void> {
    const ending = await this.untilEnd(this.start(options));
    if (ending.hashes) this.compare(ending);
    else this.fail(`the last run ended without its results: ${ending.error ?? `${ending.signal} ${ending.errors}`}`);
  }

  /** Require what a finished process returned and left to be as in the reference. */
  compare(ending: Ending): void {
    this.compareResults(ending);
    this.compareFiles();
  }

  /** Require what a finished process returned to be as in the reference. */
  compareResults({hashes = {}}: Ending): void {
    const {reference} = this;
    if (!isDeepStrictEqual(hashes, reference.hashes)) {
      const names = Object.keys(reference.hashes).filter((name) => hashes[name] !== reference.hashes[name]);
      this.fail(`other results: ${names.join(", ")}`);
    }
  }

  private compareFiles(): void {
    const {reference} = this;
    const files = fingerprint(this.place);
    for (const name of new Set([...files.keys(), ...reference.files.keys()])) {
      const [expected, found] = [reference.files.get(name), files.get(name)];
      if (this.damaged.has(name) && this.damaged.get(name) === found) continue;
      if (found === undefined) this.fail(`not there: ${name}`);
      else if (expected === undefined) this.fail(`left over: ${name}`);
      else if (found !== expected) this.fail(`other bytes: ${name}`);
    }
  }
}
