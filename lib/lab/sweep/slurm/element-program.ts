/**
 * Program of one element of a job array: train and measure one trial of a sweep, then end.
 *
 * node element-program.js FOLDER INDEX
 *
 * Slurm sends SIGUSR1 before the time limit: the training saves, and the element goes back into the queue. At SIGTERM (scancel,
 * or a preemption, after which Slurm queues it again by itself) it saves and ends.
 */
import path from "node:path";
import {Artifacts} from "../../store/artifacts";
import {Lab} from "../../lab";
import {InterruptedError} from "../../workers/interrupt";
import {AbortedError} from "../../../train/loop";
import {SweepFolder} from "../sweep-folder";
import {runTrial} from "../trial-run";
import {requeue} from "./slurm-commands";
import {readSubmission} from "./slurm-sweep";

let isRequeued = false;

/** Stop what runs as Ctrl-C does. */
const stop = () => void process.emit("SIGINT");
process.on("SIGUSR1", () => {
  isRequeued = true;
  stop();
});
process.on("SIGTERM", stop);
process.on("SIGINT", () => undefined); // whatever runs listens too, and the process lives until it has saved

async function main(): Promise<void> {
  const [place, index] = process.argv.slice(2);
  const {sweep, trials} = readSubmission(place);
  const trial = trials[Number(index)];
  if (!trial) throw new RangeError(`${place}: expected an element from 0 to ${trials.length - 1}, found ${index}.`);
  const root = path.resolve(place, "../../../..");
  const folder = SweepFolder.open(root, sweep);
  if (folder.read(trial)?.measured) return;
  const lab = new Lab(folder.plan.config, new Artifacts(root));
  try {
    const measured = await runTrial(lab, folder.plan, trial);
    await folder.write({...trial, measured, ended: Date.now()});
  } catch (error) {
    if (!(error instanceof InterruptedError || error instanceof AbortedError)) {
      await folder.write({...trial, error: (error as Error).message, ended: Date.now()});
    }
    throw error;
  }
}

main()
  .then(() => process.exit())
  .catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    const {SLURM_ARRAY_JOB_ID: job, SLURM_ARRAY_TASK_ID: task} = process.env;
    if (isRequeued && job) requeue(`${job}_${task}`);
    process.exit(1);
  });
