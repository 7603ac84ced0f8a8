// Whether a run would find everything as the last one left it: notebooks, library, artefacts and figures.
import {createHash} from "node:crypto";
import {existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from "node:fs";
import path from "node:path";

/** Files below a folder, by name; hidden ones are left out. */
function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/**
 * Describes what a run depends on and what it made: the content of small inputs (notebooks, compiled library, locked
 * packages, settings) and size and time of everything in the folders of artefacts and figures.
 */
export function fingerprint({root, notebooks, folders, settings}) {
  const hash = createHash("sha256").update(JSON.stringify(settings)).update(process.version);
  const code = filesBelow(path.join(root, "lib/dist")).filter((name) => name.endsWith(".js"));
  for (const name of [path.join(root, "package-lock.json"), ...code, ...notebooks]) {
    hash.update(`${name}\n`).update(existsSync(name) ? readFileSync(name) : "missing");
  }
  for (const name of folders.flatMap(filesBelow)) {
    const {size, mtimeMs} = statSync(name);
    hash.update(`${name} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

/** The record of the last whole run in `file`, if nothing changed since: when it ended. */
export function lastRun(file, found) {
  try {
    const {fingerprint: expected, ended} = JSON.parse(readFileSync(file, "utf8"));
    return expected === found ? new Date(ended) : undefined;
  } catch {
    return undefined; // none yet, or not readable: run
  }
}

/** Records a whole run. */
export function recordRun(file, found) {
  mkdirSync(path.dirname(file), {recursive: true});
  writeFileSync(file, JSON.stringify({fingerprint: found, ended: new Date().toISOString()}));
}
