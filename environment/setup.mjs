// Sets the laboratory up: npm packages, a Python environment, the tensor engine's binding, the headless browser, the
// library and the notebook kernel. Uses Node's built-ins only; a step whose inputs have not changed since its last success
// is skipped, and steps that need nothing of each other run side by side.
import {spawn} from "node:child_process";
import {createHash} from "node:crypto";
import {existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync} from "node:fs";
import path from "node:path";
import {fileURLToPath} from "node:url";
import {cachedDataVersionTag} from "node:v8";
import {unpackBrowser} from "./browser.mjs";
import {checkMachine, checkNode, checkSystem, SetupError, startError} from "./machine.mjs";
import {buildBinding} from "../packages/engine/native/binding.mjs";
import {oneAtATime} from "./one-at-a-time.mjs";
import {buildLoops} from "../packages/simulators/native/build.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const venv = path.join(root, "environment/.venv");
const python = path.join(venv, "bin/python");
const stateFile = path.join(root, "environment/.state.json");
const logFile = path.join(root, "environment/.build/setup.log");
const kernelFile = path.join(venv, "share/jupyter/kernels/tslab/kernel.json");

const kernelSettings = "environment/kernel.json";
const loops = "environment/.build/loops.node";

const children = new Set();

/** Runs a program with its output in the log; rejects with the output's end when it fails. */
function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {cwd: root, stdio: ["ignore", "pipe", "pipe"], ...options});
    children.add(child);
    let output = "";
    const collect = (data) => (output += data);
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("error", (error) => reject(startError(command, error)));
    child.on("close", (code) => {
      children.delete(child);
      writeFileSync(logFile, `$ ${command} ${args.join(" ")}\n${output}\n`, {flag: "a"});
      if (code === 0) resolve(output);
      else
        reject(
          new SetupError(
            `Set-up stopped: "${path.basename(command)} ${args[0] ?? ""}" failed:\n${output.slice(-2000).trim()}\n` +
              "(full output: environment/.build/setup.log)",
          ),
        );
    });
  });
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

/** Sources of the library and the packages. */
const sources = [
  "lib",
  ...readdirSync(path.join(root, "packages")).flatMap((name) =>
    ["src", "package.json", "tsconfig.json"].map((part) => `packages/${name}/${part}`),
  ),
];

/** Every step: what it makes, what it is made from, which steps come first, and how. */
function steps({python: systemPython, compiler} = {}) {
  const gpu = existsSync("/proc/driver/nvidia/version");
  const wheel = gpu ? "environment/requirements-tensorflow-cuda.txt" : "environment/requirements-tensorflow.txt";
  const library = `TensorFlow's library${gpu ? " (CUDA)" : ""}`;
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
        await run(systemPython, ["-m", "venv", "--clear", venv]);
        await pip("environment/requirements.txt");
      },
    },
    {
      name: library,
      inputs: [wheel, "environment/requirements.txt"],
      made: path.relative(root, path.join(venv, "lib")),
      after: ["Python environment"],
      // The CPU wheel is used for its library alone; the CUDA one needs the libraries it depends on.
      make: () => pip(wheel, ...(gpu ? [] : ["--no-deps"]), "--no-compile"),
    },
    {
      name: "tensor engine binding",
      inputs: ["packages/engine/native", wheel, "package-lock.json", venv, `CXXFLAGS ${process.env.CXXFLAGS ?? ""}`],
      made: "node_modules/@tensorflow/tfjs-node-gpu/lib/napi-v8/tfjs_binding.node",
      after: ["npm packages", library],
      make: () => buildBinding({root, tensorflow: tensorflowFolder(), compiler, run}),
    },
    {
      name: "inner loops",
      inputs: ["packages/simulators/native", "package-lock.json", process.arch],
      made: loops,
      after: ["npm packages"],
      make: () => buildLoops({root, compiler, run, output: path.join(root, loops)}),
    },
    {
      name: "headless browser",
      inputs: ["environment/browser.mjs", "package-lock.json", root],
      made: "environment/.build/browser/chromium",
      after: ["npm packages"],
      make: () => unpackBrowser({root, run}),
    },
    {
      name: "packages",
      inputs: [...sources, "tsconfig.base.json", "tsconfig.build.json", "package-lock.json"],
      made: "packages/paper/dist/index.js",
      after: ["npm packages"],
      make: () => run(process.execPath, ["node_modules/typescript-native/bin/tsc", "-b", "tsconfig.build.json"]),
    },
    {
      name: "notebook kernel",
      inputs: ["environment/requirements.txt", "packages/kernel/src/main.ts", kernelSettings, root],
      made: path.relative(root, kernelFile),
      after: ["Python environment", "packages"],
      make: () => {
        const options = ["--prefix", venv, "--name", "tslab", "--settings", kernelSettings];
        return run(process.execPath, ["packages/kernel/dist/main.js", "install", ...options]);
      },
    },
    {
      name: "kernel's start-up image",
      inputs: [
        "lib",
        "packages",
        kernelSettings,
        "package-lock.json",
        root,
        process.version,
        `${cachedDataVersionTag()}`,
      ],
      made: "environment/.build/kernel",
      after: ["npm packages", "packages"],
      // Not every Node can make one, and kernels start without it, only slower.
      make: () => run(process.execPath, ["packages/kernel/dist/image/make.js", kernelSettings]).catch(() => "not made"),
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
function staleSteps(programs) {
  const state = readState();
  return steps(programs).filter(
    ({name, inputs, made}) => state[name] !== fingerprint(...inputs) || !existsSync(path.join(root, made)),
  );
}

/** Does what is left to do; one process of the project does it at a time. @throws SetupError in one line if it cannot be done. */
export async function setup() {
  checkSystem(process);
  checkNode(process.versions.node);
  if (staleSteps().length === 0) return;
  const programs = checkMachine();
  await oneAtATime(
    path.join(root, "environment/.build/setup.lock"),
    () => makeStale(programs),
    () => say("set-up waits for another one in this folder"),
  );
}

const say = (text) => void process.stderr.write(`${text}\n`);
const secondsSince = (start) => ((performance.now() - start) / 1000).toFixed(1);

/** Steps that run side by side: compilers take memory. */
const AT_A_TIME = 2;

/** Makes what is left; a step may undo a later one, as npm's packages do the binding among them. */
async function makeStale(programs) {
  const done = new Set();
  const running = new Map();
  const left = () => staleSteps(programs).filter(({name}) => !done.has(name) && !running.has(name));
  const make = async (step) => {
    const begin = performance.now();
    const note = await step.make();
    const state = {...readState(), [step.name]: fingerprint(...step.inputs)};
    writeFileSync(`${stateFile}.tmp`, JSON.stringify(state, null, 2));
    renameSync(`${stateFile}.tmp`, stateFile);
    done.add(step.name);
    running.delete(step.name);
    const count = done.size + running.size + left().length;
    say(
      `set-up ${done.size}/${count}  ${step.name}  ${secondsSince(begin)} s${note === "not made" ? ", not made" : ""}`,
    );
  };
  if (left().length === 0) return;
  writeFileSync(logFile, "");
  const start = performance.now();
  for (let todo = left(); todo.length + running.size > 0; todo = left()) {
    const unmade = new Set([...todo.map(({name}) => name), ...running.keys()]);
    const free = todo.filter(({after = []}) => !after.some((name) => unmade.has(name)));
    const ready = free.slice(0, AT_A_TIME - running.size);
    if (ready.length > 0) say(`set-up makes ${ready.map(({name}) => name).join(", ")} ...`);
    for (const step of ready) running.set(step.name, make(step));
    try {
      await Promise.race(running.values());
    } catch (error) {
      children.forEach((child) => child.kill()); // of the steps beside it
      throw error;
    }
  }
  say(`set-up done in ${secondsSince(start)} s`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  setup().catch((error) => {
    say(error instanceof SetupError ? error.message : error.stack);
    process.exitCode = 1;
  });
}
