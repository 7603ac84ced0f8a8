/**
 * Runs the notebooks of LOLA_SYSTEM in one process, without kernels:
 * `node -r ./environment/typescript.cjs test/notebooks/cells.ts [--exercises] [--only NAMES]`.
 *
 * Types are stripped, not checked, and a notebook becomes one function. What cells show goes as far as the message that a
 * kernel would send. The first cell that throws, or leaves a promise that rejects, is named on stderr and ends the process
 * with code 1.
 */
import {createRequire} from "node:module";
import path from "node:path";
import {parseArgs} from "node:util";
import {compileFunction} from "node:vm";
import {transformSync} from "esbuild";
import {cellsOf, programOf} from "./program";

/** Milliseconds that promises have to reject after a notebook's last cell. */
const LATE = 300;

type Run = (begin: (part: string) => Promise<void>) => Promise<void>;

let where = "";

function fail(error: unknown): never {
  process.stderr.write(`${where}: ${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
}

/** The function of a notebook, which loads modules as its cells would. */
function load(file: string, exercises: boolean | undefined, require: NodeJS.Require): Run {
  const {source} = programOf(cellsOf(file), exercises ? "tour" : undefined);
  const {code} = transformSync(source, {loader: "ts", format: "cjs", target: "es2022"});
  const module = {exports: {} as {run: Run}};
  compileFunction(code, ["require", "module", "exports"])(require, module, module.exports);
  return module.exports.run;
}

async function runAll({exercises, only}: {exercises?: boolean; only?: string}) {
  const {chooseNotebooks} = await import(`${"../../environment/reproduce/notebooks.mjs"}`);
  const folder = path.resolve(process.env.LOLA_NOTEBOOKS || "notebooks");
  const require = createRequire(path.join(folder, "cell.js"));
  // The library finds a kernel's output among the loaded modules.
  const send = (m: any) => { const t = JSON.stringify(m); for (const x of t.matchAll(/"text\/plain":"((?:[^"\\]|\\.)*)"/g)) if (!/━/.test(x[1])) process.stdout.write(JSON.parse(`"${x[1]}"`) + "\n"); };
  require.cache["/tslab/dist/jupyter.js"] = {exports: {lastWriteDisplayData: send}} as NodeJS.Module;

  for (const name of chooseNotebooks(folder, {only: only?.split(",")}) as string[]) {
    where = name;
    await load(path.join(folder, name), exercises, require)(async (part) => {
      await new Promise(setImmediate); // what the part before left may reject
      where = `${name}, ${part}`;
    });
    await new Promise((resolve) => setTimeout(resolve, LATE));
  }
}

process.on("unhandledRejection", fail).on("uncaughtException", fail);
const {values} = parseArgs({options: {exercises: {type: "boolean"}, only: {type: "string"}}});
runAll(values).then(() => process.exit(0), fail);
