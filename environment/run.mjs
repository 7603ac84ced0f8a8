// Runs a command of the project: node environment/run.mjs sweep --help. Help and words that cannot be need no set-up. This file
// has no syntax younger than Node 12, so that an old Node says that it is too old.
import {createRequire} from "node:module";
import path from "node:path";
import {fileURLToPath, pathToFileURL} from "node:url";
import {checkNode, checkSystem} from "./machine.mjs";

const require = createRequire(import.meta.url);
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

/** Processes that a command starts, tests and kernels among them, announce no experimental parts of Node. */
function quieten() {
  const options = process.env.NODE_OPTIONS || "";
  if (/-warnings?\b/.test(options)) return; // somebody chose
  process.env.NODE_OPTIONS = `${options} --disable-warning=ExperimentalWarning`.trim();
}

/** Prints a text, of which a reader such as head may take the beginning alone. */
function print(text) {
  process.stdout.on("error", (error) => {
    if (error.code !== "EPIPE") throw error;
  });
  process.stdout.write(text);
}

/** Loads a program, which then runs as if Node had been started with it. */
async function load(program, args) {
  const file = path.join(root, program);
  process.argv.splice(1, process.argv.length, file, ...args);
  if (file.endsWith(".mjs")) return import(pathToFileURL(file));
  if (file.endsWith(".ts")) require("./typescript.cjs");
  return require(file);
}

async function run([name, ...args]) {
  checkSystem(process);
  checkNode(process.versions.node);
  const {commands, helpOf, listOfCommands, readCommandLine, UsageError} = require("./commands.cjs");
  const isHelp = (word) => word === "--help" || word === "-h";
  if (name === undefined || isHelp(name)) return print(listOfCommands());
  if (!Object.keys(commands).includes(name)) {
    throw new UsageError(`Unknown command "${name}": known are ${Object.keys(commands).join(", ")}.`);
  }
  const {program, bare, others} = commands[name];
  if (args.some(isHelp) || (bare && args.length === 0)) return print(helpOf(name));
  if (!others) readCommandLine(name, args);
  const {setup} = await import("./setup.mjs");
  await setup();
  quieten();
  return load(program, args);
}

run(process.argv.slice(2)).catch((error) => {
  const known = ["SetupError", "UsageError"].includes(error.constructor.name);
  process.stderr.write(`${known ? error.message : error.stack}\n`);
  process.exitCode = error.constructor.name === "UsageError" ? 2 : 1;
});
