/**
 * Folders of the project, its data and its figures.
 *
 * The default run writes to figures/ and the trained models of other systems to figures/<system>/, whose key files are
 * committed; every other run and every changed configuration writes to its own folder under .out/, so that a quick check
 * never overwrites the pictures of a real run.
 */
import {existsSync, readFileSync} from "node:fs";
import path from "node:path";

let found: string | undefined;

/**
 * Find the project's folder, from this file upwards.
 *
 * @throws Error if the library was taken out of its project.
 */
export function projectRoot(): string {
  for (let folder = __dirname; found === undefined; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, "environment/setup.mjs"))) found = folder;
    else if (folder === path.dirname(folder)) {
      throw new Error(
        `${__dirname}: expected the library inside its project, found no environment/setup.mjs above it.`,
      );
    }
  }
  return found;
}

/** Names of a system and of one of its presets. */
export interface RunName {
  readonly system: string;
  readonly preset: string;
}

/** The default run. */
interface Defaults extends RunName {
  /** Preset whose models come trained with the project. */
  readonly trained: string;
}

let chosen: Defaults | undefined;

/** Read which system and preset run by default: the file environment/defaults.json. */
export function defaultRun(): Defaults {
  chosen ??= JSON.parse(readFileSync(path.join(projectRoot(), "environment/defaults.json"), "utf8")) as Defaults;
  return chosen;
}

/** Find the run that the environment variables LOLA_SYSTEM and LOLA_PRESET choose. Default: {@link defaultRun}. */
export function chosenRun(): RunName {
  const {LOLA_SYSTEM: system, LOLA_PRESET: preset} = process.env;
  return {system: system ?? defaultRun().system, preset: preset ?? defaultRun().preset};
}

/** Read an environment variable that names a folder. @returns undefined if it is empty, which would be the current folder. */
export function folderVariable(name: `LOLA_${string}`): string | undefined {
  return process.env[name] || undefined;
}

/** Folder of datasets, checkpoints and other artefacts: data/, or the environment variable LOLA_DATA. */
export function dataFolder(): string {
  return folderVariable("LOLA_DATA") ?? path.join(projectRoot(), "data");
}

/** Folder of The Well's datasets: well/ in the data folder, or the environment variable LOLA_WELL. */
export function wellFolder(): string {
  return folderVariable("LOLA_WELL") ?? path.join(dataFolder(), "well");
}

/**
 * Find the folder of figures and tables of an experiment.
 *
 * Without a name it is that of the run, which the environment variables LOLA_SYSTEM and LOLA_PRESET choose: figures/ for the
 * default run, figures/system for the preset that comes trained, of another system than the default one,
 * .out/system-preset/figures for others, or figures/ in the folder that LOLA_OUT names. With a name it is name/figures in
 * .out/ or in LOLA_OUT, never that of the run.
 */
export function figuresFolder(name?: string): string {
  const {LOLA_OUT} = process.env;
  const out = LOLA_OUT ?? path.join(projectRoot(), ".out");
  if (name !== undefined) return path.join(out, name, "figures");
  if (LOLA_OUT) return path.join(LOLA_OUT, "figures");
  const {system, preset} = chosenRun();
  const usual = defaultRun();
  const committed = path.join(projectRoot(), "figures");
  if (system === usual.system && preset === usual.preset) return committed;
  if (system !== usual.system && preset === usual.trained) return path.join(committed, system);
  return path.join(out, `${system}-${preset}`, "figures");
}

/** Format a path for messages: relative to the project if it lies inside. */
export function shown(name: string): string {
  const relative = path.relative(projectRoot(), name);
  return relative.startsWith("..") || path.isAbsolute(relative) ? name : relative;
}
