/** Train and measure all trials of a sweep, a few at a time; what is there already is read. */
import {availableParallelism} from "node:os";
import type {EndedTrial, Trial} from "@lola-ts/sweeps";
import {watched} from "../notebook/work";
import {hasCode} from "@lola-ts/core";
import {interruptedError, interruptible} from "../workers/interrupt";
import {TaskLimiter} from "../workers/task-limiter";
import {SweepDisplay} from "./sweep-display";
import {SweepFolder} from "./sweep-folder";
import {inPlanOrder, trialsOf, type SweepPlan} from "./sweep-plan";
import {Sweep} from "./sweep-result";
import {runTrial, type SweepLab} from "./trial-run";

/**
 * Run a sweep.
 *
 * @throws RangeError if another sweep has its name; LabError `interrupted`, after the trainings have saved, or if the disk is
 *   full. A trial that fails by itself does not stop the others: its sentence is in the table.
 */
export async function runSweep(lab: SweepLab, plan: SweepPlan): Promise<Sweep> {
  const folder = new SweepFolder(lab.artifacts, plan);
  await folder.begin();
  const remark = folder.shippedRemark(trialsOf(plan));
  if (remark) lab.artifacts.report(remark);
  const display = new SweepDisplay(plan);
  try {
    const trials = await new SweepRun(lab, plan, folder, display).all();
    display.end();
    return new Sweep(plan, trials, lab.folder);
  } catch (error) {
    display.end((error as Error).message);
    throw error;
  }
}

/** Engine threads that a trial may have, which says how many fit. */
const roomFor = ({config, trainer}: SweepLab): number =>
  trainer ? Math.max(1, Math.floor(availableParallelism() / Math.max(1, config.threads))) : 1;

/** One run through the trials of a sweep. */
class SweepRun {
  private readonly limiter: TaskLimiter;
  private readonly ended: EndedTrial[] = [];
  private isStopped = false;

  constructor(
    private readonly lab: SweepLab,
    private readonly plan: SweepPlan,
    private readonly folder: SweepFolder,
    private readonly display: SweepDisplay,
  ) {
    this.limiter = new TaskLimiter(plan.parallel ?? roomFor(lab));
  }

  /** Read the trials that have ended, and run the others side by side; the first that cannot continue stops those that wait. */
  async all(): Promise<EndedTrial[]> {
    const {plan} = this;
    const trials = trialsOf(plan);
    this.display.expect(trials);
    const missing: Trial[] = [];
    for (const trial of trials) {
      const ended = this.folder.read(trial);
      if (ended && (ended.measured || !plan.train)) this.note(ended, false);
      else if (plan.train) missing.push(trial);
    }
    const results = await Promise.allSettled(missing.map((trial) => this.limiter.run(() => this.run(trial))));
    const failed = results.find(({status}) => status === "rejected") as PromiseRejectedResult | undefined;
    if (failed) throw failed.reason;
    return inPlanOrder(plan, this.ended);
  }

  private async run(trial: Trial): Promise<void> {
    if (this.isStopped) throw interruptedError();
    try {
      const ended = await this.measured(trial);
      await this.folder.write(ended);
      this.note(ended, true);
    } catch (error) {
      this.isStopped = true;
      throw error;
    }
  }

  private async measured(trial: Trial): Promise<EndedTrial> {
    const show = (progress: unknown) => this.display.progress(trial, progress);
    let interrupt: AbortSignal | undefined;
    try {
      const measured = await interruptible(async (signal) => {
        interrupt = signal;
        const found = await watched(show, () => runTrial(this.lab, this.plan, trial));
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

  private note(trial: EndedTrial, isNew: boolean): void {
    this.ended.push(trial);
    this.display.ended(trial, isNew);
  }
}

/** Whether an error is about the whole sweep: an interrupt, or a disk that cannot be written. */
function stops(error: unknown): boolean {
  return hasCode(error, "interrupted", "aborted", "no-space", "read-only", "no-folder");
}
