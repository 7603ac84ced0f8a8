// Sets the laboratory up: npm packages, a Python environment, the tensor engine's binding, the headless browser, the
// library and the notebook kernel. Uses Node's built-ins only; a step whose inputs have not changed since its last success
// is skipped.
import {spawn, spawnSync} from "node:child_process";
import {createHash} from "node:crypto";
import {existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync} from "node:fs";
import path from "node:path";
import {fileURLToPath} from "node:url";
import {cachedDataVersionTag} from "node:v8";
import {unpackBrowser} from "./browser.mjs";
import {buildBinding} from "./native/binding.mjs";
import {oneAtATime} from "./one-at-a-time.mjs";
import {buildSimulators} from "./simulators/build.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const venv = path.join(root, "environment/.venv");
const python = path.join(venv, "bin/python");
const stateFile = path.join(root, "environment/.state.json");
const logFile = path.join(root, "environment/.build/setup.log");
const kernelFile = path.join(venv, "share/jupyter/kernels/tslab/kernel.json");

/** How Jupyter starts the notebook kernel. */
const kernelSpec = {
  argv: ["sh", path.join(root, "environment/kernel.sh"), "kernel", "--config-path", "{connection_file}"],
  display_name: "TypeScript",
  language: "typescript",
};

class SetupError extends Error {}

/** Runs a program with its output in the log; rejects with the output's end when it fails. */
function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {cwd: root, stdio: ["ignore", "pipe", "pipe"], ...options});
    let output = "";
    const collect = (data) => (output += data);
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("error", ({code}) =>
      reject(new SetupError(`"${command}" could not be started (${code}): is it installed?`)),
    );
    child.on("close", (code) => {
      writeFileSync(logFile, `$ ${command} ${args.join(" ")}\n${output}\n`, {flag: "a"});
      if (code === 0) resolve(output);
      else
        reject(new SetupError(`"${path.basename(command)} ${args[0] ?? ""}" failed:\n${output.slice(-2000).trim()}`));
    });
  });
}

const works = (command, args) => spawnSync(command, args, {stdio: "ignore"}).status === 0;

/** Checks Node's version. */
function checkNode() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < 20 || major > 22) {
    throw new SetupError(`Node 20 or 22 is needed and ${process.version} was found: install Node 22 (nodejs.org).`);
  }
}

/** Finds a Python that TensorFlow has wheels for and that can make virtual environments. */
function findPython() {
  const names = [process.env.PYTHON, "python3", "python3.12", "python3.11", "python3.13", "python3.10"].filter(Boolean);
  const supported = "import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))";
  const found = names.filter((name) => works(name, ["-c", supported]));
  if (found.length === 0) {
    throw new SetupError("Python 3.10 to 3.13 is needed and none was found: install it (Debian: apt install python3).");
  }
  const usable = found.find((name) => works(name, ["-c", "import venv, ensurepip"]));
  if (!usable) {
    throw new SetupError(`${found[0]} has no venv module: install it (Debian: apt install python3-venv).`);
  }
  return usable;
}

/** Finds a C++17 compiler. */
function findCompiler() {
  const names = [process.env.CXX, "g++", "c++", "clang++"].filter(Boolean);
  const found = names.find((name) => works(name, ["-std=c++17", "-x", "c++", "-fsyntax-only", "/dev/null"]));
  if (!found) {
    throw new SetupError("A C++17 compiler is needed and none was found: install one (Debian: apt install g++).");
  }
  return found;
}

/** Hashes files (and folders, by their files) and plain values. */
function fingerprint(...inputs) {
  const hash = createHash("sha256");
  const add = (input) => {
    const name = path.join(root, input);
    if (!existsSync(name)) hash.update(input);
    else if (statSync(name).isDirectory()) {
      for (const entry of readdirSync(name).sort()) {
        if (entry !== "dist" && entry !== "node_modules") add(path.join(input, entry));
      }
    } else hash.update(input).update(readFileSync(name));
  };
  inputs.forEach(add);
  return hash.digest("hex");
}

/** The folder of TensorFlow's library inside the Python environment. */
function tensorflowFolder() {
  const lib = path.join(venv, "lib");
  const version = readdirSync(lib).find((entry) => entry.startsWith("python3"));
  return path.join(lib, version, "site-packages/tensorflow");
}

/** Installs what a locked file lists: wheels alone, each only if its hash is there. */
const pip = (file, ...options) => {
  const always = ["--disable-pip-version-check", "--no-input", "--require-hashes", "--only-binary=:all:"];
  return run(python, ["-m", "pip", "install", ...always, ...options, "-r", file]);
};

/** Every step: what it makes, what it is made from, and how. */
function steps() {
  const gpu = existsSync("/proc/driver/nvidia/version");
  const wheel = gpu ? "environment/requirements-tensorflow-cuda.txt" : "environment/requirements-tensorflow.txt";
  return [
    {
      name: "npm packages",
      inputs: ["package-lock.json", process.version],
      made: "node_modules/tslab",
      make: () => run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]),
    },
    {
      name: "Python environment",
      inputs: ["environment/requirements.txt"],
      made: "environment/.venv/bin/jupyter",
      make: async () => {
        await run(findPython(), ["-m", "venv", "--clear", venv]);
        await pip("environment/requirements.txt");
      },
    },
    {
      name: `TensorFlow's library${gpu ? " (CUDA)" : ""}`,
      inputs: [wheel, "environment/requirements.txt"],
      made: path.relative(root, path.join(venv, "lib")),
      // The CPU wheel is used for its library alone; the CUDA one needs the libraries it depends on.
      make: () => pip(wheel, ...(gpu ? [] : ["--no-deps"]), "--no-compile"),
    },
    {
      name: "tensor engine binding",
      inputs: ["environment/native", wheel, "package-lock.json", venv, `CXXFLAGS ${process.env.CXXFLAGS ?? ""}`],
      made: "node_modules/@tensorflow/tfjs-node-gpu/lib/napi-v8/tfjs_binding.node",
      make: () => buildBinding({root, tensorflow: tensorflowFolder(), compiler: findCompiler(), run}),
    },
    {
      name: "simulators' inner loops",
      inputs: ["environment/simulators", "package-lock.json", process.arch],
      made: "environment/.build/simulators",
      make: () => {
        const folder = path.join(root, "environment/.build/simulators");
        return buildSimulators({root, compiler: findCompiler(), run, folder});
      },
    },
    {
      name: "headless browser",
      inputs: ["environment/browser.mjs", "package-lock.json", root],
      made: "environment/.build/browser/chromium",
      make: () => unpackBrowser({root, run}),
    },
    {
      name: "library",
      inputs: ["lib", "tsconfig.json", "package-lock.json"],
      made: "lib/dist/index.js",
      make: () => run(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "lib"]),
    },
    {
      name: "notebook kernel",
      inputs: ["environment/requirements.txt", JSON.stringify(kernelSpec)],
      made: path.relative(root, kernelFile),
      make: async () => {
        mkdirSync(path.dirname(kernelFile), {recursive: true});
        writeFileSync(kernelFile, JSON.stringify(kernelSpec, null, 1));
      },
    },
    {
      name: "kernel's start-up image",
      inputs: [
        ...["lib", "environment/kernel", "environment/kernel.cjs", "package-lock.json", root, process.version],
        `${cachedDataVersionTag()}`,
      ],
      made: "environment/.build/kernel",
      // Not every Node can make one, and kernels start without it, only slower.
      make: () =>
        run(process.execPath, ["environment/kernel/image/make.cjs"]).catch(() => process.stdout.write("not made ... ")),
    },
  ];
}

function readState() {
  try {
    return JSON.parse(readFileSync(stateFile, "utf8"));
  } catch {
    return {};
  }
}

/** The steps that are not done yet, or no more. */
function staleSteps() {
  const state = readState();
  return steps().filter(
    ({name, inputs, made}) => state[name] !== fingerprint(...inputs) || !existsSync(path.join(root, made)),
  );
}

async function setup() {
  checkNode();
  if (staleSteps().length === 0) return;
  const waiting = () => process.stdout.write("set-up waits for another one in this folder\n");
  await oneAtATime(path.join(root, "environment/.build/setup.lock"), makeStale, waiting);
}

/** Does what is left to do, step by step: a step may undo a later one, as npm's packages do the binding among them. */
async function makeStale() {
  const done = new Set();
  const left = () => staleSteps().filter(({name}) => !done.has(name));
  if (left().length === 0) return;
  findPython();
  findCompiler();
  writeFileSync(logFile, "");
  const start = performance.now();
  for (let todo = left(); todo.length > 0; todo = left()) {
    const [step] = todo;
    process.stdout.write(`set-up ${done.size + 1}/${done.size + todo.length}  ${step.name} ... `);
    const begin = performance.now();
    await step.make();
    done.add(step.name);
    const state = {...readState(), [step.name]: fingerprint(...step.inputs)};
    writeFileSync(`${stateFile}.tmp`, JSON.stringify(state, null, 2));
    renameSync(`${stateFile}.tmp`, stateFile);
    process.stdout.write(`${((performance.now() - begin) / 1000).toFixed(1)} s\n`);
  }
  process.stdout.write(`set-up done in ${((performance.now() - start) / 1000).toFixed(0)} s\n`);
}

try {
  await setup();
} catch (error) {
  const text = error instanceof SetupError ? error.message : (error.stack ?? String(error));
  process.stderr.write(`\nSet-up stopped: ${text}\n(full output: environment/.build/setup.log)\n`);
  process.exit(1);
}
