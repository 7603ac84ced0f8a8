/** How an element of a job array runs, and how it is stopped. */
import path from "node:path";
import {readSubmission} from "./job-array";
import {requeue} from "./slurm-commands";

/**
 * Run the program of an element, node program.js FOLDER INDEX, and end the process.
 *
 * Slurm sends SIGUSR1 before the time limit: what runs saves, and the element goes back into the queue. At SIGTERM (scancel, or
 * a preemption, after which Slurm queues it again by itself) it saves and ends.
 *
 * @param work gets the element's task, the data folder, and the name of the sweep or evaluation.
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
    const home = path.resolve(place, "../../../../lib/index");
    await work(task, path.resolve(home, "../../../../lib/index"), path.basename(home));
  };
  carryOut()
    .then(() => process.exit())
    .catch((error: Error) => {
      process.stderr.write(`${error.message}\n`);
      const {SLURM_ARRAY_JOB_ID: job, SLURM_ARRAY_TASK_ID: task} = process.env;
      if (isRequeued && job) requeue(`${job}_${task}`);
      process.exit(1);
    });
}
