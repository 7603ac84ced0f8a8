/** Program of the threads of `simulateAll`: simulate the requested trajectories. */
import {serve} from "@lola-ts/core";
import type {TrajectoryRequest} from "./registry";
import type {SimulatedTrajectory} from "./result";
import {simulateTrajectory} from "./trajectory";

serve<TrajectoryRequest, SimulatedTrajectory>(simulateTrajectory, ({fields}) =>
  Object.values(fields).map((field) => field.buffer),
);
