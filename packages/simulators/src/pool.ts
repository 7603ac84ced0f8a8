/** Parallel simulation: trajectories are independent, so threads share nothing and do not change the result. */
import {availableParallelism} from "node:os";
import {setImmediate} from "node:timers/promises";
import {
  fromJsonText,
  toJsonText,
  withThreads,
  type Thread,
  programFile,
  openSafetensors,
  writeSafetensors,
} from "@lola-ts/core";
import type {TrajectoryRequest} from "./registry";
import type {SimulatedTrajectory, Diagnostics} from "./result";
import {expectedCost, simulateTrajectory} from "./trajectory";
import {join} from "node:path";

export interface SimulationProgress {
  /** Number of finished trajectories, those from the store included. */
  readonly done: number;
  readonly total: number;
  /** Expected seconds to the end. */
  readonly left: number;
}

/** Store of finished trajectories, from which an interrupted run resumes. */
export interface TrajectoryStore {
  /** Read the trajectory of a request; undefined if there is none, or it is damaged. */
  read(index: number, request: TrajectoryRequest): SimulatedTrajectory | undefined;
  write(index: number, request: TrajectoryRequest, trajectory: SimulatedTrajectory): Promise<void> | void;
}

export interface PoolOptions {
  /** Number of threads; 0 simulates in the calling thread. Default: one per core, or 0 for less work than starting them takes. */
  readonly workers?: number;
  /** Called after each simulated trajectory. */
  readonly progress?: (progress: SimulationProgress) => void;
  /** Stops the simulation when aborted. */
  readonly signal?: AbortSignal;
  /** Trajectories in it are not simulated again; finished ones are stored before they are delivered. Default: none. */
  readonly store?: TrajectoryStore;
}

/** Cell updates that take about as long as the start of a thread. */
const THREAD_START = 2e6;

type Deliver = (index: number, trajectory: SimulatedTrajectory) => Promise<void> | void;

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
  {workers, progress, signal, store}: PoolOptions = {},
): Promise<void> {
  if (workers !== undefined && !(Number.isInteger(workers) && workers >= 0)) {
    throw new RangeError(`simulateAll: expected a whole number of workers, found ${workers}.`);
  }
  signal?.throwIfAborted();
  const waiting: {index: number; cost: number}[] = [];
  for (const [index, request] of requests.entries()) {
    const kept = store?.read(index, request);
    if (kept) await deliver(index, kept);
    else waiting.push({index, cost: expectedCost(request)});
  }
  // The most expensive first, so that threads finish at about the same time.
  waiting.sort((a, b) => b.cost - a.cost || a.index - b.index);
  const total = requests.length;
  const totalCost = waiting.reduce((sum, {cost}) => sum + cost, 0);
  const start = performance.now();
  let done = total - waiting.length;
  let doneCost = 0;

  const drain = async (run: (request: TrajectoryRequest) => Promise<SimulatedTrajectory>): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const {index, cost} = next;
      const trajectory = await run(requests[index]);
      await store?.write(index, requests[index], trajectory);
      await deliver(index, trajectory);
      done++;
      doneCost += cost;
      const elapsed = (performance.now() - start) / 1000;
      // Sums of costs in another order differ by rounding, so the end is known by the count.
      const left = done === total ? 0 : Math.max(elapsed * (totalCost / doneCost - 1), 0);
      progress?.({done, total, left});
    }
  };
  const threads = workers ?? (totalCost < THREAD_START ? 0 : availableParallelism());
  if (threads === 0) {
    return drain(async (request) => {
      await setImmediate(); // lets an abort through
      signal?.throwIfAborted();
      return simulateTrajectory(request);
    });
  }
  const part = (thread: Thread<TrajectoryRequest, SimulatedTrajectory>) =>
    drain((request) => thread.ask(request, `the trajectory with seed (${request.seed.join(", ")})`));
  await withThreads(programFile(__dirname, "trajectory-worker"), Math.min(threads, waiting.length), part, {signal});
}

/**
 * Open the store of a folder, which is made when the first trajectory is finished: a safetensors file for each, with its checksum,
 * so that an interrupted simulation can resume.
 */
export function keepTrajectories(folder: string): TrajectoryStore {
  const path = (index: number) => join(folder, `${index}.trajectory`);
  return {
    read(index, request) {
      try {
        return readKept(path(index), request);
      } catch {
        return undefined; // there is none, or it is damaged
      }
    },

    async write(index, request, {fields, diagnostics}) {
      const tensors = Object.entries(fields).map(([name, data]) => [name, {shape: [data.length], data}] as const);
      const texts = Object.entries({request, diagnostics}).map(([name, value]) => [name, toJsonText(value)] as const);
      await writeSafetensors(path(index), new Map(tensors), new Map(texts));
    },
  };
}

function readKept(path: string, request: TrajectoryRequest): SimulatedTrajectory | undefined {
  const file = openSafetensors(path);
  try {
    if (file.metadata.get("request") !== toJsonText(request)) return undefined;
    const fields = [...file.shapes.keys()].map((name) => [name, file.read(name).data as Float32Array] as const);
    const diagnostics = fromJsonText(file.metadata.get("diagnostics")!) as Diagnostics;
    return {fields: Object.fromEntries(fields), diagnostics};
  } finally {
    file.close();
  }
}
