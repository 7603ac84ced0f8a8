/**
 * A sweep as one job array of Slurm.
 *
 * Its elements are trials; each is a program of its own that may run on any machine that shares the data folder, as often as it
 * likes: what a trial has made is found under its key. Before the time limit an element saves and goes back into the queue.
 * Under data/sweeps/name/slurm/ each submission has a folder with its trials, its script and a log of each element.
 */
import {existsSync, readdirSync, readFileSync} from "node:fs";
import path from "node:path";
import {writeWhole} from "../../../core/files";
import {projectRoot, shown} from "../../../core/paths";
import {printable} from "../../../core/text/printable";
import type {TableRow} from "../../../core/table";
import {overridesInWords} from "../../../sweep/space";
import {sweepTable} from "../../../sweep/sweep-table";
import type {EndedTrial, Trial} from "../../../sweep/trial";
import type {SlurmOptions} from "../sweep-arguments";
import {SweepFolder} from "../sweep-folder";
import {entriesOf, planInWords, trialsOf, type SweepPlan} from "../sweep-plan";
import {trialKey} from "../trial-run";
import {sbatch, squeue} from "./slurm-commands";

/** Seconds before the time limit at which an element saves. */
const BEFORE = 90;

/** Last lines of a log that are shown of a failed element. */
const LINES = 5;

/** One submission: its trials by the index of their element. */
export interface Submission {
  readonly sweep: string;
  readonly job: string;
  readonly trials: readonly Trial[];
}

/** Submit the trials that are missing. @returns a sentence. @throws RangeError if Slurm is not there or refuses. */
export async function submitSweep(root: string, plan: SweepPlan, options: SlurmOptions): Promise<string> {
  if (plan.halving)
    throw new RangeError(
      "sweep: expected a job array without --halving, whose rungs need the results of those before.",
    );
  const folder = new SweepFolder(root, plan);
  squeue(["0"]); // Slurm is there
  await folder.begin();
  const busy = new Set(
    elementsOf(folder)
      .filter(({state}) => state !== undefined)
      .map(({trial}) => trialKey(plan, trial)),
  );
  const trials = trialsOf(plan, entriesOf(plan));
  const missing = trials.filter(
    (trial) => folder.read(trial)?.measured === undefined && !busy.has(trialKey(plan, trial)),
  );
  if (missing.length === 0)
    return `Nothing to submit: ${trials.length - busy.size} trainings are there, ${busy.size} in the queue.`;
  return submit(folder, missing, options);
}

async function submit(
  folder: SweepFolder,
  trials: readonly Trial[],
  {cpus, ...options}: SlurmOptions,
): Promise<string> {
  const {plan} = folder;
  const number = submissionsOf(folder).length + 1;
  const place = path.join(folder.path, "slurm", `${number}`);
  const script = path.join(place, "element.sh");
  await writeWhole(script, elementScript(place, plan.config.threads));
  const elements = {sweep: plan.name, trials};
  await writeWhole(path.join(place, "trials.json"), JSON.stringify(elements, null, 1));
  const job = sbatch(
    {
      "job-name": `sweep-${plan.name}`,
      array: `0-${trials.length - 1}${plan.parallel === undefined ? "" : `%${plan.parallel}`}`,
      output: path.join(place, "%a.log"),
      "open-mode": "append",
      signal: `B:USR1@${BEFORE}`,
      chdir: place,
      "cpus-per-task": cpus ?? `${Math.max(1, plan.config.threads)}`,
      ...options,
    },
    script,
  );
  await writeWhole(path.join(place, "job.json"), JSON.stringify({job}));
  return `Job ${job} with ${trials.length} trainings; npm run sweep -- --collect ${plan.name} shows what is there, logs are in ${shown(place)}.`;
}

/** Write the script of an element: the project may lie elsewhere on the machines that compute, see LOLA_PROJECT. */
function elementScript(place: string, threads: number): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const engine = ["TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"];
  return `#!/bin/bash
project=\${LOLA_PROJECT:-${quoted(projectRoot())}}
${threads > 0 ? engine.map((name) => `export ${name}=${threads}`).join("\n") : ""}
exec node "$project/lib/dist/lab/sweep/slurm/element-program.js" ${quoted(place)} "$SLURM_ARRAY_TASK_ID"
`;
}

/** List the submissions of a sweep, the first first. */
function submissionsOf({path: folder}: SweepFolder): (Submission & {place: string})[] {
  const places = path.join(folder, "slurm");
  if (!existsSync(places)) return [];
  const numbers = readdirSync(places)
    .map(Number)
    .filter(Number.isInteger)
    .sort((a, b) => a - b);
  return numbers.map((number) => readSubmission(path.join(places, `${number}`)));
}

/** Read a submission from its folder. @throws Error if there is none. */
export function readSubmission(place: string): Submission & {place: string} {
  const {sweep, trials} = JSON.parse(readFileSync(path.join(place, "trials.json"), "utf8")) as Submission;
  const file = path.join(place, "job.json");
  const {job = ""} = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Partial<Submission>) : {};
  return {sweep, trials, job, place};
}

/** An element: its trial, its log, and its state if it is in the queue. */
interface Element {
  readonly trial: Trial;
  readonly log: string;
  readonly state?: string;
}

/** List the elements of all submissions, of each trial the last one. */
function elementsOf(folder: SweepFolder): Element[] {
  const submissions = submissionsOf(folder);
  const queue = queued(submissions.map(({job}) => job));
  const all = submissions.flatMap(({trials, job, place}) =>
    trials.map((trial, index): [string, Element] => [
      trialKey(folder.plan, trial),
      {
        trial,
        log: path.join(place, `${index}.log`),
        state: queue.find((one) => one.job === job && one.index === index)?.state,
      },
    ]),
  );
  return [...new Map(all).values()];
}

/** Ask for the queue; a machine without Slurm shows what the folder has. */
function queued(jobs: readonly string[]): ReturnType<typeof squeue> {
  try {
    return squeue(jobs);
  } catch {
    return [];
  }
}

/** What is there of a sweep. */
export interface CollectedSweep {
  readonly rows: TableRow[];
  readonly caption: string;
  readonly lines: readonly string[];
}

/** Gather what is there of a sweep, on this machine or another one, and say what became of the rest. */
export async function collectSweep(root: string, name: string): Promise<CollectedSweep> {
  const folder = SweepFolder.open(root, name);
  const {plan} = folder;
  const trials = trialsOf(plan, entriesOf(plan));
  const ended = trials.flatMap((trial) => folder.read(trial) ?? []);
  const elements = elementsOf(folder);
  const lost = lostElements(folder, elements);
  const waiting = elements.filter(({state}) => state !== undefined);
  const count = (state: string) => waiting.filter((element) => element.state === state).length;
  await folder.writeJournal(ended);
  const measured = ended.filter((trial) => trial.measured !== undefined).length;
  const parts = [
    `${measured} of ${trials.length} trainings measured`,
    `${count("RUNNING")} running`,
    `${waiting.length - count("RUNNING")} waiting`,
    `${lost.length} failed`,
  ];
  const failures = lost.flatMap(({trial, log, ended: end}) => [
    `failed: ${words(trial)}: ${end?.error ?? "ended without a result"}`,
    ...lastLines(log).map((line) => `    ${line}`),
  ]);
  const hint = lost.length > 0 ? [`npm run sweep -- --retry ${name} runs the failed ones again.`] : [];
  return {
    rows: sweepTable(ended, plan),
    caption: planInWords(plan),
    lines: [`${parts.join(", ")}.`, ...failures, ...hint],
  };
}

/** Elements that are neither in the queue nor measured. */
function lostElements(folder: SweepFolder, elements: readonly Element[]): (Element & {ended?: EndedTrial})[] {
  return elements
    .filter(({state}) => state === undefined)
    .map((element) => ({...element, ended: folder.read(element.trial)}))
    .filter(({ended}) => ended?.measured === undefined);
}

/** Submit the failed trials of a sweep again. @returns a sentence. */
export async function retrySweep(root: string, name: string, options: SlurmOptions): Promise<string> {
  const folder = SweepFolder.open(root, name);
  const lost = lostElements(folder, elementsOf(folder));
  if (lost.length === 0) return `Nothing to run again: no training of ${name} failed.`;
  for (const {trial} of lost) await folder.forget(trial);
  return submit(
    folder,
    lost.map(({trial}) => trial),
    options,
  );
}

const words = ({method, overrides, seed}: Trial) =>
  [method, overridesInWords(overrides), `seed ${seed}`].filter(Boolean).join(", ");

function lastLines(log: string): string[] {
  if (!existsSync(log)) return [];
  const lines = readFileSync(log, "utf8").trimEnd().split("\n");
  return lines.slice(-LINES).map((line) => printable(line));
}
