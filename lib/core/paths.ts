/**
 * Where things are: the project's folder, and where data and figures go.
 *
 * The tour of the default system writes to figures/, whose key files are committed; every other run and every changed
 * configuration writes to its own folder under .out/, so that a quick check never overwrites the pictures of a real run.
 */
import {existsSync} from "node:fs";
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

/** Folder of datasets, checkpoints and other artefacts: data/, or the environment variable LOLA_DATA. */
export function dataFolder(): string {
  return process.env.LOLA_DATA ?? path.join(projectRoot(), "data");
}

/** Folder of The Well's datasets: well/ in the data folder, or the environment variable LOLA_WELL. */
export function wellFolder(): string {
  return process.env.LOLA_WELL ?? path.join(dataFolder(), "well");
}

/**
 * Find the folder of figures and tables of an experiment.
 *
 * Without a name it is that of the run, which the environment variables LOLA_SYSTEM and LOLA_PRESET choose: figures/ for the
 * tour of the Euler system, .out/system-preset/figures for others, or figures/ in the folder that LOLA_OUT names. With a
 * name it is name/figures in .out/ or in LOLA_OUT, never that of the run.
 */
export function figuresFolder(name?: string): string {
  const {LOLA_OUT, LOLA_SYSTEM = "euler", LOLA_PRESET = "tour"} = process.env;
  const out = LOLA_OUT ?? path.join(projectRoot(), ".out");
  if (name !== undefined) return path.join(out, name, "figures");
  if (LOLA_OUT) return path.join(LOLA_OUT, "figures");
  const main = LOLA_SYSTEM === "euler" && LOLA_PRESET === "tour";
  return path.join(main ? projectRoot() : path.join(out, `${LOLA_SYSTEM}-${LOLA_PRESET}`), "figures");
}

/** A path as the reader sees it: relative to the project where it lies inside. */
export function shown(name: string): string {
  const relative = path.relative(projectRoot(), name);
  return relative.startsWith("..") || path.isAbsolute(relative) ? name : relative;
}
