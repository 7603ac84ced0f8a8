/** Program of a thread of `fitStandardization`: computes the moments of the requested trajectories. */
import {workerData} from "node:worker_threads";
import {serve} from "../core/workers";
import {trajectoryMoments, type Moments} from "./moments";
import type {Transform} from "../systems/registry";
import {WellSource, type WellSourceSpec} from "./well-source";

/** `workerData` of the thread. */
export interface MomentsData {
  readonly source: WellSourceSpec;
  readonly transform: readonly Transform[];
}

const {source, transform} = workerData as MomentsData;
let opened: Promise<WellSource> | undefined;

serve<number, Moments>(
  async (trajectory) => trajectoryMoments(await (opened ??= WellSource.open(source)), trajectory, transform),
  () => [],
);
