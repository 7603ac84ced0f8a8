// Compiles the inner loops to WebAssembly: loops.wasm, which comes with the project, and beside it what it was made of. The
// compiler is a package of PyPI, which this command installs into environment/.build.
import {spawnSync} from "node:child_process";
import {createHash} from "node:crypto";
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import path from "node:path";
import {fileURLToPath} from "node:url";
import {EXACT, folder, sources} from "./build.mjs";

const environment = path.resolve(folder, "../../../environment");
const requirements = path.join(environment, "requirements-wasm.txt");
const packages = path.join(environment, ".build/ziglang-0.17.1");
const zig = path.join(packages, "ziglang/zig");

const hash = (...parts) => parts.reduce((sum, part) => sum.update(part), createHash("sha256")).digest("hex");

/** Hashes of a module and of everything that it is made from. */
export function recordOf(module_) {
  const names = readdirSync(folder).filter((name) => /\.(cc|h|mjs)$/.test(name));
  const files = [...names.sort().map((name) => path.join(folder, name)), requirements];
  return {module: hash(module_), sources: hash(...files.map((file) => readFileSync(file)))};
}

function run(command, args, env = process.env) {
  const {status, error} = spawnSync(command, args, {env, stdio: "inherit"});
  if (status !== 0) throw error ?? new Error(`${path.basename(command)}: expected status 0, found ${status}.`);
}

/** Compiles the module. It needs no header of a system and no library. */
export function compileWasm() {
  const work = mkdtempSync(path.join(tmpdir(), "lola-wasm-"));
  const env = {...process.env, ZIG_GLOBAL_CACHE_DIR: work, ZIG_LOCAL_CACHE_DIR: work};
  const options = ["-target", "wasm32-wasi", "-msimd128", "-fno-exceptions", "-fno-rtti"];
  try {
    const objects = sources.map((name) => {
      const object = path.join(work, `${name}.o`);
      run(zig, ["c++", ...EXACT, ...options, "-c", path.join(folder, name), "-o", object], env);
      return object;
    });
    const output = path.join(work, "loops.wasm");
    run(zig, ["wasm-ld", "--no-entry", "--strip-all", "--gc-sections", ...objects, "-o", output], env);
    return readFileSync(output);
  } finally {
    rmSync(work, {recursive: true});
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const pip = ["-m", "pip", "install", "--no-input", "--require-hashes", "--only-binary=:all:", "--target", packages];
  if (!existsSync(zig)) run(path.join(environment, ".venv/bin/python"), [...pip, "-r", requirements]);
  const module_ = compileWasm();
  writeFileSync(path.join(folder, "loops.wasm"), module_);
  writeFileSync(path.join(folder, "loops.json"), `${JSON.stringify(recordOf(module_), null, 2)}\n`);
}
