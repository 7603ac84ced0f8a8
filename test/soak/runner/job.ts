/** One process of a trial: started, ended by signals, and heard. */
import {spawn, type ChildProcess} from "node:child_process";
import path from "node:path";
import {createInterface} from "node:readline";
import type {PipelineEvent} from "../programs/pipeline";
import type {Place} from "./place";
import {childrenOf} from "./processes";

const FOLDER = path.join(__dirname, "..");
const TYPESCRIPT = path.join(FOLDER, "../../environment/typescript.cjs");

/** Seconds after which a process counts as hanging: another machine's lock is taken over after 300. */
const PATIENCE = 480;

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Hashes of what it returned, if it finished. */
  readonly hashes?: Readonly<Record<string, string>>;
  /** Sentence of its error, and where that arose. */
  readonly error?: string;
  readonly stack?: string;
  /** End of what it wrote to its error output. */
  readonly errors: string;
  readonly hung: boolean;
  readonly seconds: number;
}

export type Target = "group" | "parent" | "child";

export interface JobOptions {
  /** Milliseconds that its clock is ahead. Default: 0. */
  readonly clock?: number;
  /** Blocks of 1024 bytes that its files may have. Default: any. */
  readonly blocks?: number;
}

/** A process that runs the whole pipeline on a place. */
export class Job {
  readonly ended: Promise<Ending>;
  /** Stages and steps that it told so far, in order. */
  readonly events: PipelineEvent[] = [];
  /** By training: its first step in this process, and its last one so far. */
  readonly trainings = new Map<string, {readonly initial: number; done: number}>();
  private readonly child: ChildProcess;
  private final: Pick<Ending, "hashes" | "error" | "stack"> = {};
  private waiting: (() => void)[] = [];

  constructor(place: Place, {clock = 0, blocks}: JobOptions = {}) {
    const begin = performance.now();
    const preload = ["-r", TYPESCRIPT, ...(clock === 0 ? [] : ["-r", path.join(FOLDER, "programs/clock.cjs")])];
    const command = [process.execPath, ...preload, path.join(FOLDER, "programs/pipeline.ts")];
    const limited = blocks === undefined ? command : ["bash", "-c", `ulimit -f ${blocks}; exec "$@"`, "", ...command];
    this.child = spawn(limited[0], limited.slice(1), {
      detached: true, // a group of its own
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        NODE_OPTIONS: "",
        LOLA_DATA: place.data,
        LOLA_OUT: place.out,
        LOLA_CLOCK: `${clock}`,
      },
    });
    let errors = "";
    this.child.stderr!.on("data", (text: Buffer) => (errors = (errors + text.toString()).slice(-2000)));
    createInterface({input: this.child.stdout!}).on("line", (line) => this.hear(line));
    let hung = false;
    const timer = setTimeout(() => {
      hung = true;
      this.signal("SIGKILL", "group");
    }, 1000 * PATIENCE);
    this.ended = new Promise((resolve, reject) => {
      this.child.once("error", reject);
      this.child.once("close", (code, signal) => {
        clearTimeout(timer);
        this.waiting.splice(0).forEach((wake) => wake());
        const seconds = (performance.now() - begin) / 1000;
        resolve({code, signal, ...this.final, errors, hung, seconds});
      });
    });
  }

  /** Whether it still runs. */
  get runs(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Wait until it told the given number of events, or ended. */
  async untilEvents(count: number): Promise<void> {
    while (this.runs && this.events.length < count) await new Promise<void>((wake) => this.waiting.push(wake));
  }

  /** Send a signal to its group, to itself, or to one of its training processes. @returns whether there was one. */
  signal(signal: NodeJS.Signals, target: Target): boolean {
    const pid = this.child.pid!;
    const to = target === "group" ? -pid : target === "parent" ? pid : childrenOf(pid)[0];
    if (!this.runs || to === undefined) return false;
    try {
      return process.kill(to, signal);
    } catch {
      return false; // it has just ended
    }
  }

  private hear(line: string): void {
    if (!line.startsWith("{")) return;
    const event = JSON.parse(line) as PipelineEvent;
    if ("hashes" in event || "error" in event) {
      this.final = event;
      return;
    }
    if ("progress" in event) {
      const {label, initial = 0, done} = event.progress;
      const known = this.trainings.get(label);
      if (known) known.done = done;
      else this.trainings.set(label, {initial, done});
    }
    this.events.push(event);
    this.waiting.splice(0).forEach((wake) => wake());
  }
}
