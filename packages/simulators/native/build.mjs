// Compiles the inner loops of simulators and metrics as modules of Node.js, each beside its checksum.
import {createHash} from "node:crypto";
import {mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync} from "node:fs";
import path from "node:path";

/** Options that keep every bit: a contracted product and sum, or another order, would round differently. */
const EXACT = ["-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math"];

/** Compiles one source to `output`, which is empty where it does not compile. */
async function buildModule({include, compiler, run, source, output}) {
  const part = `${output}.part`;
  rmSync(`${output}.sha256`, {force: true}); // it comes back when all of the module is there
  try {
    const module_ = ["-shared", "-fPIC", "-fvisibility=hidden", "-DNAPI_VERSION=8", `-I${include}`];
    await run(compiler, ["-O3", "-std=c++17", "-w", ...EXACT, ...module_, source, "-o", part]);
  } catch {
    writeFileSync(output, "");
    return;
  }
  const checksum = createHash("sha256").update(readFileSync(part)).digest("hex");
  renameSync(part, output); // not over the file that a running process has in memory
  writeFileSync(`${output}.sha256`, checksum);
}

/**
 * Compiles each source to a module of its name in a folder, all at once; `run(command, args)` executes one program and rejects
 * when it fails. JavaScript does the same without them, so what does not compile is empty; the set-up's log says why.
 */
export async function buildSimulators({root, compiler, run, folder}) {
  const include = path.join(root, "node_modules/node-api-headers/include");
  const sources = path.join(root, "packages/simulators/native");
  mkdirSync(folder, {recursive: true});
  const names = readdirSync(sources).filter((name) => name.endsWith(".cc"));
  await Promise.all(
    names.map((name) => {
      const output = path.join(folder, `${path.basename(name, ".cc")}.node`);
      return buildModule({include, compiler, run, source: path.join(sources, name), output});
    }),
  );
}
