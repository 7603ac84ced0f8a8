/** Slurm's commands, by their documented options and outputs (24.11). */
import {spawnSync} from "node:child_process";

/** An element of a job array and its state: "PENDING", "RUNNING", … */
export interface ElementState {
  readonly job: string;
  readonly index: number;
  readonly state: string;
}

/** Run a command of Slurm. @throws Error if it is not there, or with the first line that it complains in. */
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

/** Submit a script. @returns the number of its job. */
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

/** Put an element back into the queue. */
export function requeue(element: string): void {
  slurm("scontrol", ["requeue", element]);
}
