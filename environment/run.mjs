// Runs a verb of the project's command: npm run lola -- sweep --help. Help and refusals need no set-up. This file has no syntax
// younger than Node 12, so that an old Node says that it is too old.
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

function load(program) {
  const file = path.join(root, program);
  if (file.endsWith(".mjs")) return import(pathToFileURL(file));
  if (file.endsWith(".ts")) require("./typescript.cjs");
  return require(file);
}

async function run([verb, ...args]) {
  checkSystem(process);
  checkNode(process.versions.node);
  const {commands, helpOf, listOfCommands, readCommandLine, usageError} = require("./command-line.cjs");
  const isHelp = (word) => word === "--help" || word === "-h";
  if (verb === undefined || isHelp(verb)) return print(listOfCommands());
  if (!Object.keys(commands).includes(verb)) {
    throw usageError(`Unknown command "${verb}": known are ${Object.keys(commands).join(", ")}.`);
  }
  const {program, bare, setUp = true} = commands[verb];
  if (args.some(isHelp) || (bare && args.length === 0)) return print(helpOf(verb));
  const options = readCommandLine(verb, args);
  if (setUp) await (await import("./setup.mjs")).setup();
  quieten();
  const {main} = await load(program);
  const code = await main(options);
  if (code !== undefined) process.exitCode = code;
}

/** Exit codes by the codes of errors; a RangeError is the library's refusal of an option. */
const EXIT_CODES = {usage: 2, interrupted: 130, aborted: 130};

run(process.argv.slice(2)).catch((error) => {
  const isFault = [TypeError, ReferenceError, SyntaxError].some((type) => error instanceof type);
  process.stderr.write(`${isFault ? error.stack : error.message}\n`);
  if (error.code === "rank-lost") process.kill(process.pid, "SIGKILL"); // a thread may wait for the lost rank forever
  process.exit(EXIT_CODES[error.code] || (error instanceof RangeError ? 2 : 1));
});
