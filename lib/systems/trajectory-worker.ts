/** The program of a thread of `simulateAll`: it simulates the trajectories that it is sent. */
import {serve} from "../core/workers";
import type {SimulatedTrajectory} from "./result";
import {simulateTrajectory, type TrajectoryRequest} from "./trajectory";

serve<TrajectoryRequest, SimulatedTrajectory>(simulateTrajectory, ({fields}) =>
  Object.values(fields).map((field) => field.buffer),
);
