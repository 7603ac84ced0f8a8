/** Kills: processes are ended by signals, and started again. */
import {setTimeout as sleep} from "node:timers/promises";
import type {Target} from "../runner/job";
import type {Trial} from "../runner/trial";
import type {Kind} from "./kind";

const SIGNALS = ["SIGKILL", "SIGTERM", "SIGINT"] as const;
const TARGETS: readonly Target[] = ["group", "parent", "child"];

/** Kills of one trial at most. */
const KILLS = 3;

/** Run up to a drawn moment, and end what runs. @returns whether anything was ended. */
export async function killOnce(
  trial: Trial,
  events: number,
  {signal, target}: {readonly signal: NodeJS.Signals; readonly target: Target},
): Promise<boolean> {
  const {rng} = trial;
  const job = trial.start();
  await job.untilEvents(rng.integer(events));
  await sleep(rng.uniform(0, 500));
  let isHit = job.signal(signal, target);
  while (!isHit && job.runs) {
    await sleep(20); // no training runs yet
    isHit = job.signal(signal, target);
  }
  const ending = await trial.untilEnd(job);
  if (isHit && signal === "SIGKILL" && target !== "child" && ending.signal !== signal && !ending.hashes) {
    trial.fail(`expected the end by ${signal}, found ${ending.signal ?? ending.code}: ${ending.error}`);
  }
  if (ending.hashes) trial.compare(ending);
  return isHit && !ending.hashes;
}

async function killAgain(trial: Trial, signal: NodeJS.Signals, target: Target): Promise<void> {
  const events = trial.begin();
  for (let i = trial.rng.integer(KILLS); i >= 0; i--) {
    if (await killOnce(trial, events, {signal, target})) trial.tried++;
  }
  await trial.finish();
}

/** Milliseconds by which some processes live longer: an empty lock is taken over after five seconds. */
const LONGER = 6000;

/** Start again and again, and kill within half of the undisturbed run's time, one in ten later, until a process ends before. */
async function killUntilDone(trial: Trial): Promise<void> {
  const {rng, reference} = trial;
  trial.begin(0);
  for (;;) {
    const job = trial.start();
    const moment = rng.uniform(0, 500 * reference.seconds) + (rng.integer(10) === 0 ? LONGER : 0);
    const timer = setTimeout(() => job.signal("SIGKILL", "group"), moment);
    const ending = await trial.untilEnd(job);
    clearTimeout(timer);
    if (ending.hashes) return trial.compare(ending);
    if (ending.signal !== "SIGKILL") return trial.fail(`expected the end by SIGKILL, found: ${ending.error}`);
    trial.tried++;
  }
}

/** Each signal to each target, and kills in a row. */
export const kills: readonly Kind[] = [
  ...SIGNALS.flatMap((signal) =>
    TARGETS.map((target) => ({
      name: `${signal.slice(3)}, ${target}`,
      run: (trial: Trial) => killAgain(trial, signal, target),
    })),
  ),
  {name: "KILL, until it ends", run: killUntilDone},
];
