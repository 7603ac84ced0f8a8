/**
 * Models of a plan: which models are trained, in which order, and on which data.
 *
 * Each model is packed when its training has ended. So the work continues after any interruption, and on another machine from
 * the packs that are committed. A training that diverges is a failure of its method: it is noted beside the packs, and not
 * repeated.
 */
import {existsSync} from "node:fs";
import {availableParallelism} from "node:os";
import path from "node:path";
import * as z from "zod";
import {
  anything,
  count,
  hasCode,
  isPlainObject,
  list,
  number,
  optional,
  passing,
  projectRoot,
  section,
  text,
  writeWhole,
} from "@lola-ts/core";
import {systemNames} from "@lola-ts/simulators";
import {
  changedConfig,
  type Change,
  type Config,
  Lab,
  preset,
  emulatorChangesRule,
  emulatorName,
  type EmulatorSpec,
  emulatorRules,
  requireMethod,
  type MethodChoice,
  Trainer,
  packArtifacts,
  RecordingArtifacts,
  Shipped,
  unpackedFolder,
} from "@lola-ts/laboratory/stages";
import {readChecked} from "./plan-file";
import {stops} from "./run-sweep";
import {interruptedError, TaskLimiter} from "@lola-ts/cache";

const runRule = section({
  ...emulatorRules,
  /** Differences from the system's configuration. Default: none. */
  changes: optional(emulatorChangesRule),
  /** Number of trainings, from consecutive seeds; each has an autoencoder of its seed. */
  seeds: count,
  /** Core-hours of one training, as estimated. */
  hours: number({above: 0}),
});

const planRule = section({
  name: text,
  question: text,
  preset: text,
  /** Of each system, what differs from the preset, and the models to train. */
  systems: z.record(z.string(), section({change: passing("changed options", isPlainObject), runs: list(runRule)})),
  /** Further statements of the plan: rules, endpoints and predictions. */
  statement: anything,
});

export type ModelPlan = z.infer<typeof planRule>;

/** One model of a plan. */
export interface PlannedModel {
  readonly system: string;
  readonly method: MethodChoice & {readonly changes: {readonly seed: number}};
  readonly hours: number;
}

/** Read a plan of models. @throws RangeError naming the file, and the key or value that is wrong. */
export function readModelPlan(file: string): ModelPlan {
  const plan = readChecked(file, planRule) as ModelPlan;
  const {systems} = plan;
  for (const [system, {runs}] of Object.entries(systems)) {
    if (!(systemNames as readonly string[]).includes(system)) {
      throw new RangeError(`${file}: expected systems to be among ${systemNames.join(", ")}, found ${system}.`);
    }
    const names = runs.map((run) => emulatorName(run as EmulatorSpec));
    const repeated = names.find((name, i) => names.indexOf(name) < i);
    if (repeated) throw new RangeError(`${file}: expected each model of ${system} once, found ${repeated} twice.`);
    const config = plannedConfig(plan, system);
    for (const {kind, latentChannels, changes = {}} of runs) {
      requireMethod(config, {kind, latentChannels} as EmulatorSpec, changes);
    }
  }
  return plan;
}

/** Make the configuration of a system of a plan. @throws RangeError naming an option that cannot be. */
export function plannedConfig({name, preset: base, systems}: ModelPlan, system: string): Config {
  return changedConfig(name, preset(system, base), systems[system].change as Change);
}

/** List the models of a plan, seed after seed, so that each prefix has all systems and kinds. */
export function plannedModels({systems}: ModelPlan): PlannedModel[] {
  const runs = Object.entries(systems).flatMap(([system, own]) => own.runs.map((run) => ({system, ...run})));
  const most = Math.max(...runs.map(({seeds}) => seeds));
  return Array.from({length: most}, (_, seed) => seed).flatMap((seed) =>
    runs.flatMap(({system, kind, latentChannels, changes, seeds, hours}) => {
      if (seed >= seeds) return [];
      const {autoencoder, ...others} = (changes ?? {}) as NonNullable<MethodChoice["changes"]>;
      const coded = latentChannels !== null && {autoencoder: {...autoencoder, seed}};
      const spec = {kind, latentChannels} as EmulatorSpec;
      return [{system, hours, method: {...spec, changes: {...others, ...coded, seed}}}];
    }),
  );
}

/** Folder of the packed models of a plan for a system. */
export function plannedFolder({name}: Pick<ModelPlan, "name">, system: string): string {
  return path.join(projectRoot(), "data/pretrained", name, system);
}

/** File of the trainings of a plan that diverged, beside the folder of a system's packs. */
const failuresFile = (folder: string) => `${folder}-failures.json`;

const failuresRule = z.record(z.string(), text);

/** Read why trainings of a plan diverged, by the names of their models. @throws RangeError naming the file if it is damaged. */
export function plannedFailures(folder: string): Readonly<Record<string, string>> {
  const file = failuresFile(folder);
  return existsSync(file) ? (readChecked(file, failuresRule) as Record<string, string>) : {};
}

const titleOf = ({method: {changes, ...spec}}: PlannedModel) => `${emulatorName(spec)}, seed ${changes.seed}`;

interface PlanOptions {
  /** The only system whose models are trained. Default: all. */
  readonly system?: string;
  /** Folder of a system's packs. Default: {@link plannedFolder}. */
  readonly folderOf?: (system: string) => string;
  /** Folder of the store. Default: {@link unpackedFolder}. */
  readonly root?: string;
  /** Trainings at a time, each in a process of its own; 0 trains in this process. Default: one for each core. */
  readonly parallel?: number;
  readonly print?: (line: string) => void;
}

const say = (line: string) => void process.stdout.write(`${line}\n`);

/**
 * Train the models of a plan that are not packed yet, a few at a time, and pack each one when it has ended.
 *
 * @throws LabError `interrupted`; a training that was stopped continues from its last checkpoint.
 */
export async function trainPlan(plan: ModelPlan, options: PlanOptions = {}): Promise<void> {
  const {system: only, root = unpackedFolder(), parallel = availableParallelism(), print = say} = options;
  const {folderOf = (system: string) => plannedFolder(plan, system)} = options;
  const all = plannedModels(plan).filter(({system}) => only === undefined || system === only);
  const models = all.filter((model) => !(titleOf(model) in plannedFailures(folderOf(model.system))));
  const trainer = parallel > 0 ? new Trainer(1) : undefined;
  const labs = new Map(
    [...new Set(models.map(({system}) => system))].map((system) => {
      const store = new RecordingArtifacts(root, undefined, Shipped.open(folderOf(system)));
      return [system, {store, lab: new Lab(plannedConfig(plan, system), store, trainer)}];
    }),
  );
  let left = models.reduce((sum, {hours}) => sum + hours, 0);
  let ended = 0;
  let packing = Promise.resolve();
  let isStopped = false;
  const note = ({system, hours}: PlannedModel, what: string, keep: () => Promise<unknown>) => {
    left -= hours;
    const rest = `${models.length - ++ended} left, about ${left.toFixed(1)} core-hours`;
    print(`[${ended}/${models.length}] ${system} ${what}; ${rest}`);
    return (packing = packing.then(async () => void (await keep())));
  };
  const work = async (model: PlannedModel) => {
    if (isStopped) throw interruptedError();
    const {system, method} = model;
    const {changes, ...spec} = method;
    const {lab, store} = labs.get(system)!;
    const {history, seconds} = await lab.emulator(spec, changes);
    const [, error] = history.validation.at(-1) ?? [];
    const what = `${titleOf(model)}: validation ${error?.toPrecision(3) ?? "none"}, ${Math.round(seconds / 60)} min`;
    await note(model, what, () => packArtifacts(lab.config, store, folderOf(system), {models: [], keep: true}));
  };
  const limiter = new TaskLimiter(Math.max(1, parallel));
  const run = (model: PlannedModel) =>
    work(model).catch((error) => {
      const folder = folderOf(model.system);
      if (hasCode(error, "diverged")) {
        return note(model, `${titleOf(model)}: diverged`, () => {
          const failures = {...plannedFailures(folder), [titleOf(model)]: error.message};
          return writeWhole(failuresFile(folder), `${JSON.stringify(failures, null, 2)}\n`);
        });
      }
      isStopped ||= stops(error);
      throw error;
    });
  const results = await Promise.allSettled(models.map((model) => limiter.run(() => run(model))));
  for (const {lab} of labs.values()) await lab.memo.release();
  const failed = results.find(({status}) => status === "rejected") as PromiseRejectedResult | undefined;
  if (failed) throw failed.reason;
  const failures = [...labs.keys()].reduce((n, system) => n + Object.keys(plannedFailures(folderOf(system))).length, 0);
  print(`All ${all.length} models of the plan have ended; ${failures} diverged.`);
}
