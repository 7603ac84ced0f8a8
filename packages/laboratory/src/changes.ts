/** Changes of a configuration: a "what if" names what differs, and all else stays; and what differs from a preset, in words. */
import {canonicalText, having, checkOptions, isPlainObject, valueCell, passing} from "@lola-ts/core";
import {configRule, type Config, type EmulatorPreset, type TrainingConfig} from "./config";
import {preset} from "./presets/presets";
import {planFiles, simulatedSystem} from "@lola-ts/simulators";

/** An option whose value is not the preset's. */
export type OptionChange = {
  /** Its path: "rollout.steps". */
  readonly option: string;
  /** Value in the preset: lists as JSON, "default" for none. */
  readonly preset: string | number;
  readonly here: string | number;
};

/** List how a configuration differs from its preset, one row an option. */
export function changesOf(config: Config): OptionChange[] {
  checkOptions("changesOf", having("a configuration", "system", "preset"), config, "config");
  return differences(preset(config.system, config.preset), config, "");
}

/** Write how a configuration differs from its preset: "latent.hidBlocks = 1; seed = 1", "" for a preset. */
export function configChanges(config: Config): string {
  return inWords(changesOf(config)).join("; ");
}

/** Write the changes of an autoencoder or emulator, one entry an option: "network.hidBlocks = 1". */
export function modelChanges(changes: object): string[] {
  return inWords(differences({}, changes, ""));
}

export function inWords(changes: readonly OptionChange[]): string[] {
  return changes.map(({option, here}) => `${option} = ${here}`);
}

/** Write changes for a caption: up to three, or the number of more. */
export function inBrief(changes: readonly OptionChange[]): string {
  return changes.length > 3 ? `${changes.length} options` : inWords(changes).join("; ");
}

/** List how options differ, one row an option, with its path below `option`. */
export function differences(before: unknown, after: unknown, option: string): OptionChange[] {
  if (canonicalText(before) === canonicalText(after)) return [];
  if (!isPlainObject(after) || !(isPlainObject(before) || before === undefined)) {
    const isRemoved = isPlainObject(before) && after === undefined;
    return [{option, preset: valueCell(before), here: isRemoved ? "none" : valueCell(after)}];
  }
  const inside = before ?? {};
  const names = [...new Set([...Object.keys(inside), ...Object.keys(after)])];
  return names.flatMap((name) => differences(inside[name], after[name], option ? `${option}.${name}` : name));
}

/** Any part of some options, at any depth. */
export type Part<T> = {[K in keyof T]?: PartOf<T[K]>};

/** Any part of a value: lists are whole. */
type PartOf<T> = T extends readonly unknown[] ? T : T extends object ? Part<T> : T;

/** Change of a configuration: the options that differ, `{rollout: {steps: 4}}`, or a function of the whole of it. */
export type Change = Part<Omit<Config, "system" | "preset">> | ((config: Config) => Config);

/** Options whose word says which others there are: with another word, none of the old ones stays. */
const TAGS = ["kind", "name", "source", "system"];

/** Merge options by name; an object whose `kind` or `name` is another replaces the old one whole, and `undefined` takes an option out. */
function merge(before: unknown, change: unknown): unknown {
  if (!isPlainObject(before) || !isPlainObject(change)) return change;
  const isAnother = TAGS.some((tag) => Object.hasOwn(change, tag) && change[tag] !== before[tag]);
  if (isAnother) return change;
  const names = [...new Set([...Object.keys(before), ...Object.keys(change)])];
  const merged = names.map((name) => {
    if (!Object.hasOwn(change, name)) return [name, before[name]] as const;
    return [name, Object.hasOwn(before, name) ? merge(before[name], change[name]) : change[name]] as const;
  });
  const entries = merged.filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries);
}

/** Change a configuration, and check the result: an error names the first wrong option. @param where begins its sentence. */
export function changedConfig(where: string, config: Config, change: Change): Config {
  const isFunction = typeof change === "function";
  if (!isFunction) checkOptions(where, passing("options or a function", isPlainObject), change, "change");
  const result: unknown = isFunction ? change(structuredClone(config)) : merge(config, change);
  checkOptions(where, passing("a configuration", isPlainObject), result, "the changed lab");
  requireSameRun(where, config, result as Partial<Config>);
  checkOptions(where, configRule, result);
  checkRelations(where, result as Config);
  return structuredClone(result as Config);
}

function requireSameRun(where: string, config: Config, changed: Partial<Config>): void {
  for (const option of ["system", "preset"] as const) {
    const found = changed[option];
    if (typeof found !== "string" || found === config[option]) continue;
    throw new RangeError(
      `${where}: expected ${option} to stay ${config[option]} in a change, found ${found}; write openLab({${option}: "${found}"}).`,
    );
  }
}

interface Misfit {
  readonly option: string;
  readonly expected: string;
  readonly found: unknown;
}

type Relation = (config: Config) => (Misfit | false)[];

const misfit = (fits: boolean, option: string, expected: string, found: unknown): Misfit | false =>
  !fits && {option, expected, found};

const emulators = ({latent, pixel}: Config) => Object.entries({latent, ...(pixel && {pixel})});

const trainings = (config: Config): [string, Omit<TrainingConfig, "steps">][] => [
  ["autoencoder.training", config.autoencoder.training],
  ...emulators(config).map(([name, {training}]): [string, TrainingConfig] => [`${name}.training`, training]),
];

const ownData: Relation = ({system, data}) => {
  if ("source" in data) return [];
  const found = simulatedSystem(data).name;
  return [misfit(found === system, "data.system", `${system}, the lab's system`, found)];
};

const networks: Relation = (config) => {
  const {hidChannels, hidBlocks} = config.autoencoder.model;
  const heads = (name: string, {hidChannels, attentionHeads}: EmulatorPreset) =>
    misfit(
      hidChannels % (2 * attentionHeads) === 0,
      `${name}.hidChannels`,
      `a multiple of 2 × attentionHeads, ${2 * attentionHeads}`,
      hidChannels,
    );
  return [
    misfit(
      hidBlocks.length === hidChannels.length,
      "autoencoder.model.hidBlocks",
      `a list of ${hidChannels.length} entries, as hidChannels`,
      `${hidBlocks.length} entries`,
    ),
    ...emulators(config).map(([name, emulator]) => heads(name, emulator)),
  ];
};

/** The grid divides into latents and patches. */
const grids: Relation = ({data, autoencoder: {model}, latent, pixel}) => {
  if ("source" in data) return [];
  const {hidChannels, patchSize = 1, stride = 2} = model;
  const cell = patchSize * stride ** (hidChannels.length - 1); // of a latent
  const sides = {"autoencoder.model": cell, latent: cell * latent.patchSize, pixel: pixel?.patchSize ?? 1};
  const cells = [data.grid].flat();
  return Object.entries(sides).map(([name, side]) =>
    misfit(
      cells.every((count) => count % side === 0),
      "data.grid",
      `divisible by ${side}, the cells of a patch of ${name}`,
      cells.join(" × "),
    ),
  );
};

const optimisation: Relation = (config) => [
  ...trainings(config).map(([name, {batch, microBatches = 1}]) =>
    misfit(batch % microBatches === 0, `${name}.microBatches`, `a divisor of batch, ${batch}`, microBatches),
  ),
  misfit(Object.keys(config.autoencoder.steps).length > 0, "autoencoder.steps", "steps of one rate or more", "none"),
  misfit(
    Object.keys(config.autoencoder.loss ?? "vrmse").length > 0,
    "autoencoder.loss",
    "a loss, or weights of some",
    "none",
  ),
];

const intervals: Relation = ({schedule}) => {
  const {sigmaMin = 1e-3, sigmaMax = 1e3} = schedule;
  return [misfit(sigmaMin < sigmaMax, "schedule.sigmaMin", `below sigmaMax, ${sigmaMax}`, sigmaMin)];
};

/** Windows hold their context and more, and trajectories hold windows. */
const windows: Relation = ({window, contexts, rollout, stride, data}) => {
  const {context = 1, overlap = 1, crop, start = 0} = rollout;
  const {atLeast = 1} = contexts.kind === "wrapped" ? contexts : {};
  const below = (option: string, found: number) => misfit(found < window, option, `below window, ${window}`, found);
  const kept = (option: string, found: number) =>
    crop === undefined ? below(option, found) : misfit(found < crop, option, `below rollout.crop, ${crop}`, found);
  return [
    below("contexts.atLeast", atLeast),
    crop !== undefined && misfit(crop <= window, "rollout.crop", `up to window, ${window}`, crop),
    kept("rollout.context", context),
    kept("rollout.overlap", overlap),
    misfit(start % stride === 0, "rollout.start", `a multiple of stride, ${stride}`, start),
    "frames" in data && misfit(window <= data.frames, "window", `up to data.frames, ${data.frames}`, window),
  ];
};

/** Each horizon has a state. */
const horizons: Relation = ({horizons, stride, rollout: {start = 0}, data}) => {
  if ("source" in data) return [];
  const last = (data.frames - 1) * stride - start;
  const hasState = ([from, to]: [number, number]) => Math.ceil(from / stride) * stride <= Math.min(to, last);
  return horizons.map((horizon) =>
    misfit(
      hasState(horizon),
      "horizons",
      `ranges with a state each (every ${stride} up to ${last})`,
      horizon.join(":"),
    ),
  );
};

const learned: Relation = ({learned = 1, data}) => {
  if ("source" in data) return [];
  const {train} = data.trajectories;
  return [misfit(learned <= train, "learned", `up to data.trajectories.train, ${train}`, learned)];
};

const RELATIONS: readonly Relation[] = [ownData, networks, grids, optimisation, intervals, windows, horizons, learned];

/** @throws RangeError naming the first option that does not fit the others. */
export function checkRelations(where: string, config: Config): void {
  for (const fault of RELATIONS.flatMap((relation) => relation(config))) {
    if (!fault) continue;
    const {option, expected, found} = fault;
    throw new RangeError(`${where}: expected ${option} to be ${expected}, found ${String(found)}.`);
  }
  if (!("source" in config.data)) planFiles(config.data);
}
