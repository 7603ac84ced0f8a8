/** Trajectories in parallel: each is independent, so threads share nothing and the result does not depend on them. */
import {existsSync} from "node:fs";
import {availableParallelism} from "node:os";
import {join} from "node:path";
import {setImmediate} from "node:timers/promises";
import {Worker} from "node:worker_threads";
import type {SimulatedTrajectory} from "./simulated";
import {expectedCost, simulateTrajectory, type TrajectoryRequest} from "./trajectory";
import type {Answer} from "./worker";

/** How far the work has come. */
export interface SimulationProgress {
  /** Finished trajectories, those that were kept from an earlier run included. */
  readonly done: number;
  readonly total: number;
  /** Seconds since the start. */
  readonly elapsed: number;
  /** Expected seconds to the end. */
  readonly left: number;
}

/** Where finished trajectories are kept, so that work that is killed goes on from them. */
export interface TrajectoryStore {
  /** Find what was kept for a request; undefined if there is nothing, or nothing sound. */
  read(index: number, request: TrajectoryRequest): SimulatedTrajectory | undefined;
  /** Keep a finished trajectory. */
  write(index: number, request: TrajectoryRequest, trajectory: SimulatedTrajectory): Promise<void> | void;
}

export interface PoolOptions {
  /** Threads; by default one per core, 0 works in the calling thread. */
  readonly workers?: number;
  /** Called after each trajectory. */
  readonly progress?: (progress: SimulationProgress) => void;
  /** Stops the work at once when aborted. */
  readonly signal?: AbortSignal;
  /** Trajectories that it has are not simulated again; those that are finished go into it before they are delivered. */
  readonly store?: TrajectoryStore;
}

/** The compiled worker beside this file, or in `dist` where this file runs as TypeScript (tests). */
function workerFile(): string {
  const candidates = [join(__dirname, "worker.js"), join(__dirname, "..", "dist", "simulate", "worker.js")];
  const file = candidates.find((candidate) => existsSync(candidate));
  if (file === undefined) {
    throw new Error(`simulateAll: expected the compiled worker at ${candidates[1]}, found none: run "npm run build"`);
  }
  return file;
}

type Deliver = (index: number, trajectory: SimulatedTrajectory) => Promise<void> | void;

/** A line of requests, the most expensive first: the last ones to finish are then short. */
class Queue {
  private readonly order: {index: number; cost: number}[];
  private readonly start = performance.now();
  private next = 0;
  private done: number;
  private doneCost = 0;
  private readonly totalCost: number;

  /** @param waiting indices of the requests that are to be run. */
  constructor(
    private readonly requests: readonly TrajectoryRequest[],
    waiting: readonly number[],
    private readonly deliver: Deliver,
    private readonly progress: PoolOptions["progress"],
  ) {
    this.order = waiting.map((index) => ({index, cost: expectedCost(requests[index])}));
    this.order.sort((a, b) => b.cost - a.cost || a.index - b.index);
    this.totalCost = this.order.reduce((sum, {cost}) => sum + cost, 0);
    this.done = requests.length - waiting.length;
  }

  /** Number of requests that wait. */
  get length(): number {
    return this.order.length - this.next;
  }

  /** Take requests until none is left, hand each to `run` and its result to `deliver`. */
  async drain(run: (request: TrajectoryRequest) => Promise<SimulatedTrajectory>): Promise<void> {
    while (this.next < this.order.length) {
      const {index, cost} = this.order[this.next++];
      await this.deliver(index, await run(this.requests[index]));
      this.done++;
      this.doneCost += cost;
      const elapsed = (performance.now() - this.start) / 1000;
      const left = elapsed * (this.totalCost / this.doneCost - 1);
      this.progress?.({done: this.done, total: this.requests.length, elapsed, left: Math.max(left, 0)});
    }
  }
}

/** Deliver what a store has; the indices of the requests that remain. */
async function deliverKept(
  requests: readonly TrajectoryRequest[],
  deliver: Deliver,
  store: TrajectoryStore | undefined,
): Promise<number[]> {
  const waiting: number[] = [];
  for (const [index, request] of requests.entries()) {
    const kept = store?.read(index, request);
    if (kept) await deliver(index, kept);
    else waiting.push(index);
  }
  return waiting;
}

/** Send a request to a worker and wait for its answer. */
function ask(worker: Worker, request: TrajectoryRequest): Promise<SimulatedTrajectory> {
  return new Promise((resolve, reject) => {
    const seed = request.seed.join(", ");
    const settle = (act: () => void): void => {
      worker.off("message", onMessage).off("error", onError).off("exit", onExit);
      act();
    };
    const onMessage = (answer: Answer): void =>
      settle(() => ("trajectory" in answer ? resolve(answer.trajectory) : reject(new Error(answer.failure))));
    const onError = (error: Error): void =>
      settle(() => reject(new Error(`The worker of the trajectory with seed (${seed}) failed: ${error.message}`)));
    const onExit = (code: number): void =>
      settle(() => reject(new Error(`The worker of the trajectory with seed (${seed}) ended with code ${code}`)));
    worker.on("message", onMessage).on("error", onError).on("exit", onExit);
    worker.postMessage(request);
  });
}

/** Reject when the signal aborts; `release` stops listening. */
function aborted(signal: AbortSignal | undefined): {promise: Promise<never>; release: () => void} {
  let release = (): void => {};
  const promise = new Promise<never>((_, reject) => {
    const listener = (): void => reject(signal?.reason as Error);
    signal?.addEventListener("abort", listener, {once: true});
    release = () => signal?.removeEventListener("abort", listener);
  });
  return {promise, release};
}

/**
 * Simulate trajectories and hand each to `deliver` when it is finished, in any order, with its index in `requests`.
 *
 * @throws RangeError unless `workers` is a whole number.
 * @throws Error naming its seed if a trajectory fails; the others are stopped.
 * @throws The signal's reason if it is aborted.
 */
export async function simulateAll(
  requests: readonly TrajectoryRequest[],
  deliver: Deliver,
  {workers = availableParallelism(), progress, signal, store}: PoolOptions = {},
): Promise<void> {
  if (!(Number.isInteger(workers) && workers >= 0)) {
    throw new RangeError(`simulateAll: expected a whole number of workers, found ${workers}`);
  }
  signal?.throwIfAborted();
  const waiting = await deliverKept(requests, deliver, store);
  const keep: Deliver = async (index, trajectory) => {
    await store?.write(index, requests[index], trajectory);
    await deliver(index, trajectory);
  };
  const queue = new Queue(requests, waiting, keep, progress);
  if (workers === 0) {
    return queue.drain(async (request) => {
      await setImmediate(); // lets an abort through
      signal?.throwIfAborted();
      return simulateTrajectory(request);
    });
  }

  const file = workerFile();
  const threads = Array.from({length: Math.min(workers, queue.length)}, () => new Worker(file));
  const abort = aborted(signal);
  try {
    const work = threads.map((thread) => queue.drain((request) => ask(thread, request)));
    await Promise.race([Promise.all(work), abort.promise]);
  } finally {
    abort.release();
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}
