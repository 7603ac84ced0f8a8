/** What differs from a preset: one row an option, and in words for labels, captions and columns. */
import {having} from "../core/options/array-rules";
import {checkOptions} from "../core/options/check-options";
import {isPlainObject} from "../core/check";
import {valueCell} from "../core/table";
import type {Config} from "./config";
import {preset} from "./presets/presets";

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
