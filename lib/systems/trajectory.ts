/** One simulated trajectory of any system: a pure function of its request, wherever and whenever it runs. */
import {expectedEulerCost, simulateEulerTrajectory, type EulerRequest} from "./euler/trajectory";
import * as gravityCooling from "./gravity-cooling/trajectory";
import * as rayleighBenard from "./rayleigh-benard/trajectory";
import type {SimulatedTrajectory} from "./result";

/** Everything that determines a trajectory, and the system whose equations it obeys. */
export type TrajectoryRequest =
  | ({readonly system: "euler"} & EulerRequest)
  | ({readonly system: "rayleigh-benard"} & rayleighBenard.RayleighBenardRequest)
  | ({readonly system: "gravity-cooling"} & gravityCooling.GravityCoolingRequest);

/** Systems that can be simulated. */
export type SimulatedSystem = TrajectoryRequest["system"];

/** Estimate the work of a trajectory; comparable between requests of one system. */
export function expectedCost(request: TrajectoryRequest): number {
  switch (request.system) {
    case "euler":
      return expectedEulerCost(request);
    case "rayleigh-benard":
      return rayleighBenard.expectedCost(request);
    case "gravity-cooling":
      return gravityCooling.expectedCost(request);
  }
}

/**
 * Simulate a trajectory.
 *
 * @throws Error naming the seed if it fails, e.g. because the state stops being finite.
 */
export function simulateTrajectory(request: TrajectoryRequest): SimulatedTrajectory {
  try {
    return run(request);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The trajectory with seed (${request.seed.join(", ")}) failed: ${reason}`, {cause: error});
  }
}

function run(request: TrajectoryRequest): SimulatedTrajectory {
  switch (request.system) {
    case "euler":
      return simulateEulerTrajectory(request);
    case "rayleigh-benard":
      return rayleighBenard.simulateRayleighBenard(request);
    case "gravity-cooling":
      return gravityCooling.simulateGravityCooling(request);
  }
}
