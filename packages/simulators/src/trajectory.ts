/** Simulation of one trajectory of any system: a pure function of its request. */
import {systemOf, type TrajectoryRequest} from "./registry";
import type {SimulatedTrajectory} from "./result";

/** Estimate the work of a trajectory in cell updates; comparable between requests of one system, roughly between systems. */
export function expectedCost(request: TrajectoryRequest): number {
  return systemOf(request.system).cost(request);
}

/**
 * Simulate a trajectory.
 *
 * @throws Error naming the seed if it fails, e.g. because the state stops being finite.
 */
export function simulateTrajectory(request: TrajectoryRequest): SimulatedTrajectory {
  try {
    return systemOf(request.system).simulate(request);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The trajectory with seed (${request.seed.join(", ")}) failed: ${reason}`, {cause: error});
  }
}
