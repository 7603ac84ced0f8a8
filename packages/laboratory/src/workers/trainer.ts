/**
 * Trainings side by side.
 *
 * At small sizes a second thread hardly speeds one training up, but a second training costs it nothing. So each training
 * runs in a process of its own with few engine threads, as many at a time as the cores allow, and leaves its artefact in
 * the store. A process that has ended a training waits a while for the next one, which then begins without its start. How
 * many threads a process has is part of its configuration: their number changes the order of sums, and so the last digits.
 */
import {fork, type ChildProcess} from "node:child_process";
import type {Socket} from "node:net";
import {availableParallelism} from "node:os";
import {errorFrom, hasCode, type ErrorMessage, programFile} from "@lola-ts/core";
import {freeHosts, type RanksOptions} from "@lola-ts/engine";
import {interruptible, Progress, type ProgressMessage, TaskLimiter} from "@lola-ts/cache";
import type {Config} from "../config";
import {type Job} from "../model-changes";

export interface TrainingOrder {
  readonly config: Config;
  readonly root: string;
  readonly job: Job;
  readonly join?: RanksOptions;
}

export type WorkerMessage =
  | {readonly progress: ProgressMessage}
  | {readonly error: ErrorMessage}
  /** The artefact is in the store; whether the process can make another one. */
  | {readonly finished: true; readonly waits: boolean};

/** Runs trainings in processes of their own, a few at a time. */
export class Trainer {
  private readonly threads: number;
  private readonly slots: TaskLimiter;

  /** @param threads engine threads of a training; 0 for as many as there are cores. */
  constructor(threads: number) {
    const cores = availableParallelism();
    this.threads = threads === 0 ? cores : Math.min(threads, cores);
    this.slots = new TaskLimiter(Math.max(1, Math.floor(cores / this.threads)));
  }

  /** Run one training when there is room for it, in one process or several. @throws Error with the message of the first that failed. */
  run(order: TrainingOrder, parallel = 1, line?: Progress): Promise<void> {
    const train = (signal: AbortSignal) =>
      parallel === 1 ? this.train(order, signal, line) : this.trainTogether(order, parallel, signal, line);
    return interruptible((signal) =>
      this.slots.run(() => {
        signal.throwIfAborted(); // a training that waited for room when the interrupt came does not begin
        line?.restart();
        return train(signal);
      }),
    );
  }

  /** Start all ranks; the first one tells how far they are. Where another program took a port first, they start once more. */
  private async trainTogether(
    order: TrainingOrder,
    parallel: number,
    signal: AbortSignal,
    line?: Progress,
    tries = 3,
  ): Promise<void> {
    const hosts = await freeHosts(parallel);
    const taken = new AbortController();
    const train = async (rank: number) => {
      try {
        await this.train({...order, join: {hosts, rank}}, AbortSignal.any([signal, taken.signal]), line);
      } catch (error) {
        if (hasCode(error, "port-taken")) taken.abort(error);
        throw error;
      }
    };
    const ends = await Promise.allSettled(hosts.map((_, rank) => train(rank)));
    if (taken.signal.aborted && !signal.aborted && tries > 1) {
      return this.trainTogether(order, parallel, signal, line, tries - 1);
    }
    const errors = ends.flatMap((end) => (end.status === "rejected" ? [end.reason as Error] : []));
    if (errors.length > 0) throw errors.find((error) => !hasCode(error, "rank-lost")) ?? errors[0];
  }

  private train(order: TrainingOrder, signal: AbortSignal, line?: Progress): Promise<void> {
    const ranks = order.join?.hosts.length ?? 1;
    const threads = Math.min(this.threads, Math.max(1, Math.floor(availableParallelism() / ranks)));
    return TrainingProcess.forThreads(threads).train(order, signal, line);
  }
}

const WRITTEN = 2048;

/** Last output of a process, without the engine's notices, for the end of a sentence. */
function saidIn(written: string): string {
  const lines = written.split("\n").filter((line) => !/^[IW]\d{4} |^WARNING: All log messages/.test(line));
  const text = lines.join("\n").trim().replace(/\.$/, "");
  return text && `; it wrote: ${text}`;
}

/** Milliseconds for which a process waits for its next training. */
const PATIENCE = 30_000;

/** A process that trains, one artefact after the other. */
class TrainingProcess {
  private static readonly waiting = new Set<TrainingProcess>();
  private written = "";
  private patience?: NodeJS.Timeout;

  /** A process that waits, or a new one, with a number of engine threads and the environment of now. */
  static forThreads(count: number): TrainingProcess {
    const threads = `${count}`;
    const engine = {TF_NUM_INTRAOP_THREADS: threads, TF_NUM_INTEROP_THREADS: threads, OMP_NUM_THREADS: threads};
    const env = {...process.env, NODE_OPTIONS: "", LOLA_RELAY: "1", ...engine};
    const program = programFile(__dirname, "train-process");
    const start = JSON.stringify([program, env]);
    const found = [...this.waiting].find((one) => one.start === start && one.child.connected);
    found?.wake();
    return found ?? new TrainingProcess(start, fork(program, {stdio: ["ignore", "ignore", "pipe", "ipc"], env}));
  }

  /** @param start program and environment of the process. */
  private constructor(
    private readonly start: string,
    private readonly child: ChildProcess,
  ) {
    child.stderr!.on("data", (text: Buffer) => (this.written = (this.written + text.toString()).slice(-WRITTEN)));
  }

  /** Make the artefact of an order, and show how far it is where this process is the only one or the first rank. */
  train(order: TrainingOrder, signal: AbortSignal, line?: Progress): Promise<void> {
    const {child} = this;
    const isSeen = (order.join?.rank ?? 0) === 0;
    // A rank that waits for one without a port has nothing to save.
    const stop = () => child.kill(hasCode(signal.reason, "port-taken") ? "SIGKILL" : "SIGINT");
    signal.addEventListener("abort", stop);
    return new Promise<void>((resolve, reject) => {
      const lines = new Map(line && [[line.label, line]]);
      let failure: Error | undefined;
      let finished = false;
      child.on("message", (word: WorkerMessage) => {
        if ("error" in word) failure = errorFrom(word.error);
        else if ("finished" in word) {
          finished = true;
          if (word.waits) {
            this.wait();
            resolve();
          }
        } else if (isSeen) show(lines, word.progress);
      });
      child.on("error", reject);
      child.on("close", (code, exitSignal) => {
        const end = `The training's process ended early (${exitSignal ?? `exit code ${code}`})${saidIn(this.written)}.`;
        if (finished) resolve();
        else reject(failure ?? new Error(end));
      });
      child.send(order);
    }).finally(() => {
      signal.removeEventListener("abort", stop);
      for (const event of ["message", "error", "close"]) child.removeAllListeners(event);
    });
  }

  /** Wait for another training, without keeping this program from its end. */
  private wait(): void {
    TrainingProcess.waiting.add(this);
    const end = () => {
      TrainingProcess.waiting.delete(this);
      if (this.child.connected) this.child.disconnect();
    };
    this.patience = setTimeout(end, PATIENCE).unref();
    for (const part of this.parts) part.unref();
  }

  private wake(): void {
    TrainingProcess.waiting.delete(this);
    clearTimeout(this.patience);
    this.written = "";
    for (const part of this.parts) part.ref();
  }

  /** Handles that keep a program from its end while the process runs. */
  private get parts(): {ref(): void; unref(): void}[] {
    return [this.child, this.child.channel!, this.child.stderr as Socket];
  }
}

function show(lines: Map<string, Progress>, message: ProgressMessage): void {
  const {label, total, initial, waiting, done, values, remark} = message;
  const line = lines.get(label) ?? new Progress(label, total, {initial, waiting});
  lines.set(label, line);
  line.update(done, values, total);
  if (remark !== undefined) line.done(remark);
}
