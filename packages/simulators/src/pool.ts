/** Parallel simulation: trajectories are independent, so threads share nothing and do not change the result. */
import {availableParallelism} from "node:os";
import {setImmediate} from "node:timers/promises";
import {withThreads, type Thread, programFile} from "@lola-ts/core";
import type {TrajectoryRequest} from "./registry";
import type {SimulatedTrajectory} from "./result";
import {expectedCost, simulateTrajectory} from "./trajectory";

/** Progress of a simulation. */
export interface SimulationProgress {
  /** Number of finished trajectories, those from the store included. */
  readonly done: number;
  /** Number of all trajectories. */
  readonly total: number;
  /** Seconds since the start. */
  readonly elapsed: number;
  /** Expected seconds to the end. */
  readonly left: number;
}

/** Store of finished trajectories, from which an interrupted run resumes. */
export interface TrajectoryStore {
  /** Read the trajectory of a request; undefined if there is none, or it is damaged. */
  read(index: number, request: TrajectoryRequest): SimulatedTrajectory | undefined;
  /** Store a finished trajectory. */
  write(index: number, request: TrajectoryRequest, trajectory: SimulatedTrajectory): Promise<void> | void;
}

export interface PoolOptions {
  /** Number of threads; 0 simulates in the calling thread. Default: one per core. */
  readonly workers?: number;
  /** Called after each simulated trajectory. */
  readonly progress?: (progress: SimulationProgress) => void;
  /** Stops the simulation when aborted. */
  readonly signal?: AbortSignal;
  /** Trajectories in it are not simulated again; finished ones are stored before they are delivered. Default: none. */
  readonly store?: TrajectoryStore;
}

type Deliver = (index: number, trajectory: SimulatedTrajectory) => Promise<void> | void;

/** Queue of requests, the most expensive first, so that threads finish at about the same time. */
class Queue {
  private readonly order: {index: number; cost: number}[];
  private readonly start = performance.now();
  private next = 0;
  private done: number;
  private doneCost = 0;
  private readonly totalCost: number;

  /** @param waiting Indices of the requests to simulate. */
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

  /** Run requests until none is left, and deliver their results. */
  async drain(run: (request: TrajectoryRequest) => Promise<SimulatedTrajectory>): Promise<void> {
    while (this.next < this.order.length) {
      const {index, cost} = this.order[this.next++];
      await this.deliver(index, await run(this.requests[index]));
      this.done++;
      this.doneCost += cost;
      const elapsed = (performance.now() - this.start) / 1000;
      const total = this.requests.length;
      // Sums of costs in another order differ by rounding, so the end is known by the count.
      const left = this.done === total ? 0 : Math.max(elapsed * (this.totalCost / this.doneCost - 1), 0);
      this.progress?.({done: this.done, total, elapsed, left});
    }
  }
}

/** Deliver the trajectories of a store, and return the indices of the other requests. */
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

/**
 * Simulate trajectories, and call `deliver` with the index in `requests` of each and its result, in the order they finish.
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
    throw new RangeError(`simulateAll: expected a whole number of workers, found ${workers}.`);
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

  const part = (thread: Thread<TrajectoryRequest, SimulatedTrajectory>) =>
    queue.drain((request) => thread.ask(request, `the trajectory with seed (${request.seed.join(", ")})`));
  await withThreads(programFile(__dirname, "trajectory-worker"), Math.min(workers, queue.length), part, {signal});
}
