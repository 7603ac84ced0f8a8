/** The program of a thread of `simulateAll`: it simulates the trajectories that it is sent. */
import {serve} from "../threads";
import type {SimulatedTrajectory} from "./simulated";
import {simulateTrajectory, type TrajectoryRequest} from "./trajectory";

serve<TrajectoryRequest, SimulatedTrajectory>(simulateTrajectory, ({fields}) =>
  Object.values(fields).map((field) => field.buffer),
);
