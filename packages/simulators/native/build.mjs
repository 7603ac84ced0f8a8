// Compiles the inner loops of simulators, Fourier transforms and metrics as one module of Node.js, beside its checksum.
import {createHash} from "node:crypto";
import {mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync} from "node:fs";
import path from "node:path";
import {fileURLToPath} from "node:url";

export const folder = path.dirname(fileURLToPath(import.meta.url));
export const sources = readdirSync(folder)
  .filter((name) => name.endsWith(".cc"))
  .sort();

/** Options that keep every bit: a contracted product and sum, or another order, would round differently. */
export const EXACT = ["-O3", "-std=c++17", "-w", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math"];

/**
 * Compiles the module; `run(command, args)` executes a program and rejects when it fails. WebAssembly does the same without it,
 * so what does not compile is empty; the set-up's log says why.
 */
export async function buildLoops({root, compiler, run, output}) {
  const part = `${output}.part`;
  mkdirSync(path.dirname(output), {recursive: true});
  rmSync(`${output}.sha256`, {force: true}); // it comes back when all of the module is there
  try {
    const include = path.join(root, "node_modules/node-api-headers/include");
    const module_ = ["-shared", "-fPIC", "-fvisibility=hidden", "-DNAPI_VERSION=8", `-I${include}`];
    await run(compiler, [...EXACT, ...module_, ...sources.map((name) => path.join(folder, name)), "-o", part]);
  } catch {
    writeFileSync(output, "");
    return;
  }
  const checksum = createHash("sha256").update(readFileSync(part)).digest("hex");
  renameSync(part, output); // not over the file that a running process has in memory
  writeFileSync(`${output}.sha256`, checksum);
}
