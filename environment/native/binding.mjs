// Compiles the binding of @tensorflow/tfjs-node-gpu against TensorFlow's own library (from its Python wheel), with three
// additions (functions.cc): defineFunction and removeFunction, which run a recorded step as one function, and a thread of
// its own for signals.
import {cpSync, mkdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import path from "node:path";

/** Inserts `text` before the first occurrence of `anchor` in `source`. */
function insert(source, anchor, text) {
  const at = source.indexOf(anchor);
  if (at < 0) throw new Error(`The binding of tfjs-node-gpu changed: expected to find "${anchor}" in its sources.`);
  return source.slice(0, at) + text + source.slice(at);
}

const WRAPPERS = `
static napi_value DefineFunction(napi_env env, napi_callback_info info) {
  size_t argc = 4;
  napi_value args[4];
  napi_get_cb_info(env, info, &argc, args, nullptr, nullptr);
  TFJSBackend *const backend = GetTFJSBackend(env);
  return backend && argc == 4 ? backend->DefineFunction(env, args[0], args[1], args[2], args[3]) : nullptr;
}

static napi_value RemoveFunction(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value args[1];
  napi_get_cb_info(env, info, &argc, args, nullptr, nullptr);
  TFJSBackend *const backend = GetTFJSBackend(env);
  return backend && argc == 1 ? backend->RemoveFunction(env, args[0]) : nullptr;
}

`;

const property = (name, method) =>
  `{"${name}", nullptr, ${method}, nullptr, nullptr, nullptr, napi_default, nullptr},\n      `;

/** Writes the extended sources of the binding into `target`. */
function prepareSources(package_, additions, target) {
  rmSync(target, {recursive: true, force: true});
  mkdirSync(target, {recursive: true});
  cpSync(path.join(package_, "binding"), target, {recursive: true});

  const edit = (file, change) => {
    const name = path.join(target, file);
    writeFileSync(name, change(readFileSync(name, "utf8")));
  };
  edit("tfjs_backend.h", (text) =>
    insert(
      text,
      "  // Get number of loaded SavedModel",
      "  napi_value DefineFunction(napi_env env, napi_value graph_def, napi_value function_name,\n" +
        "                            napi_value inputs, napi_value outputs);\n" +
        "  napi_value RemoveFunction(napi_env env, napi_value function_name);\n\n",
    ),
  );
  edit("tfjs_backend.cc", (text) => text + "\n" + readFileSync(additions, "utf8"));
  edit("tfjs_binding.cc", (text) =>
    insert(
      insert(text, "static napi_value GetNumOfTensors", WRAPPERS),
      '{"getNumOfTensors"',
      property("defineFunction", "DefineFunction") + property("removeFunction", "RemoveFunction"),
    ),
  );
}

/** Compiles `tfjs_binding.node`; `run(command, args)` executes one program and rejects when it fails. */
export async function buildBinding({root, tensorflow, compiler, run}) {
  const package_ = path.join(root, "node_modules/@tensorflow/tfjs-node-gpu");
  const sources = path.join(root, "environment/.build/binding");
  prepareSources(package_, path.join(root, "environment/native/functions.cc"), sources);

  const output = path.join(package_, "lib/napi-v8");
  mkdirSync(output, {recursive: true});
  await run(compiler, [
    ...["-O2", "-std=c++17", "-shared", "-fPIC", "-w", "-DNAPI_VERSION=8", "-pthread"],
    ...["node_modules/node-api-headers/include", path.join(tensorflow, "include"), package_].map((i) => `-I${i}`),
    ...["tfjs_backend.cc", "tfjs_binding.cc"].map((file) => path.join(sources, file)),
    ...["-o", path.join(output, "tfjs_binding.node")],
    ...[`-L${tensorflow}`, "-l:libtensorflow_cc.so.2", "-l:libtensorflow_framework.so.2", `-Wl,-rpath,${tensorflow}`],
    "-Wl,-z,nodelete", // its thread for signals outlives a worker that unloads it
  ]);
}
