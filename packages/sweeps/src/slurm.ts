/**
 * Work as job arrays of Slurm.
 *
 * An element is one task of a list, plain data; it is a program of its own that may run on any machine that shares the data
 * folder, as often as it likes: what it has made is found there. Before the time limit it saves and goes back into the queue,
 * see {@link runElement}. Under the work's folder, slurm/ has a folder for each submission with its tasks, its script, how it
 * was submitted, and a log of each element.
 */
import {spawnSync} from "node:child_process";
import {existsSync, mkdirSync, readdirSync, readFileSync} from "node:fs";
import path from "node:path";
import {writeWhole, projectRoot, printable} from "@lola-ts/core";

/** Seconds before the time limit at which an element saves. */
const BEFORE = 90;

const LINES = 5;

/** Options of sbatch for each element of a job array, and the number of elements at a time. */
export interface SlurmOptions {
  readonly time?: string;
  readonly partition?: string;
  readonly cpus?: number;
  readonly gres?: string;
  readonly parallel?: number;
}

export interface JobArray<Task> {
  readonly name: string;
  readonly tasks: readonly Task[];
  /** Program of an element, by its path in the project's folder; it gets the submission's folder and the index of its task. */
  readonly program: string;
  readonly threads: number;
}

export interface Submission<Task> {
  readonly job: string;
  readonly tasks: readonly Task[];
  readonly options: SlurmOptions;
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
  const place = claimPlace(path.join(folder, "slurm"));
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

/** Make the folder of a submission: its number is above all others, also of submissions that another process begins now. */
function claimPlace(places: string): string {
  mkdirSync(places, {recursive: true});
  for (;;) {
    const place = path.join(places, `${Math.max(0, ...numbersIn(places)) + 1}`);
    try {
      mkdirSync(place);
      return place;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

const numbersIn = (places: string): number[] => readdirSync(places).map(Number).filter(Number.isInteger);

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

/** List the submissions under a folder, the first first; one that is being written does not count yet. */
export function submissionsOf<Task>(folder: string): Submission<Task>[] {
  const places = path.join(folder, "slurm");
  if (!existsSync(places)) return [];
  return numbersIn(places)
    .sort((a, b) => a - b)
    .map((number) => path.join(places, `${number}`))
    .filter((place) => existsSync(path.join(place, "tasks.json")))
    .map((place) => readSubmission<Task>(place));
}

export function readSubmission<Task>(place: string): Submission<Task> {
  const read = <T>(name: string) => JSON.parse(readFileSync(path.join(place, name), "utf8")) as T;
  const {tasks, options} = read<Pick<Submission<Task>, "tasks" | "options">>("tasks.json");
  const {job} = existsSync(path.join(place, "job.json")) ? read<{job: string}>("job.json") : {job: ""};
  return {tasks, options, job, place};
}

/** List the elements of all submissions under a folder, of each task (by its key) the last one. */
export function elementsOf<Task>(folder: string, keyOf: (task: Task) => string): Map<string, ArrayElement<Task>> {
  const submissions = submissionsOf<Task>(folder).filter(({job}) => job !== ""); // sbatch refused the others
  let queue: ElementState[] = [];
  try {
    queue = squeue(submissions.map(({job}) => job));
  } catch {
    // A machine without Slurm shows what the folder has.
  }
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

/**
 * Run the program of an element, node program.js FOLDER INDEX, and end the process. At SIGUSR1, which Slurm sends before the time
 * limit, what runs saves, and the element goes back into the queue; at SIGTERM (scancel, or a preemption, after which Slurm
 * queues it again by itself) it saves and ends. @param work gets task, data folder, and the name of the sweep or evaluation.
 */
export function runElement<Task>(work: (task: Task, root: string, name: string) => Promise<void>): void {
  let isRequeued = false;
  const stop = () => void process.emit("SIGINT"); // as Ctrl-C does
  process.on("SIGUSR1", () => {
    isRequeued = true;
    stop();
  });
  process.on("SIGTERM", stop);
  process.on("SIGINT", () => undefined); // whatever runs listens too, and the process lives until it has saved

  const [place, index] = process.argv.slice(2);
  const carryOut = async () => {
    const {tasks} = readSubmission<Task>(place);
    const task = tasks[Number(index)];
    if (!task) throw new RangeError(`${place}: expected an element from 0 to ${tasks.length - 1}, found ${index}.`);
    const home = path.resolve(place, "../.."); // DATA/sweeps/NAME/slurm/1
    await work(task, path.resolve(home, "../.."), path.basename(home));
  };
  carryOut()
    .then(() => process.exit())
    .catch((error: Error) => {
      process.stderr.write(`${error.message}\n`);
      const {SLURM_ARRAY_JOB_ID: job, SLURM_ARRAY_TASK_ID: task} = process.env;
      if (isRequeued && job) slurm("scontrol", ["requeue", `${job}_${task}`]);
      process.exit(1);
    });
}

/** An element of a job array and its state: "PENDING", "RUNNING", … */
export interface ElementState {
  readonly job: string;
  readonly index: number;
  readonly state: string;
}

/** Run a command of Slurm, as documented (24.11). @throws RangeError if it is not there, or with its complaint. */
function slurm(command: string, args: readonly string[]): string {
  const {error, status, stdout, stderr} = spawnSync(command, args, {encoding: "utf8", env: process.env});
  if (error) {
    throw new RangeError(
      `slurm: expected Slurm's ${command} on this machine, found none; without --backend slurm the work is done here.`,
    );
  }
  if (status === 0) return stdout.trim();
  const complaint = stderr.split("\n").find((line) => /error:/.test(line)) ?? stderr.split("\n")[0];
  throw new RangeError(
    `slurm: ${command} refused: ${complaint.replace(/^\w+: error: /, "").trim() || `exit code ${status}`}.`,
  );
}

export function sbatch(options: Readonly<Record<string, string | undefined>>, script: string): string {
  const words = Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]));
  return slurm("sbatch", ["--parsable", "--requeue", ...words, script]).split(";")[0];
}

/** List the elements of jobs that are in the queue; none of jobs that it has forgotten. */
export function squeue(jobs: readonly string[]): ElementState[] {
  if (jobs.length === 0) return [];
  const mine = new Set(jobs);
  const lines = slurm("squeue", ["--noheader", "--array", "--me", "--format=%F %K %T"]).split("\n");
  return lines.flatMap((line) => {
    const [job, index, state] = line.trim().split(/\s+/);
    return mine.has(job) && state ? [{job, index: Number(index), state}] : [];
  });
}
