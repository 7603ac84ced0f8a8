/** The program of a thread of `fitStandardization`: it gathers the moments of the trajectories that it is sent. */
import {workerData} from "node:worker_threads";
import {serve} from "../core/workers";
import {trajectoryMoments, type Moments} from "./moments";
import type {Transform} from "../systems/registry";
import {WellSource, type WellSourceSpec} from "./well-source";

/** What the thread is told when it starts. */
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
