/**
 * A sweep on the disk: its definition, and a file for each trial that ended.
 *
 * data/sweeps/name/ holds sweep.json and trials/key.json. A file is whole or absent, so that any number of processes and
 * machines may add trials, and a reader sees those that are there.
 */
import {existsSync, readdirSync, readFileSync} from "node:fs";
import {rm} from "node:fs/promises";
import path from "node:path";
import {isDeepStrictEqual} from "node:util";
import {canonicalText, writeWhole, shown} from "@lola-ts/core";
import {measuredTrials, readEndedTrial, type EndedTrial, type Trial} from "./trial";
import {overridesInWords} from "./space";
import {inWords, differences} from "@lola-ts/laboratory/stages";
import {ShippedTrials, writeShippedTrials} from "./shipped-trials";
import {type Artifacts, readSealedJson, sealedJson} from "@lola-ts/cache";
import {type SweepPlan, trialsOf} from "./sweep-plan";
import {trialKey, trialVersions} from "./trial-run";

/** Properties of a sweep that may not change under its name. */
const definitionOf = ({config, methods, measures, variants, seeds, autoencoders, file, trials}: SweepPlan) => ({
  config,
  methods,
  measures,
  variants,
  seeds,
  ...(autoencoders && {autoencoders}),
  ...(file && {file, trials}),
});

export type SweepStore = Pick<Artifacts, "root" | "shippedSweeps">;

export class SweepFolder {
  readonly path: string;
  private readonly shipped?: ShippedTrials;

  constructor(
    store: SweepStore,
    readonly plan: SweepPlan,
  ) {
    const {root, shippedSweeps} = store;
    this.path = path.join(root, "sweeps", plan.name);
    this.shipped = shippedSweeps === undefined ? undefined : ShippedTrials.open(shippedSweeps, plan.name);
  }

  static open(store: SweepStore, name: string): SweepFolder {
    const {root} = store;
    const file = path.join(root, "sweeps", name, "sweep.json");
    if (!existsSync(file)) {
      const known = sweepNames(root).join(", ") || "none";
      throw new RangeError(
        `sweep: expected a sweep of the name ${name} in ${shown(path.join(root, "sweeps"))}, found ${known}.`,
      );
    }
    const found = readSealedJson(readFileSync(file, "utf8")) as SweepPlan | undefined;
    if (!found) throw new Error(`${shown(file)}: expected a sweep's definition, found damage; run the sweep again.`);
    return new SweepFolder(store, {...found, name, baseline: found.variants[0], train: true});
  }

  /** Write the definition, unless it is there. Under the name of a sweep, variants and seeds may be added, and nothing else changes. */
  async begin(): Promise<void> {
    const file = path.join(this.path, "sweep.json");
    const definition = definitionOf(this.plan);
    const before = existsSync(file) && readSealedJson(readFileSync(file, "utf8"));
    if (before) {
      if (isDeepStrictEqual(before, JSON.parse(JSON.stringify(definition)))) return;
      this.requireSame(before as SweepPlan);
    }
    await writeWhole(file, sealedJson(definition));
  }

  private requireSame(before: SweepPlan): void {
    const [was, is] = [before, this.plan].map(definitionOf);
    const lost = was.variants.filter(
      (variant) => !is.variants.some((other) => canonicalText(other) === canonicalText(variant)),
    );
    const changes = [
      ...differences(was.file, is.file, "plan"),
      ...(["config", "methods", "measures", "autoencoders"] as const).flatMap((part) =>
        differences(was[part], is[part], part),
      ),
    ];
    if (is.seeds < was.seeds) changes.push({option: "seeds", preset: was.seeds, here: is.seeds});
    if (lost.length === 0 && changes.length === 0) return;
    const what =
      changes.length > 0 ? `${inWords(changes)[0]} instead of ${changes[0].preset}` : `no ${overridesInWords(lost[0])}`;
    const added = is.file ? "" : ", with variants or seeds added at most";
    throw new RangeError(
      `sweep: expected the sweep ${this.plan.name} as it was begun${added}, found ${what}; ` +
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

  /** Say why trials that came with the project under this name do not belong to this sweep; nothing if some do. */
  shippedRemark(trials: readonly Trial[]): string | undefined {
    const {plan, shipped} = this;
    const isUsed = trials.some((trial) => shipped?.read(trialKey(plan, trial)));
    return isUsed ? undefined : shipped?.remark(plan.config, (method) => trialVersions(plan.config, method));
  }

  /** Keep how a trial ended; where another process has measured the same trial meanwhile, its numbers are the same. */
  async write(ended: EndedTrial): Promise<void> {
    await writeWhole(this.file(ended), sealedJson(ended));
  }

  async forget(trial: Trial): Promise<void> {
    await rm(this.file(trial), {force: true});
  }
}

export function sweepNames(root: string): string[] {
  const folder = path.join(root, "sweeps");
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => existsSync(path.join(folder, name, "sweep.json")));
}

function readTrial(file: string): EndedTrial | undefined {
  try {
    return readEndedTrial(readSealedJson(readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
}

/** Copy the trials of a sweep that have ended, failed ones included, into a folder that comes with the project. */
export async function packSweep(store: SweepStore, name: string, target: string): Promise<string> {
  const folder = SweepFolder.open(store, name);
  const {plan} = folder;
  const all = trialsOf(plan);
  const ended = all.flatMap((trial) => {
    const found = folder.read(trial);
    return found ? [{...found, ...trial}] : [];
  });
  if (measuredTrials(ended).length === 0) {
    const found = `${all.length} trials without a result`;
    throw new RangeError(`sweep: expected a result of the sweep ${name} to pack, found ${found}.`);
  }
  const trials = ended.map(({shipped: _, ...trial}) => ({
    key: trialKey(plan, trial),
    versions: trialVersions(plan.config, trial.method),
    trial,
  }));
  const file = await writeShippedTrials(target, name, plan.config, trials);
  return `${shown(file)}: ${trials.length} of ${all.length} trials.`;
}
