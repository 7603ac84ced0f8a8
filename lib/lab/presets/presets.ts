/**
 * Presets: every number of an experiment as plain data.
 *
 * A preset is a value; a cell spreads it and overrides what it asks about. The paper's own values (Tables 3 and 5) are in
 * `paper`. They are far beyond two cores, so each smaller preset keeps the method and shrinks the sizes: `tour` shows the
 * findings in minutes, `smoke` checks the plumbing in seconds, `mini` is for a night on a workstation.
 */
import type {SystemName} from "../../systems/registry";
import type {Config, PresetName} from "../config";
import * as euler from "./euler";
import * as gravityCooling from "./gravity-cooling";
import {paper} from "./paper";
import * as rayleighBenard from "./rayleigh-benard";

/** A system's presets, the smallest first. */
const from = ({smoke, tour, mini}: Record<"smoke" | "tour" | "mini", Config>, system: SystemName) => ({
  smoke,
  tour,
  mini,
  paper: paper(system),
});

const PRESETS: Record<SystemName, Record<PresetName, Config>> = {
  euler: from(euler, "euler"),
  "rayleigh-benard": from(rayleighBenard, "rayleigh-benard"),
  "gravity-cooling": from(gravityCooling, "gravity-cooling"),
};

/** Systems that have presets. */
export function systemNames(): string[] {
  return Object.keys(PRESETS);
}

/** Names of a system's presets. @throws Error naming the known systems. */
export function presetNames(system: string): string[] {
  if (!Object.hasOwn(PRESETS, system)) {
    throw new Error(`Unknown system "${system}": expected ${systemNames().join(" or ")}.`);
  }
  return Object.keys(PRESETS[system as SystemName]);
}

/** Look a preset up. @throws Error naming the known systems or presets. */
export function preset(system: string, name: string): Config {
  const names = presetNames(system);
  if (!names.includes(name)) {
    throw new Error(`Unknown preset "${name}" of ${system}: expected ${names.join(", ")}.`);
  }
  return structuredClone(PRESETS[system as SystemName][name as PresetName]);
}
