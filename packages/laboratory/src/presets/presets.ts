/**
 * Presets: every number of an experiment as plain data.
 *
 * A preset is a value; a cell names what it changes. The paper's own values (Tables 3 and 5) are in
 * `paper`. They are far beyond two cores, so each smaller preset keeps the method and shrinks the sizes: `tour` shows the
 * findings in minutes, `smoke` checks the plumbing in seconds, `mini` is for a night on a workstation.
 */
import {checkOptions, oneOf} from "@lola-ts/core";
import type {SystemName} from "@lola-ts/simulators";
import type {Config, PresetName} from "../config";
import * as euler from "./euler";
import * as gravityCooling from "./gravity-cooling";
import * as kolmogorov from "./kolmogorov";
import {paper} from "./paper";
import * as rayleighBenard from "./rayleigh-benard";

/** Presets of a system, the smallest first. */
type Presets = Readonly<Partial<Record<PresetName, Config>>>;

const from = ({smoke, tour, mini}: Record<"smoke" | "tour" | "mini", Config>, own?: Config): Presets => ({
  smoke,
  tour,
  mini,
  ...(own && {paper: own}),
});

/** Presets of each system; those of the paper have its copies of a trajectory in the latent cache, from the authors' commands. */
const PRESETS: Readonly<Record<SystemName, Presets>> = {
  euler: from(euler, paper("euler", 1)),
  "rayleigh-benard": from(rayleighBenard, paper("rayleigh-benard", 4)),
  "gravity-cooling": from(gravityCooling, paper("gravity-cooling", 1)),
  kolmogorov: from(kolmogorov),
};

/** Presets that have moved on since the studies that come with the project were recorded, as they were then. */
const STUDIED: Readonly<Partial<Record<SystemName, Presets>>> = {
  euler: {tour: euler.shared},
  "rayleigh-benard": {tour: rayleighBenard.shared},
};

/** List the systems that have presets. */
export function systemNames(): string[] {
  return Object.keys(PRESETS);
}

function presetsOf(system: string): Presets {
  checkOptions("preset", oneOf(systemNames()), system, "system");
  return PRESETS[system as SystemName];
}

/** List the names of a system's presets. @throws Error naming the known systems. */
export function presetNames(system: string): string[] {
  return Object.keys(presetsOf(system));
}

/** Look a preset up. @throws Error naming the known systems or presets. */
export function preset(system: string, name: string): Config {
  const presets = presetsOf(system);
  checkOptions("preset", oneOf(Object.keys(presets)), name, `name, for ${system},`);
  return structuredClone(presets[name as PresetName]!);
}

/** Look up what the studies of a preset change: the preset, or where studies that come with the project have an older one, that. */
export function studiedPreset({system, preset: name}: Config): Config {
  const older = STUDIED[system]?.[name];
  return older ? structuredClone(older) : preset(system, name);
}
