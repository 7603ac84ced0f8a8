/** Locate the compiled programs that threads and subprocesses run. */
import {existsSync} from "node:fs";
import path from "node:path";

/**
 * Find a compiled program of a package, beside the module that asks or, where that runs as TypeScript (tests), below `dist`.
 *
 * @param folder of the module that asks: its `__dirname`.
 * @param name of the program, relative to it, e.g. `"trajectory-worker"`.
 * @throws Error naming the file if the package is not compiled.
 */
export function programFile(folder: string, name: string): string {
  const beside = path.join(folder, `${name}.js`);
  if (existsSync(beside)) return beside;
  let root = folder;
  while (!existsSync(path.join(root, "package.json"))) root = path.dirname(root);
  const file = path.join(root, "dist", path.relative(root, beside).replace(/^src\//, ""));
  if (existsSync(file)) return file;
  throw new Error(`Expected the compiled program ${file}, found none: run "npm run build".`);
}
