/** A sweep as job arrays of Slurm. */
import {shown} from "@lola-ts/core";
import {measuredTrials, type Trial} from "./trial";
import {sweepTable} from "./sweep-table";
import {
  countStates,
  elementsOf,
  lastLines,
  submissionsOf,
  submitArray,
  type ArrayElement,
  type SlurmOptions,
  squeue,
} from "./slurm";
import {SweepFolder, type SweepStore} from "./sweep-folder";
import {sweepInWords, trialInWords, trialsOf, type SweepPlan} from "./sweep-plan";
import {trialKey} from "./trial-run";

type Elements = ReadonlyMap<string, ArrayElement<Trial>>;

const elementsOfSweep = ({path, plan}: SweepFolder): Elements =>
  elementsOf<Trial>(path, (trial) => trialKey(plan, trial));

export async function submitSweep(store: SweepStore, plan: SweepPlan, options: SlurmOptions): Promise<string> {
  const folder = new SweepFolder(store, plan);
  squeue(["0"]); // Slurm is there
  await folder.begin();
  const elements = elementsOfSweep(folder);
  const isBusy = (trial: Trial) => elements.get(trialKey(plan, trial))?.state !== undefined;
  const trials = trialsOf(plan);
  const missing = trials.filter((trial) => folder.read(trial)?.measured === undefined && !isBusy(trial));
  if (missing.length > 0) return submit(folder, missing, {...options, parallel: plan.parallel});
  const busy = trials.filter(isBusy).length;
  return `Nothing to submit: ${trials.length - busy} trainings are there, ${busy} in the queue.`;
}

async function submit({path, plan}: SweepFolder, trials: readonly Trial[], options: SlurmOptions): Promise<string> {
  const array = {
    name: `sweep-${plan.name}`,
    tasks: trials,
    program: "packages/sweeps/dist/trial-element.js",
    threads: plan.config.threads,
  };
  const {job, place} = await submitArray(path, array, options);
  return `Job ${job} with ${trials.length} trainings; npm run lola -- sweep --collect ${plan.name} shows the finished part, logs are in ${shown(place)}.`;
}

/** Gather the finished trials of a sweep, on this machine or another, and say what became of the rest. */
export function collectSweep(store: SweepStore, name: string) {
  const folder = SweepFolder.open(store, name);
  const {plan} = folder;
  const elements = elementsOfSweep(folder);
  const trials = trialsOf(plan);
  const ended = trials.flatMap((trial) => folder.read(trial) ?? []);
  const lost = lostElements(folder, elements);
  const {running, waiting} = countStates(elements.values());
  const parts = [
    `${measuredTrials(ended).length} of ${trials.length} trainings measured`,
    `${running} running`,
    `${waiting} waiting`,
    `${lost.length} failed`,
  ];
  const failures = lost.flatMap(({task, log, ended: end}) => [
    `failed: ${trialInWords(task)}: ${end?.error ?? "ended without a result"}`,
    ...lastLines(log).map((line) => `    ${line}`),
  ]);
  const hint = lost.length > 0 ? [`npm run lola -- sweep --retry ${name} runs the failed ones again.`] : [];
  return {
    rows: sweepTable(ended, plan),
    caption: sweepInWords(plan, ended),
    lines: [`${parts.join(", ")}.`, ...failures, ...hint],
  };
}

function lostElements(folder: SweepFolder, elements: Elements) {
  return [...elements.values()]
    .filter(({state}) => state === undefined)
    .map((element) => ({...element, ended: folder.read(element.task)}))
    .filter(({ended}) => ended?.measured === undefined);
}

/** Submit the failed trials of a sweep again, with the options that they had where none are given. */
export async function retrySweep(store: SweepStore, name: string, options: SlurmOptions): Promise<string> {
  const folder = SweepFolder.open(store, name);
  const lost = lostElements(folder, elementsOfSweep(folder));
  if (lost.length === 0) return `Nothing to run again: no training of ${name} failed.`;
  for (const {task} of lost) await folder.forget(task);
  const before = submissionsOf(folder.path).at(-1)?.options;
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return submit(
    folder,
    lost.map(({task}) => task),
    {...before, ...given},
  );
}
