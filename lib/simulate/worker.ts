/** The other end of a worker thread of `simulateAll`: it simulates what it is sent, one trajectory at a time. */
import {parentPort} from "node:worker_threads";
import type {SimulatedTrajectory} from "./simulated";
import {simulateTrajectory, type TrajectoryRequest} from "./trajectory";

/** What a worker answers to a request. */
export type Answer = {readonly trajectory: SimulatedTrajectory} | {readonly failure: string};

parentPort?.on("message", (request: TrajectoryRequest) => {
  try {
    const trajectory = simulateTrajectory(request);
    const buffers = Object.values(trajectory.fields).map((field) => field.buffer as ArrayBuffer);
    parentPort?.postMessage({trajectory} satisfies Answer, buffers); // moved, not copied
  } catch (error) {
    parentPort?.postMessage({failure: error instanceof Error ? error.message : String(error)} satisfies Answer);
  }
});
