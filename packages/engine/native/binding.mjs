// Compiles the binding of @tensorflow/tfjs-node-gpu against TensorFlow's own library (from its Python wheel), with additions:
// defineFunction and removeFunction, which run a recorded step as one function, and a thread of its own for signals
// (functions.cc); joinRanks and sumOverRanks, which add vectors up over processes (collectives.cc); operations for the updates
// of optimisers and for parts of networks (operations.cc). A module beside it leaves out the library's first notices (notices.cc).
import {appendFileSync, cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync} from "node:fs";
import path from "node:path";
import process from "node:process";

/** Methods that are added: name in JavaScript, name in C++ and number of arguments. */
const METHODS = [
  ["defineFunction", "DefineFunction", 4],
  ["removeFunction", "RemoveFunction", 1],
  ["joinRanks", "JoinRanks", 3],
  ["sumOverRanks", "SumOverRanks", 3],
];

const list = (count, text) => Array.from({length: count}, (_, i) => text(i)).join(", ");

const wrapper = ([, method, count]) => `
static napi_value ${method}(napi_env env, napi_callback_info info) {
  size_t argc = ${count};
  napi_value args[${count}];
  napi_get_cb_info(env, info, &argc, args, nullptr, nullptr);
  TFJSBackend *const backend = GetTFJSBackend(env);
  return backend && argc == ${count} ? backend->${method}(env, ${list(count, (i) => `args[${i}]`)}) : nullptr;
}
`;

const declaration = ([, method, count]) =>
  `  napi_value ${method}(napi_env env, ${list(count, (i) => `napi_value argument${i}`)});\n`;

const property = ([name, method]) =>
  `{"${name}", nullptr, ${method}, nullptr, nullptr, nullptr, napi_default, nullptr},\n      `;

/** Writes the extended sources of the binding into `target`. */
function prepareSources(package_, additions, target) {
  rmSync(target, {recursive: true, force: true});
  mkdirSync(target, {recursive: true});
  cpSync(path.join(package_, "binding"), target, {recursive: true});

  /** Inserts texts before the first occurrences of anchors. */
  const edit = (file, ...insertions) => {
    const name = path.join(target, file);
    let source = readFileSync(name, "utf8");
    for (const [anchor, text] of insertions) {
      const at = source.indexOf(anchor);
      if (at < 0) throw new Error(`The binding of tfjs-node-gpu changed: expected to find "${anchor}" in its sources.`);
      source = source.slice(0, at) + text + source.slice(at);
    }
    writeFileSync(name, source);
  };
  const members = "  void FinishSum(napi_env env, struct RankSum *sum);\n  TFE_Context *ranks_context_ = nullptr;\n";
  edit(
    "tfjs_backend.h",
    ["  // Get number of loaded SavedModel", `${METHODS.map(declaration).join("")}\n`],
    ["  TFE_Context *tfe_context_;", members],
    ["class TFJSBackend {", "struct RankSum;\n\n"],
  );
  edit(
    "tfjs_binding.cc",
    ["static napi_value GetNumOfTensors", `${METHODS.map(wrapper).join("")}\n`],
    ['{"getNumOfTensors"', METHODS.map(property).join("")],
  );
  for (const file of additions) appendFileSync(path.join(target, "tfjs_backend.cc"), `\n${readFileSync(file, "utf8")}`);
}

/**
 * Compiles the operations of our own; returns their object file. They need TensorFlow's C++ interface and a
 * recent compiler. A binding without them works as well, so where they do not compile there are none; the set-up's log says why.
 */
async function compileOperations({root, tensorflow, compiler, run}, target) {
  const options = ["-O3", "-std=c++17", "-fPIC", "-w", "-pthread", "-fno-math-errno", "-fno-trapping-math"];
  const layout = ["-DNDEBUG", "-DEIGEN_MAX_ALIGN_BYTES=64"]; // of classes, as in TensorFlow's own build
  const chosen = (process.env.CXXFLAGS ?? "").split(/\s+/).filter(Boolean);
  const flags = [...options, ...layout, ...chosen, `-I${path.join(tensorflow, "include")}`];
  const object = path.join(target, "operations.o");
  try {
    await run(compiler, [...flags, "-c", path.join(root, "packages/engine/native/operations.cc"), "-o", object]);
    return [object];
  } catch {
    return [];
  }
}

/** Compiles `tfjs_binding.node`; `run(command, args)` executes one program and rejects when it fails. */
export async function buildBinding({root, tensorflow, compiler, run}) {
  const package_ = path.join(root, "node_modules/@tensorflow/tfjs-node-gpu");
  const sources = path.join(root, "environment/.build/binding");
  const additions = ["functions.cc", "collectives.cc"].map((file) => path.join(root, "packages/engine/native", file));
  prepareSources(package_, additions, sources);
  const operations = await compileOperations({root, tensorflow, compiler, run}, sources);

  const output = path.join(package_, "lib/napi-v8");
  mkdirSync(output, {recursive: true});
  const module_ = [
    ...["-O2", "-std=c++17", "-shared", "-fPIC", "-w", "-DNAPI_VERSION=8", "-pthread"],
    ...["node_modules/node-api-headers/include", path.join(tensorflow, "include"), package_].map((i) => `-I${i}`),
    `-Wl,-rpath,${tensorflow}`,
  ];
  await run(compiler, [
    ...[...module_, path.join(root, "packages/engine/native/notices.cc"), "-ldl"],
    ...["-o", path.join(output, "notices.part")],
  ]);
  await run(compiler, [
    ...module_,
    ...["tfjs_backend.cc", "tfjs_binding.cc"].map((file) => path.join(sources, file)),
    ...operations,
    ...["-o", path.join(output, "tfjs_binding.part")],
    ...[`-L${tensorflow}`, "-l:libtensorflow_cc.so.2", "-l:libtensorflow_framework.so.2"],
    "-Wl,-z,nodelete", // its thread for signals outlives a worker that unloads it
  ]);
  // Whole or not at all, beside processes that run.
  for (const name of ["notices", "tfjs_binding"]) {
    renameSync(path.join(output, `${name}.part`), path.join(output, `${name}.node`));
  }
}
