/** Train and measure all trials of a sweep, a few at a time; finished trials are read. */
import {availableParallelism} from "node:os";
import {type EndedTrial, type Trial, measuredTrials, variantKey, type MeasuredTrial} from "./trial";
import {badness} from "./measure";
import {overridesInWords} from "./space";
import {sweepTable} from "./sweep-table";
import {
  request,
  within,
  interruptedError,
  interruptible,
  TaskLimiter,
  displayId,
  displayWriter,
  formatSeconds,
  type ProgressMessage,
} from "@lola-ts/cache";
import {hasCode, escapeHtml, type TableRow} from "@lola-ts/core";
import {SweepFolder} from "./sweep-folder";
import {inPlanOrder, planSweep, trialsOf, type SweepOptions, type SweepPlan, trialInWords} from "./sweep-plan";
import type {Space} from "./space";
import type {Lab} from "@lola-ts/laboratory/stages";
import {Sweep} from "./sweep-result";
import {runTrial} from "./trial-run";
import {cellText, formatNumber} from "lola/evaluate";
import {toHtmlTable} from "@lola-ts/figures";

/** Run a sweep. A trial that fails by itself does not stop the others: its sentence is in the table. */
async function runTrials(lab: Lab, plan: SweepPlan): Promise<Sweep> {
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

/**
 * Train and measure many variants of a laboratory: values of any options, each with a few seeds (docs/sweeps.md).
 *
 * A sweep that was interrupted continues where it was, and one that has grown trains what is new. Variants are paired by the
 * seeds of the measured model; data, and the autoencoder under an emulator, are shared, except by the option `autoencoders`.
 *
 * @param space options by their paths with the values to try, each a list or a range {from, to, count, log}; or a list of
 *   variants. A single number for a list, such as `latentChannels`, is a list of it.
 * @throws RangeError naming the first option, measure or method that cannot be, before anything is trained, or a sweep of
 *   the same name that was another, or for trained models on other trajectories; LabError `interrupted`.
 * @example
 * const space = {"autoencoder.training.optimiser": ["adamw", "soap"], latentChannels: [64, 16]};
 * const sweep = await runSweep(lab, space, {seeds: 3, measure: "mae"});
 */
export async function runSweep(lab: Lab, space: Space, options: SweepOptions = {}): Promise<Sweep> {
  if (lab.testSet) {
    throw new RangeError("sweep: expected a laboratory that trains, found trained models on other trajectories.");
  }
  return runPlan(lab, planSweep(lab.config, space, options));
}

/** Run a planned sweep, or read what is there of it, with a line for each artefact. */
export const runPlan = (lab: Lab, plan: SweepPlan): Promise<Sweep> =>
  request("sweep", lab.artifacts.report, () => runTrials(lab, plan));

/** Count the trials that run at a time. */
export const roomFor = ({config, trainer}: Pick<Lab, "config" | "trainer">, {parallel}: Pick<SweepPlan, "parallel">) =>
  parallel ?? (trainer ? Math.max(1, Math.floor(availableParallelism() / Math.max(1, config.threads))) : 1);

/** Read the trials that have ended, and run the others side by side; the first that cannot continue stops those that wait. */
async function endedTrials(lab: Lab, plan: SweepPlan, folder: SweepFolder, display: SweepDisplay) {
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
  if (missing.length > 0) display.begins();
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

async function measured(lab: Lab, plan: SweepPlan, trial: Trial, watcher: (progress: unknown) => void) {
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

/** Whether an error ends a whole series of trainings: an interrupt, or a disk that cannot be written. */
export function stops(error: unknown): boolean {
  return hasCode(error, "interrupted", "aborted", "no-space", "read-only", "no-folder");
}

/** Milliseconds between two renewals on a screen. */
const SCREEN = 500;

const ROWS = 12;

/** Characters of a line in a notebook; a trial's file has the whole error. */
const LINE = 120;

const print = (text: string) => void process.stdout.write(text);

export class SweepDisplay {
  private readonly send = displayWriter();
  private readonly id = displayId();
  private readonly isTerminal = !this.send && process.stdout.isTTY;
  private readonly running = new Map<Trial, Partial<ProgressMessage>>();
  private readonly done: EndedTrial[] = [];
  private readonly begin = performance.now();
  private expected = 0;
  private made = 0;
  private shownAt = -Infinity;
  private shows = 0;

  constructor(private readonly plan: SweepPlan) {}

  expect(trials: readonly Trial[]): void {
    this.expected += trials.length;
  }

  /** Say how many trials there are, before the first one runs. */
  begins(): void {
    if (this.send || this.isTerminal) this.show();
  }

  progress(trial: Trial, message: unknown): void {
    this.running.set(trial, message as Partial<ProgressMessage>);
    if (this.send || this.isTerminal) this.show();
  }

  /** Take note of a trial that ended. @param isNew whether it ran now; those that were read do not count for the speed. */
  ended(trial: EndedTrial, isNew: boolean): void {
    const running = [...this.running.keys()].find(
      (one) => variantKey(one) === variantKey(trial) && one.seed === trial.seed,
    );
    if (running) this.running.delete(running);
    this.done.push(trial);
    if (!isNew) return;
    this.made++;
    if (this.send || this.isTerminal) this.show();
    else print(`${this.line(trial)}\n`);
  }

  end(remark = ""): void {
    this.running.clear();
    const isEmpty = this.shows === 0 && remark === "" && this.failed.every(({shipped}) => shipped); // these are no news
    if (this.send && !isEmpty) this.show(true, remark);
    else if (this.isTerminal && this.shows > 0) print("\n");
  }

  private get failed(): EndedTrial[] {
    return this.done.filter(({error}) => error !== undefined);
  }

  /** How many trials have ended and failed, the time left, and, until the end, the best trial: one line. */
  status(isLast = false): string {
    const {done, expected, made, failed} = this;
    const pace = (performance.now() - this.begin) / 1000 / made; // stages within a trial are too different to be counted
    const left = expected - done.length;
    return [
      `${done.length} of ${expected} trials`,
      ...(failed.length > 0 ? [`${failed.length} failed`] : []),
      ...(made > 0 && left > 0 ? [`${formatSeconds(pace * left)} left`] : []),
      ...(isLast ? [] : this.bestInWords()),
    ].join("  ");
  }

  private bestInWords(): string[] {
    const [measure] = this.plan.measures;
    const measured = measuredTrials(this.done);
    const score = ({measured: {values}}: MeasuredTrial) => badness(measure, values[measure]);
    const [best] = measured.filter((trial) => Number.isFinite(score(trial))).sort((a, b) => score(a) - score(b));
    if (!best) return [];
    const words = [best.method, overridesInWords(best.overrides)].filter(Boolean).join(", ");
    return [`best ${measure} ${formatNumber(best.measured.values[measure])}: ${words}, seed ${best.seed}`];
  }

  private line(trial: EndedTrial): string {
    const {measured, error} = trial;
    const [measure] = this.plan.measures;
    const outcome = measured ? `${measure} ${formatNumber(measured.values[measure])}` : `failed: ${error}`;
    return `[${this.done.length}/${this.expected}] ${trialInWords(trial)}: ${outcome}`;
  }

  private show(isLast = false, remark = ""): void {
    const time = performance.now();
    if (!isLast && time - this.shownAt < SCREEN) return;
    this.shownAt = time;
    const update = this.shows++ > 0;
    const status = [this.status(isLast), remark].filter(Boolean).join("  ");
    if (!this.send) return print(`\r\x1b[2K${status.slice(0, (process.stdout.columns ?? 120) - 1)}`);
    const cut = (text: string) => (text.length > LINE ? `${text.slice(0, LINE)}…` : text);
    const line = (text: string) => `<div><small>${escapeHtml(cut(text))}</small></div>`;
    const parts = [
      `<code style="white-space: pre-wrap">${escapeHtml(status)}</code>`,
      ...(isLast ? [] : this.runningInWords().map(line)),
      ...this.failed.map((trial) => line(this.line(trial))),
      ...(isLast ? [] : [this.table()]),
    ];
    this.send({"text/plain": status, "text/html": parts.filter(Boolean).join("\n")}, {id: this.id, update});
  }

  private runningInWords(): string[] {
    return [...this.running].map(([trial, {done = 0, total = 0, waiting}]) => {
      const far = total > 0 ? `${Math.floor((100 * done) / total)} %` : "";
      return `${trialInWords(trial)}: ${waiting ?? far}`;
    });
  }

  private table(): string {
    const {measures, baseline} = this.plan;
    const rows = sweepTable(inPlanOrder(this.plan, this.done), {measures, baseline});
    const score = (row: TableRow) =>
      typeof row[measures[0]] === "number" ? badness(measures[0], row[measures[0]] as number) : Infinity;
    const sorted = [...rows].sort((a, b) => score(a) - score(b));
    const caption = sorted.length > ROWS ? `The best ${ROWS} of ${sorted.length} variants` : "Variants, the best first";
    return sorted.length > 0 ? toHtmlTable(withoutEmpty(sorted.slice(0, ROWS)), caption) : "";
  }
}

function withoutEmpty(rows: readonly TableRow[]): TableRow[] {
  const names = Object.keys(rows[0] ?? {});
  const shown = names.filter((name) => rows.some((row) => cellText(row, name).value !== "–"));
  return rows.map((row) => Object.fromEntries(shown.map((name) => [name, row[name]])));
}
