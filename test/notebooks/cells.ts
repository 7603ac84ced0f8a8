/**
 * Runs the notebooks of LOLA_SYSTEM in one process, without kernels:
 * `node -r ./environment/typescript.cjs test/notebooks/cells.ts [those of --only]`.
 *
 * Types are stripped, not checked, and the cells of a notebook become one function. What they show goes as far as the message
 * that a kernel would send. The first cell that throws, or leaves a promise that rejects, is named on stderr and ends the
 * process with code 1.
 */
import {readFileSync} from "node:fs";
import {createRequire} from "node:module";
import path from "node:path";
import {transformSync} from "esbuild";

interface Cell {
  cell_type: string;
  source: string | string[];
}

/** Imports of cells, each on a line of its own. */
const IMPORT = /^import (type )?(\{[^}]*\}|\w+) from "([^"]+)";$/gm;

/** Milliseconds that promises have to reject after a notebook's last cell. */
const LATE = 300;

type Program = (require: NodeJS.Require, begin: (cell: number) => Promise<void>) => Promise<void>;

const AsyncFunction = (async () => undefined).constructor as new (...args: string[]) => Program;

/** Write an import as what it does, without the types: a kernel's cells are CommonJS, too. */
const required = (_: string, types: string | undefined, names: string, module: string) =>
  types ? "" : `const ${names.replace(/\btype \w+,?/g, "")} = require("${module}");`;

/** Make one function of a notebook's cells, each in the scope of those before it; it says where each begins. */
function programOf(cells: readonly Cell[]): Program {
  const bodies = cells.flatMap(({cell_type, source}, index) => {
    if (cell_type !== "code") return [];
    const text = Array.isArray(source) ? source.join("") : source;
    return [`{\nawait begin(${index + 1});\n${text.replace(IMPORT, required)}\n`];
  });
  const {code} = transformSync(bodies.join("") + "}".repeat(bodies.length), {loader: "ts", target: "es2022"});
  return new AsyncFunction("require", "begin", code);
}

let where = "";

function fail(error: unknown): never {
  process.stderr.write(`${where}: ${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
}

async function run(only: string | undefined) {
  const {chooseNotebooks, notebooksOf} = await import(`${"../../environment/reproduce/arguments.mjs"}`);
  const folder = path.resolve(process.env.LOLA_NOTEBOOKS ?? "notebooks");
  const load = createRequire(path.join(folder, "cell.js"));
  // The library finds a kernel's output among the loaded modules.
  const send = (message: unknown) => void JSON.stringify(message);
  load.cache["/tslab/dist/jupyter.js"] = {exports: {lastWriteDisplayData: send}} as NodeJS.Module;

  for (const name of notebooksOf(process.env.LOLA_SYSTEM, folder, chooseNotebooks(folder, {only})) as string[]) {
    where = name;
    const {cells} = JSON.parse(readFileSync(path.join(folder, name), "utf8")) as {cells: Cell[]};
    await programOf(cells)(load, async (cell) => {
      await new Promise(setImmediate); // what the cell before left may reject
      where = `${name}, cell ${cell}`;
    });
    await new Promise((resolve) => setTimeout(resolve, LATE));
  }
}

process.on("unhandledRejection", fail).on("uncaughtException", fail);
run(process.argv[2]).then(() => process.exit(0), fail);
