/** How an element of a job array runs, and how it is stopped. */
import {requeue} from "./slurm-commands";

/**
 * Run the program of an element, node program.js FOLDER INDEX, and end the process.
 *
 * Slurm sends SIGUSR1 before the time limit: what runs saves, and the element goes back into the queue. At SIGTERM (scancel, or
 * a preemption, after which Slurm queues it again by itself) it saves and ends.
 *
 * @param work gets the submission's folder and the index of the element.
 */
export function runElement(work: (place: string, index: number) => Promise<void>): void {
  let isRequeued = false;
  const stop = () => void process.emit("SIGINT"); // as Ctrl-C does
  process.on("SIGUSR1", () => {
    isRequeued = true;
    stop();
  });
  process.on("SIGTERM", stop);
  process.on("SIGINT", () => undefined); // whatever runs listens too, and the process lives until it has saved

  const [place, index] = process.argv.slice(2);
  work(place, Number(index))
    .then(() => process.exit())
    .catch((error: Error) => {
      process.stderr.write(`${error.message}\n`);
      const {SLURM_ARRAY_JOB_ID: job, SLURM_ARRAY_TASK_ID: task} = process.env;
      if (isRequeued && job) requeue(`${job}_${task}`);
      process.exit(1);
    });
}
