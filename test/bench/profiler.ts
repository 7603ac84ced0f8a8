/** The native part of the profile: profiler.cc, compiled against TensorFlow's wheel when it is first needed. */
import {execFileSync} from "node:child_process";
import {existsSync, mkdirSync, statSync} from "node:fs";
import {createRequire} from "node:module";
import path from "node:path";

/** Something that TensorFlow did. */
export interface Event {
  readonly thread: number;
  readonly name: string;
  /** Nanoseconds. */
  readonly start: number;
  readonly end: number;
}

/** Records what TensorFlow's threads do between start and stop. */
export interface Profiler {
  start(): boolean;
  stop(): Event[];
}

/** Load the native part, compiled when it is missing or older than its source. */
export function loadProfiler(): Profiler {
  const root = path.resolve(__dirname, "../..");
  const source = path.join(__dirname, "profiler.cc");
  const output = path.join(root, "environment/.build/profiler.node");
  if (!existsSync(output) || statSync(output).mtimeMs < statSync(source).mtimeMs) {
    const find = "import importlib.util; print(importlib.util.find_spec('tensorflow').submodule_search_locations[0])";
    const python = path.join(root, "environment/.venv/bin/python");
    const tensorflow = execFileSync(python, ["-c", find], {encoding: "utf8"}).trim();
    mkdirSync(path.dirname(output), {recursive: true});
    const includes = [path.join(root, "node_modules/node-api-headers/include"), path.join(tensorflow, "include")];
    execFileSync(process.env.CXX ?? "g++", [
      ...["-O2", "-std=c++17", "-shared", "-fPIC", "-w", "-DNAPI_VERSION=8", ...includes.map((each) => `-I${each}`)],
      ...[source, "-o", output, `-L${tensorflow}`, "-l:libtensorflow_framework.so.2", `-Wl,-rpath,${tensorflow}`],
    ]);
  }
  return createRequire(__filename)(output) as Profiler;
}
