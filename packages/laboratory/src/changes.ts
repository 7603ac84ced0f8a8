/** Changes of a configuration: a "what if" names what differs, and all else stays; and what differs from a preset, in words. */
import {having, checkOptions, isPlainObject, valueCell, passing} from "@lola-ts/core";
import {configRule, type Config} from "./config";
import {preset} from "./presets/presets";
import {checkRelations} from "./relations";

/** An option whose value is not the preset's. */
export type OptionChange = {
  /** Its path: "rollout.steps". */
  readonly option: string;
  /** Value in the preset: lists as JSON, "default" for none. */
  readonly preset: string | number;
  /** Value here. */
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

/** Write changes, one entry an option: "seed = 1". */
export function inWords(changes: readonly OptionChange[]): string[] {
  return changes.map(({option, here}) => `${option} = ${here}`);
}

/** List how options differ, one row an option, with its path below `option`. */
export function differences(before: unknown, after: unknown, option: string): OptionChange[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
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

/** What differs from a configuration: the options themselves, `{rollout: {steps: 4}}`, or a function of the whole of it. */
export type Change = Part<Omit<Config, "system" | "preset">> | ((config: Config) => Config);

/** Options whose word says which others there are: with another word, none of the old ones stays. */
const TAGS = ["kind", "name", "source", "system"];

/**
 * Merge options into others: objects by name, all else is replaced. An object whose `kind` or `name` is another replaces the
 * old one whole, and `undefined` takes an option out, so that its default holds.
 */
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

/** Apply a change, of which nothing is known yet. */
function applied(where: string, config: Config, change: unknown): unknown {
  if (typeof change === "function") return (change as (config: Config) => unknown)(structuredClone(config));
  checkOptions(where, passing("options or a function", isPlainObject), change, "change");
  return merge(config, change);
}

/**
 * Change a configuration, and check the result.
 *
 * @param where function that is called, which begins the sentences of errors.
 * @throws RangeError naming the first option that is unknown, with the nearest known one, or that has a wrong value.
 */
export function changedConfig(where: string, config: Config, change: Change): Config {
  const result = applied(where, config, change);
  checkOptions(where, passing("a configuration", isPlainObject), result, "the changed lab");
  requireSameRun(where, config, result as Partial<Config>);
  checkOptions(where, configRule, result);
  checkRelations(where, result as Config);
  return structuredClone(result as Config);
}

/** @throws RangeError if a change names another system or preset. */
function requireSameRun(where: string, config: Config, changed: Partial<Config>): void {
  for (const option of ["system", "preset"] as const) {
    const found = changed[option];
    if (typeof found !== "string" || found === config[option]) continue;
    throw new RangeError(
      `${where}: expected ${option} to stay ${config[option]} in a change, found ${found}; write openLab({${option}: "${found}"}).`,
    );
  }
}
