/** Program of a thread of `fitStandardization`: computes the moments of the requested trajectories. */
import {workerData} from "node:worker_threads";
import {serve, type Transform} from "@lola-ts/core";
import {trajectoryMoments, type Moments} from "./moments";
import {reopen, type SourceOpener, type TrajectorySource} from "./source";

/** `workerData` of the thread. */
export interface MomentsData {
  readonly source: SourceOpener;
  readonly transform: readonly Transform[];
}

const {source, transform} = workerData as MomentsData;
let opened: Promise<TrajectorySource> | undefined;

serve<number, Moments>(
  async (trajectory) => trajectoryMoments(await (opened ??= reopen(source)), trajectory, transform),
  () => [],
);
