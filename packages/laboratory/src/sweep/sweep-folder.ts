/**
 * A sweep on the disk: its definition, a file for each trial that ended, and the same for Optuna and TensorBoard.
 *
 * data/sweeps/name/ holds sweep.json, trials/key.json, optuna.journal and tensorboard/. A file is whole or absent, so that any
 * number of processes and machines may add trials, and a reader sees those that are there.
 */
import {existsSync, mkdirSync, readdirSync, readFileSync} from "node:fs";
import {rm} from "node:fs/promises";
import path from "node:path";
import {explainWriteError, writeWhole, parseJson, shown} from "@lola-ts/core";
import {
  writeEvents,
  optunaJournal,
  overridesInWords,
  readEndedTrial,
  type EndedTrial,
  type Measured,
  type Trial,
} from "@lola-ts/sweeps";
import {inWords, differences} from "../changes";
import {ShippedTrials} from "../pretrained/shipped-trials";
import type {Artifacts} from "../store/artifacts";
import {exclusively} from "../store/lock";
import {entriesOf, type SweepPlan} from "./sweep-plan";
import {trialKey, trialVersions} from "./trial-run";

/** What makes a sweep another one under its name. */
const definitionOf = ({config, methods, measures, variants, seeds, halving, autoencoders}: SweepPlan) => ({
  config,
  methods,
  measures,
  variants,
  seeds,
  ...(halving && {halving}),
  ...(autoencoders && {autoencoders}),
});

/** Where sweeps are kept, and those that came with the project. */
export type SweepStore = Pick<Artifacts, "root" | "shippedSweeps">;

/** The folder of a sweep. */
export class SweepFolder {
  readonly path: string;
  private readonly shipped?: ShippedTrials;

  /** @throws Error naming the file if trials that came with the project are damaged. */
  constructor(
    private readonly store: SweepStore,
    readonly plan: SweepPlan,
  ) {
    const {root, shippedSweeps} = store;
    this.path = path.join(root, "sweeps", plan.name);
    this.shipped = shippedSweeps === undefined ? undefined : ShippedTrials.open(shippedSweeps, plan.name);
  }

  /** Find the folder of a sweep that was begun. @throws Error naming the sweeps that there are. */
  static open(store: SweepStore, name: string): SweepFolder {
    const {root} = store;
    const file = path.join(root, "sweeps", name, "sweep.json");
    if (!existsSync(file)) {
      const known = sweepNames(root).join(", ") || "none";
      throw new RangeError(
        `sweep: expected a sweep of the name ${name} in ${shown(path.join(root, "sweeps"))}, found ${known}.`,
      );
    }
    const found = parseJson(readFileSync(file, "utf8")) as SweepPlan;
    return new SweepFolder(store, {...found, name, baseline: found.variants[0], train: true});
  }

  /**
   * Write the definition, unless it is there.
   *
   * @throws RangeError if another sweep has the name, naming the first difference; variants and seeds may be added.
   */
  async begin(): Promise<void> {
    const file = path.join(this.path, "sweep.json");
    const text = `${JSON.stringify(definitionOf(this.plan), null, 1)}\n`;
    if (existsSync(file)) {
      if (readFileSync(file, "utf8") === text) return;
      const before = SweepFolder.open(this.store, this.plan.name).plan;
      this.requireSame(before);
    }
    await writeWhole(file, text);
  }

  private requireSame(before: SweepPlan): void {
    const [was, is] = [before, this.plan].map(definitionOf);
    const lost = was.variants.filter(
      (variant) => !is.variants.some((other) => JSON.stringify(other) === JSON.stringify(variant)),
    );
    const changes = (["config", "methods", "measures", "halving", "autoencoders"] as const).flatMap((part) =>
      differences(was[part], is[part], part),
    );
    if (is.seeds < was.seeds) changes.push({option: "seeds", preset: was.seeds, here: is.seeds});
    if (lost.length === 0 && changes.length === 0) return;
    const what =
      changes.length > 0 ? `${inWords(changes)[0]} instead of ${changes[0].preset}` : `no ${overridesInWords(lost[0])}`;
    throw new RangeError(
      `sweep: expected the sweep ${this.plan.name} as it was begun, with variants or seeds added at most, found ${what}; ` +
        `give it another name, or remove ${shown(this.path)}.`,
    );
  }

  private file(trial: Trial): string {
    return path.join(this.path, "trials", `${trialKey(this.plan, trial).slice(0, 16)}.json`);
  }

  /** Read how a trial ended, here or where a trial that came with the project was; undefined if it did not, or if its file is damaged. */
  read(trial: Trial): EndedTrial | undefined {
    const own = readTrial(this.file(trial));
    return own?.measured ? own : (this.shipped?.read(trialKey(this.plan, trial)) ?? own);
  }

  /** Say why trials that came with the project under this name are not those of this sweep; nothing if some are. */
  shippedRemark(trials: readonly Trial[]): string | undefined {
    const {plan, shipped} = this;
    const isUsed = trials.some((trial) => shipped?.read(trialKey(plan, trial)));
    return isUsed ? undefined : shipped?.remark(plan.config, (method) => trialVersions(plan.config, method));
  }

  /**
   * Keep how a trial ended, and draw its curves for TensorBoard; where another process has measured the same trial meanwhile,
   * what it wrote stays.
   *
   * @throws Error naming the file if the disk is full or the folder cannot be written; LabError `interrupted` while it waits.
   */
  async write(ended: EndedTrial): Promise<void> {
    const file = this.file(ended);
    try {
      mkdirSync(path.dirname(file), {recursive: true});
      await exclusively(
        `${file}.lock`,
        () => this.writeOnce(file, ended),
        () => undefined,
      );
    } catch (error) {
      throw explainWriteError(error, shown(file));
    }
  }

  private async writeOnce(file: string, ended: EndedTrial): Promise<void> {
    if (readTrial(file)?.measured) return;
    if (ended.measured) await this.draw(ended, ended.measured);
    await writeWhole(file, `${JSON.stringify(ended)}\n`); // the last one: without it all is written again
  }

  private async draw(trial: Trial, {loss, validation, values, steps}: Measured): Promise<void> {
    const folder = path.join(this.path, "tensorboard", this.runName(trial));
    await rm(folder, {recursive: true, force: true}); // a second file of the same curve would be drawn over it
    writeEvents(folder, {loss, validation, values, steps});
  }

  /** Name a trial for TensorBoard's list: its method, options, seed and key. */
  private runName(trial: Trial): string {
    const share = trial.share < 1 ? [`${trial.share.toPrecision(2)} of the steps`] : [];
    const words = [trial.method, overridesInWords(trial.overrides), ...share, `seed ${trial.seed}`]
      .filter(Boolean)
      .join(", ");
    const safe = words.replace(/[^\w.=, -]+/g, "_").slice(0, 120);
    return `${safe} ${trialKey(this.plan, trial).slice(0, 6)}`;
  }

  /** Forget that a trial failed. */
  async forget(trial: Trial): Promise<void> {
    await rm(this.file(trial), {force: true});
  }

  /** Read all trials that ended, in any rung. */
  readAll(): EndedTrial[] {
    const folder = path.join(this.path, "trials");
    const names = existsSync(folder) ? readdirSync(folder).filter((name) => /^\w+\.json$/.test(name)) : [];
    return names.flatMap((name) => readTrial(path.join(folder, name)) ?? []);
  }

  /** Write the journal for Optuna anew. */
  async writeJournal(trials: readonly EndedTrial[]): Promise<void> {
    const {name, measures} = this.plan;
    const journal = optunaJournal(trials, {name, measure: measures[0], variants: entriesOf(this.plan)});
    await writeWhole(path.join(this.path, "optuna.journal"), journal);
  }
}

/** List the sweeps of a store. */
export function sweepNames(root: string): string[] {
  const folder = path.join(root, "sweeps");
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => existsSync(path.join(folder, name, "sweep.json")));
}

function readTrial(file: string): EndedTrial | undefined {
  try {
    return readEndedTrial(parseJson(readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
}
