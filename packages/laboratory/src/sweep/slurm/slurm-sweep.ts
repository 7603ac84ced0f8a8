/** A sweep as job arrays of Slurm, one for its trials or for each rung of a halving. */
import {shown, type TableRow} from "@lola-ts/core";
import {
  overridesInWords,
  sweepTable,
  type EndedTrial,
  type Trial,
  countStates,
  elementsOf,
  lastLines,
  submissionsOf,
  submitArray,
  type ArrayElement,
  type SlurmOptions,
  squeue,
} from "@lola-ts/sweeps";
import {SweepFolder, type SweepStore} from "../sweep-folder";
import {openRungs, sweepInWords, sharesOf, type SweepPlan} from "../sweep-plan";
import {trialKey} from "../trial-run";

type Elements = ReadonlyMap<string, ArrayElement<Trial>>;

const elementsOfSweep = ({path, plan}: SweepFolder): Elements =>
  elementsOf<Trial>(path, (trial) => trialKey(plan, trial));

/**
 * Submit the trials that are missing; of a halving those of the rung that is reached.
 *
 * @returns a sentence.
 * @throws RangeError if Slurm is not there or refuses.
 */
export async function submitSweep(store: SweepStore, plan: SweepPlan, options: SlurmOptions): Promise<string> {
  const folder = new SweepFolder(store, plan);
  squeue(["0"]); // Slurm is there
  await folder.begin();
  const elements = elementsOfSweep(folder);
  const isBusy = (trial: Trial) => elements.get(trialKey(plan, trial))?.state !== undefined;
  const rungs = openRungs(plan, (trial) => folder.read(trial));
  const trials = rungs.at(-1)!;
  const missing = trials.filter((trial) => folder.read(trial)?.measured === undefined && !isBusy(trial));
  if (missing.length > 0) return submit(folder, missing, {...options, parallel: plan.parallel});
  const busy = trials.filter(isBusy).length;
  return `Nothing to submit: ${rungWords(plan, rungs)}${trials.length - busy} trainings are there, ${busy} in the queue.`;
}

async function submit({path, plan}: SweepFolder, trials: readonly Trial[], options: SlurmOptions): Promise<string> {
  const array = {
    name: `sweep-${plan.name}`,
    tasks: trials,
    program: "packages/laboratory/dist/sweep/slurm/trial-element.js",
    threads: plan.config.threads,
  };
  const {job, place} = await submitArray(path, array, options);
  return `Job ${job} with ${trials.length} trainings; npm run lola -- sweep --collect ${plan.name} shows what is there, logs are in ${shown(place)}.`;
}

/** Which rung of a halving is reached: "rung 1 of 3: "; nothing for other sweeps. */
function rungWords(plan: SweepPlan, rungs: readonly unknown[]): string {
  return plan.halving ? `rung ${rungs.length} of ${sharesOf(plan).length}: ` : "";
}

/** What is there of a sweep. */
export interface CollectedSweep {
  readonly rows: TableRow[];
  readonly caption: string;
  readonly lines: readonly string[];
}

/**
 * Gather what is there of a sweep, on this machine or another one, and say what became of the rest. Of a halving whose rung
 * ended the best variants are submitted again, with the options of the rung before.
 */
export async function collectSweep(store: SweepStore, name: string): Promise<CollectedSweep> {
  const folder = SweepFolder.open(store, name);
  const {plan} = folder;
  const elements = elementsOfSweep(folder);
  const rungs = openRungs(plan, (trial) => folder.read(trial));
  const ended = rungs.flat().flatMap((trial) => folder.read(trial) ?? []);
  await folder.writeJournal(ended);
  const lost = lostElements(folder, elements);
  const {running, waiting} = countStates(elements.values());
  const trials = rungs.at(-1)!;
  const measured = trials.filter((trial) => folder.read(trial)?.measured !== undefined).length;
  const parts = [
    `${rungWords(plan, rungs)}${measured} of ${trials.length} trainings measured`,
    `${running} running`,
    `${waiting} waiting`,
    `${lost.length} failed`,
  ];
  const failures = lost.flatMap(({task, log, ended: end}) => [
    `failed: ${words(task)}: ${end?.error ?? "ended without a result"}`,
    ...lastLines(log).map((line) => `    ${line}`),
  ]);
  const hint = lost.length > 0 ? [`npm run lola -- sweep --retry ${name} runs the failed ones again.`] : [];
  const next = await submitNewRung(folder, trials, elements);
  return {
    rows: sweepTable(ended, plan),
    caption: sweepInWords(plan, ended),
    lines: [`${parts.join(", ")}.`, ...failures, ...hint, ...next],
  };
}

/** Submit the trials of a rung that never were; one that was begun ends first. @returns sentences. */
async function submitNewRung(folder: SweepFolder, trials: readonly Trial[], elements: Elements): Promise<string[]> {
  const {plan} = folder;
  const fresh = trials.filter((trial) => !folder.read(trial) && !elements.has(trialKey(plan, trial)));
  const before = submissionsOf(folder.path).at(-1);
  if (!plan.halving || fresh.length === 0 || !before) return [];
  try {
    return [await submit(folder, fresh, before.options)];
  } catch (error) {
    return [`The next rung was not submitted: ${(error as Error).message}`];
  }
}

/** An element that is neither in the queue nor measured. */
type LostElement = ArrayElement<Trial> & {readonly ended?: EndedTrial};

function lostElements(folder: SweepFolder, elements: Elements): LostElement[] {
  return [...elements.values()]
    .filter(({state}) => state === undefined)
    .map((element) => ({...element, ended: folder.read(element.task)}))
    .filter(({ended}) => ended?.measured === undefined);
}

/**
 * Submit the failed trials of a sweep again, with the options that they had where none are given.
 *
 * @returns a sentence.
 */
export async function retrySweep(store: SweepStore, name: string, options: SlurmOptions): Promise<string> {
  const folder = SweepFolder.open(store, name);
  const lost = lostElements(folder, elementsOfSweep(folder));
  if (lost.length === 0) return `Nothing to run again: no training of ${name} failed.`;
  for (const {task} of lost) await folder.forget(task);
  const before = submissionsOf(folder.path).at(-1)?.options;
  return submit(
    folder,
    lost.map(({task}) => task),
    {...before, ...options},
  );
}

const words = ({method, overrides, seed}: Trial) =>
  [method, overridesInWords(overrides), `seed ${seed}`].filter(Boolean).join(", ");
