/** The program of a thread of `simulateAll`: it simulates the trajectories that it is sent. */
import {serve} from "../core/workers";
import type {TrajectoryRequest} from "./registry";
import type {SimulatedTrajectory} from "./result";
import {simulateTrajectory} from "./trajectory";

serve<TrajectoryRequest, SimulatedTrajectory>(simulateTrajectory, ({fields}) =>
  Object.values(fields).map((field) => field.buffer),
);
