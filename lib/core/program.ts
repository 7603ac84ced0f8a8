/** Locate the compiled programs that threads and subprocesses run. */
import {existsSync} from "node:fs";
import {join} from "node:path";

const library = join(__dirname, "..");

/**
 * Find the compiled program of a name below `lib`, e.g. `"systems/trajectory-worker"`: beside this library's own compiled
 * files, or in `dist` where this file runs as TypeScript (tests).
 *
 * @throws Error naming the file if the library is not compiled.
 */
export function programFile(name: string): string {
  const candidates = [join(library, `${name}.js`), join(library, "dist", `${name}.js`)];
  const file = candidates.find((candidate) => existsSync(candidate));
  if (file === undefined) {
    throw new Error(`Expected the compiled program ${candidates[1]}, found none: run "npm run build".`);
  }
  return file;
}
