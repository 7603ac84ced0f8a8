/**
 * Work as job arrays of Slurm.
 *
 * An element is one task of a list, plain data; it is a program of its own that may run on any machine that shares the data
 * folder, as often as it likes: what it has made is found there. Before the time limit it saves and goes back into the queue,
 * see {@link runElement}. Under the work's folder, slurm/ has a folder for each submission with its tasks, its script, how it
 * was submitted, and a log of each element.
 */
import {existsSync, readdirSync, readFileSync} from "node:fs";
import path from "node:path";
import {writeWhole, projectRoot, printable} from "@lola-ts/core";
import {sbatch, squeue} from "./slurm-commands";

/** Seconds before the time limit at which an element saves. */
const BEFORE = 90;

/** Last lines of a log that are shown of a failed element. */
const LINES = 5;

/** What sbatch is told of each element of a job array, and how many run at a time. */
export interface SlurmOptions {
  readonly time?: string;
  readonly partition?: string;
  readonly cpus?: number;
  readonly gres?: string;
  readonly parallel?: number;
}

/** Work to submit. */
export interface JobArray<Task> {
  readonly name: string;
  readonly tasks: readonly Task[];
  /** Program of an element, by its path in lib/; it gets the submission's folder and the index of its task. */
  readonly program: string;
  /** Engine threads of an element, 0 for all. */
  readonly threads: number;
}

/** One submission: its tasks by the index of their element. */
export interface Submission<Task> {
  readonly job: string;
  readonly tasks: readonly Task[];
  readonly options: SlurmOptions;
  /** Its folder. */
  readonly place: string;
}

/** An element of a submission: its task, its log, and its state if it is in the queue. */
export interface ArrayElement<Task> {
  readonly task: Task;
  readonly log: string;
  readonly state?: string;
}

/**
 * Submit tasks as one array; under a folder no two submissions have the same number.
 *
 * @throws RangeError if Slurm is not there or refuses.
 */
export async function submitArray<Task>(
  folder: string,
  {name, tasks, program, threads}: JobArray<Task>,
  options: SlurmOptions,
): Promise<Submission<Task>> {
  const place = path.join(folder, "slurm", `${submissionsOf(folder).length + 1}`);
  const {cpus, parallel, ...others} = options;
  const script = path.join(place, "element.sh");
  await writeWhole(script, elementScript(place, program, threads));
  await writeWhole(path.join(place, "tasks.json"), JSON.stringify({tasks, options}, null, 1));
  const job = sbatch(
    {
      "job-name": name,
      array: `0-${tasks.length - 1}${parallel === undefined ? "" : `%${parallel}`}`,
      output: path.join(place, "%a.log"),
      "open-mode": "append",
      signal: `B:USR1@${BEFORE}`,
      chdir: place,
      "cpus-per-task": `${cpus ?? Math.max(1, threads)}`,
      ...others,
    },
    script,
  );
  await writeWhole(path.join(place, "job.json"), JSON.stringify({job}));
  return {job, tasks, options, place};
}

/** Write the script of an element: the project may lie elsewhere on the machines that compute, see LOLA_PROJECT. */
function elementScript(place: string, program: string, threads: number): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const engine = ["TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"];
  return `#!/bin/bash
project=\${LOLA_PROJECT:-${quoted(projectRoot())}}
${threads > 0 ? engine.map((name) => `export ${name}=${threads}`).join("\n") : ""}
exec node "$project/${program}" ${quoted(place)} "$SLURM_ARRAY_TASK_ID"
`;
}

/** List the submissions under a folder, the first first. */
export function submissionsOf<Task>(folder: string): Submission<Task>[] {
  const places = path.join(folder, "slurm");
  if (!existsSync(places)) return [];
  const numbers = readdirSync(places)
    .map(Number)
    .filter(Number.isInteger)
    .sort((a, b) => a - b);
  return numbers.map((number) => readSubmission<Task>(path.join(places, `${number}`)));
}

/** Read a submission from its folder. @throws Error if there is none. */
export function readSubmission<Task>(place: string): Submission<Task> {
  const read = <T>(name: string) => JSON.parse(readFileSync(path.join(place, name), "utf8")) as T;
  const {tasks, options} = read<Pick<Submission<Task>, "tasks" | "options">>("tasks.json");
  const {job} = existsSync(path.join(place, "job.json")) ? read<{job: string}>("job.json") : {job: ""};
  return {tasks, options, job, place};
}

/** List the elements of all submissions under a folder, of each task (by its key) the last one. */
export function elementsOf<Task>(folder: string, keyOf: (task: Task) => string): Map<string, ArrayElement<Task>> {
  const submissions = submissionsOf<Task>(folder).filter(({job}) => job !== ""); // sbatch refused the others
  const queue = queued(submissions.map(({job}) => job));
  const all = submissions.flatMap(({tasks, job, place}) =>
    tasks.map((task, index): [string, ArrayElement<Task>] => [
      keyOf(task),
      {
        task,
        log: path.join(place, `${index}.log`),
        state: queue.find((one) => one.job === job && one.index === index)?.state,
      },
    ]),
  );
  return new Map(all);
}

/** Ask for the queue; a machine without Slurm shows what the folder has. */
function queued(jobs: readonly string[]): ReturnType<typeof squeue> {
  try {
    return squeue(jobs);
  } catch {
    return [];
  }
}

/** Count the elements that run, and those that wait. */
export function countStates(elements: Iterable<Pick<ArrayElement<unknown>, "state">>): {
  running: number;
  waiting: number;
} {
  const states = [...elements].flatMap(({state}) => state ?? []);
  const running = states.filter((state) => state === "RUNNING").length;
  return {running, waiting: states.length - running};
}

/** Read the last lines of an element's log. */
export function lastLines(log: string): string[] {
  if (!existsSync(log)) return [];
  const lines = readFileSync(log, "utf8").trimEnd().split("\n");
  return lines.slice(-LINES).map((line) => printable(line));
}
