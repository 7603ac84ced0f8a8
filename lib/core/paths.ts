/**
 * Folders of the project, its data and its figures.
 *
 * The tour of the default system writes to figures/, whose key files are committed; every other run writes to its own
 * folder under .out/, so that a quick check never overwrites the pictures of a real run.
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
 * Folder of figures and tables: figures/ for the tour of the Euler system; for other runs figures/ in
 * .out/<system>-<preset>, or in the folder of the environment variable LOLA_OUT.
 */
export function figuresFolder(): string {
  const {LOLA_OUT, LOLA_SYSTEM = "euler", LOLA_PRESET = "tour"} = process.env;
  const main = LOLA_SYSTEM === "euler" && LOLA_PRESET === "tour" && !LOLA_OUT;
  const run = LOLA_OUT ?? path.join(projectRoot(), ".out", `${LOLA_SYSTEM}-${LOLA_PRESET}`);
  return main ? path.join(projectRoot(), "figures") : path.join(run, "figures");
}

/** Format a path for messages: relative to the project if it lies inside. */
export function shown(name: string): string {
  const relative = path.relative(projectRoot(), name);
  return relative.startsWith("..") || path.isAbsolute(relative) ? name : relative;
}
