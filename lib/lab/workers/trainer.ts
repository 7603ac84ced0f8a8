/**
 * Trainings side by side.
 *
 * At small sizes a second thread hardly speeds one training up, but a second training costs it nothing. So each training
 * runs in a process of its own with few engine threads, as many at a time as the cores allow, and leaves its artefact in
 * the store. How many threads it has is part of its configuration: their number changes the order of sums, and so the
 * last digits.
 */
import {fork, type ChildProcess} from "node:child_process";
import {availableParallelism} from "node:os";
import type {AutoencoderChanges} from "../stages/autoencoders";
import type {EmulatorChanges, EmulatorSpec} from "../stages/emulators";
import {programFile} from "../../core/program";
import {interruptible} from "./interrupt";
import type {Config} from "../config";
import {Progress, type ProgressMessage} from "../notebook/progress";
import {TaskLimiter} from "./task-limiter";

/** One training as plain data. */
export type Job =
  | {readonly stage: "autoencoder"; readonly latentChannels: number; readonly changes: AutoencoderChanges}
  | {readonly stage: "emulator"; readonly method: EmulatorSpec; readonly changes: EmulatorChanges};

/** Message to a training process: the training to run. */
export interface TrainingOrder {
  readonly config: Config;
  /** Folder of the artefact store. */
  readonly root: string;
  readonly job: Job;
}

/** Message from a training process. */
export type WorkerMessage = {readonly progress: ProgressMessage} | {readonly error: string} | {readonly finished: true};

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

  /** Run one training when there is room for it. @throws Error with the process's own message if it fails. */
  run(order: TrainingOrder): Promise<void> {
    return this.slots.run(() => interruptible((signal) => this.train(order, signal)));
  }

  private train(order: TrainingOrder, signal: AbortSignal): Promise<void> {
    const threads = `${this.threads}`;
    const child = fork(programFile("lab/workers/train-process"), {
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      env: {
        ...process.env,
        NODE_OPTIONS: "",
        LOLA_RELAY: "1",
        TF_NUM_INTRAOP_THREADS: threads,
        TF_NUM_INTEROP_THREADS: threads,
        OMP_NUM_THREADS: threads,
      },
    });
    const stop = () => child.kill("SIGINT");
    signal.addEventListener("abort", stop);
    child.send(order);
    return listen(child).finally(() => signal.removeEventListener("abort", stop));
  }
}

/** Show a process's progress until it ends. */
function listen(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const lines = new Map<string, Progress>();
    let failure: Error | undefined;
    let finished = false;
    child.on("message", (word: WorkerMessage) => {
      if ("error" in word) failure = new Error(word.error);
      else if ("finished" in word) finished = true;
      else show(lines, word.progress);
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (finished) resolve();
      else reject(failure ?? new Error(`The training's process ended early (${signal ?? `exit code ${code}`}).`));
    });
  });
}

function show(lines: Map<string, Progress>, message: ProgressMessage): void {
  const {label, total, initial, waiting, done, values, remark} = message;
  const line = lines.get(label) ?? new Progress(label, total, {initial, waiting});
  lines.set(label, line);
  line.update(done, values, total);
  if (remark !== undefined) line.done(remark);
}
