/** Train and measure all trials of a sweep, a few at a time; finished trials are read. */
import {availableParallelism} from "node:os";
import type {EndedTrial, Trial} from "@lola-ts/sweeps";
import {request, within} from "../notebook/work";
import {hasCode} from "@lola-ts/core";
import {interruptedError, interruptible} from "../workers/interrupt";
import {TaskLimiter} from "../workers/task-limiter";
import {SweepDisplay} from "./sweep-display";
import {SweepFolder} from "./sweep-folder";
import {inPlanOrder, trialsOf, type SweepPlan} from "./sweep-plan";
import {Sweep} from "./sweep-result";
import {runTrial, type SweepLab} from "./trial-run";

/** Run a sweep. A trial that fails by itself does not stop the others: its sentence is in the table. */
export async function runSweep(lab: SweepLab, plan: SweepPlan): Promise<Sweep> {
  const folder = new SweepFolder(lab.artifacts, plan);
  await folder.begin();
  const remark = folder.shippedRemark(trialsOf(plan));
  if (remark) lab.artifacts.report(remark);
  const display = new SweepDisplay(plan);
  try {
    const trials = await endedTrials(lab, plan, folder, display);
    display.end();
    return new Sweep(plan, trials, lab.folder);
  } catch (error) {
    display.end((error as Error).message);
    throw error;
  }
}

/** Run a planned sweep, or read what is there of it, with a line for each artefact. */
export const runPlan = (lab: SweepLab, plan: SweepPlan): Promise<Sweep> =>
  request("sweep", lab.artifacts.report, () => runSweep(lab, plan));

/** Count the trials that run at a time. */
export const roomFor = (
  {config, trainer}: Pick<SweepLab, "config" | "trainer">,
  {parallel}: Pick<SweepPlan, "parallel">,
) => parallel ?? (trainer ? Math.max(1, Math.floor(availableParallelism() / Math.max(1, config.threads))) : 1);

/** Read the trials that have ended, and run the others side by side; the first that cannot continue stops those that wait. */
async function endedTrials(lab: SweepLab, plan: SweepPlan, folder: SweepFolder, display: SweepDisplay) {
  const ended: EndedTrial[] = [];
  const note = (trial: EndedTrial, isNew: boolean) => {
    ended.push(trial);
    display.ended(trial, isNew);
  };
  const trials = trialsOf(plan);
  display.expect(trials);
  const missing: Trial[] = [];
  for (const trial of trials) {
    const found = folder.read(trial);
    if (found && (found.measured || !plan.train)) note(found, false);
    else if (plan.train) missing.push(trial);
  }
  let isStopped = false;
  const run = async (trial: Trial) => {
    if (isStopped) throw interruptedError();
    try {
      const result = await measured(lab, plan, trial, (progress) => display.progress(trial, progress));
      await folder.write(result);
      note(result, true);
    } catch (error) {
      isStopped = true;
      throw error;
    }
  };
  const limiter = new TaskLimiter(roomFor(lab, plan));
  const results = await Promise.allSettled(missing.map((trial) => limiter.run(() => run(trial))));
  const failed = results.find(({status}) => status === "rejected") as PromiseRejectedResult | undefined;
  if (failed) throw failed.reason;
  return inPlanOrder(plan, ended);
}

async function measured(lab: SweepLab, plan: SweepPlan, trial: Trial, watcher: (progress: unknown) => void) {
  let interrupt: AbortSignal | undefined;
  try {
    const measured = await interruptible(async (signal) => {
      interrupt = signal;
      const found = await within({watcher}, () => runTrial(lab, plan, trial));
      signal.throwIfAborted();
      return found;
    });
    return {...trial, measured, ended: Date.now()};
  } catch (error) {
    interrupt?.throwIfAborted(); // a training that was stopped while it began dies without a word
    if (stops(error)) throw error;
    return {...trial, error: (error as Error).message, ended: Date.now()};
  }
}

/** Whether an error is about the whole sweep: an interrupt, or a disk that cannot be written. */
function stops(error: unknown): boolean {
  return hasCode(error, "interrupted", "aborted", "no-space", "read-only", "no-folder");
}
