/** Clocks that were set, and processes that want the same. */
import {lutimesSync} from "node:fs";
import path from "node:path";
import {setTimeout as sleep} from "node:timers/promises";
import {pick} from "../../fuzz/runner/mutations";
import type {Job} from "../runner/job";
import {STAGES} from "../runner/place";
import type {Trial} from "../runner/trial";
import type {Kind} from "./kind";
import {killOnce} from "./kills";

const HOUR = 3_600_000;

/** End a run, set the clock, shift the times of some files, and go on. */
async function setClock(trial: Trial, shifts: readonly number[]): Promise<void> {
  const {rng, place} = trial;
  const events = trial.begin();
  await killOnce(trial, events, {signal: "SIGKILL", target: "group"});
  const shift = HOUR * pick(rng, shifts);
  const time = (Date.now() - shift) / 1000;
  for (const file of place.files()) if (rng.integer(2) === 0) lutimesSync(path.join(place.data, file), time, time);
  trial.tried++;
  await trial.finish({clock: shift});
}

/** Two or three processes at once; the first may be killed. */
async function together(trial: Trial): Promise<void> {
  const {rng, reference} = trial;
  const events = trial.begin(rng.integer(STAGES.length));
  const first = trial.start();
  const others: Job[] = [];
  for (let i = rng.integer(2); i >= 0; i--) {
    await sleep(rng.uniform(0, 300 * reference.seconds));
    others.push(trial.start());
  }
  trial.tried++;
  if (rng.integer(2) === 0) {
    await first.untilEvents(rng.integer(events));
    first.signal(pick(rng, ["SIGKILL", "SIGTERM", "SIGINT"] as const), pick(rng, ["group", "parent"] as const));
    await first.ended;
  }
  for (const job of [first, ...others]) {
    const ending = await job.ended;
    if (ending.hashes) trial.compare(ending);
    else if (job !== first) trial.fail(`another process ended without its results: ${ending.error}`);
  }
  await trial.finish();
}

export const others: readonly Kind[] = [
  {name: "clock set back", run: (trial) => setClock(trial, [-1, -24, -24 * 800])},
  {name: "clock set forward", run: (trial) => setClock(trial, [1, 24, 24 * 800])},
  {name: "two or three processes", run: together},
  {
    name: "no trouble",
    run: async (trial) => {
      trial.begin();
      trial.tried++;
      await trial.finish();
    },
  },
];
