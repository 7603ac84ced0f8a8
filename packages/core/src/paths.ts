/**
 * Folders of the project, its data and its figures.
 *
 * A run writes below .out/, which git ignores: committed figures are renewed only where the environment variable
 * LOLA_FIGURES names their folder.
 */
import {existsSync, readFileSync} from "node:fs";
import path from "node:path";

let found: string | undefined;

/** Find the project's folder, from this file upwards. @throws Error if the library was taken out of its project. */
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

export interface RunName {
  readonly system: string;
  readonly preset: string;
}

interface Defaults extends RunName {
  /** Preset whose models come trained with the project. */
  readonly trained: string;
  /** Environment variables of the tensor engine, which it reads as it is loaded. */
  readonly engine: Readonly<Record<string, string>>;
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
  return {system: system || defaultRun().system, preset: preset || defaultRun().preset};
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
 * Without a name it is the folder of the run that LOLA_SYSTEM and LOLA_PRESET choose: LOLA_FIGURES, or figures/ in LOLA_OUT, or
 * .out/system-preset/figures. With a name it is name/figures in LOLA_OUT or in .out/.
 */
export function figuresFolder(name?: string): string {
  const [out, figures] = [folderVariable("LOLA_OUT"), folderVariable("LOLA_FIGURES")];
  if (name === undefined && figures) return figures;
  if (name === undefined && out) return path.join(out, "figures");
  const {system, preset} = chosenRun();
  return path.join(out ?? path.join(projectRoot(), ".out"), name ?? `${system}-${preset}`, "figures");
}

/** Find the folder of a system's committed figures and tables, figures/system. */
export function committedFigures(system: string): string {
  return path.join(projectRoot(), "figures", system);
}

/** Format a path for messages: relative to the project if it lies inside. */
export function shown(name: string): string {
  const relative = path.relative(projectRoot(), name);
  return relative.startsWith("..") || path.isAbsolute(relative) ? name : relative;
}
