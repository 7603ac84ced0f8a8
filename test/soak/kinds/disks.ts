/** Disks: full, read-only, or without the folder, for a while; afterwards the same command goes on. */
import {existsSync, mkdirSync} from "node:fs";
import path from "node:path";
import {setTimeout as sleep} from "node:timers/promises";
import {pick} from "../../fuzz/runner/mutations";
import {removeFolder, STAGES} from "../runner/place";
import type {Trial} from "../runner/trial";
import type {Kind} from "./kind";

/** Make trouble from a drawn moment of a run to its end, or for some seconds. @param begin returns how it ends. */
async function whileRunning(trial: Trial, begin: () => () => void): Promise<void> {
  const {rng} = trial;
  const events = trial.begin();
  const job = trial.start();
  await job.untilEvents(rng.integer(events));
  await sleep(rng.uniform(0, 500));
  if (job.runs) trial.tried++;
  const end = begin();
  if (rng.integer(2) === 0) await Promise.race([job.ended, sleep(3000)]);
  else await job.ended;
  end();
  const ending = await trial.untilEnd(job);
  if (ending.hashes)
    trial.compareResults(ending); // what it had loaded may be gone from the disk
  else trial.forget();
  await trial.finish();
}

const fillDisk = (trial: Trial): Promise<void> => whileRunning(trial, () => trial.place.fill());

/** Limit the size of files, where no disk can be filled. */
async function limitFiles(trial: Trial): Promise<void> {
  trial.begin();
  await trial.untilEnd(trial.start({blocks: 1 + trial.rng.integer(64)}));
  trial.tried++;
  trial.forget();
  await trial.finish();
}

const lockDisk = (trial: Trial): Promise<void> =>
  whileRunning(trial, () => {
    trial.place.setReadOnly(true);
    return () => trial.place.setReadOnly(false);
  });

/** Remove the whole data folder, or that of a stage. */
const loseFolder = (trial: Trial): Promise<void> =>
  whileRunning(trial, () => {
    const {data} = trial.place;
    const folder = pick(trial.rng, [data, ...STAGES.map((stage) => path.join(data, stage))]);
    removeFolder(folder);
    trial.forget();
    return () => void (existsSync(data) || mkdirSync(data));
  });

/** @param mounted whether disks may be mounted. */
export const disks = (mounted: boolean): readonly Kind[] => [
  mounted
    ? {name: "full disk (tmpfs)", disk: true, run: fillDisk}
    : {name: "files may not grow (ulimit -f)", run: limitFiles},
  {name: mounted ? "read-only disk (tmpfs)" : "read-only folders", disk: true, run: lockDisk},
  {name: "folder removed", run: loseFolder},
];
