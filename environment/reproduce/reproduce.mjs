// Runs the notebooks, headless: a live line with the stage of each that runs, a stop at the first failing cell with its
// source and error, and a summary of times, figures and findings.
import {spawn} from "node:child_process";
import {existsSync, readdirSync, readFileSync, statSync} from "node:fs";
import {createRequire} from "node:module";
import path from "node:path";
import {createInterface} from "node:readline";
import {fileURLToPath} from "node:url";
import {chooseNotebooks, chooseSystems, defaults, HELP, notebooksOf, readArguments, UsageError} from "./arguments.mjs";
import {orderOf} from "./order.mjs";
import {Screen} from "./screen.mjs";
import {Ledger} from "./unchanged.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const venv = path.join(root, "environment/.venv");
const library = (name) => createRequire(import.meta.url)(path.join(root, "lib/dist", name));

let stopped = 0; // exit code once a signal has come

function requireSetup() {
  for (const name of ["environment/.venv/bin/python", "lib/dist/lab/presets/presets.js", "node_modules/tslab"]) {
    if (!existsSync(path.join(root, name))) {
      throw new UsageError(`${name} is missing: run \`node environment/setup.mjs\` first.`);
    }
  }
}

/** What the Python process is told: which notebooks, and where results go. */
function jobOf({system, preset, exercises, folder, notebooks}) {
  const main = system === defaults.system && preset === defaults.preset && !process.env.LOLA_OUT;
  const out = process.env.LOLA_OUT || path.join(root, ".out", `${system}-${preset}`);
  return {
    root,
    exercises,
    order: orderOf(chooseNotebooks(folder, {}).map((name) => path.join(folder, name))),
    notebooks: notebooks.map((name) => path.join(folder, name)),
    output: main && folder === path.join(root, "notebooks") ? folder : path.join(out, "notebooks"),
    failed: path.join(out, "failed"),
    log: path.join(out, "kernels"),
  };
}

/** The record of what runs of this system and preset left. */
function ledgerOf({system, preset, job}) {
  Object.assign(process.env, {LOLA_SYSTEM: system, LOLA_PRESET: preset});
  const {dataFolder, figuresFolder} = library("core/paths.js");
  return new Ledger({
    root,
    file: path.join(job.log, "../last-run.json"),
    data: dataFolder(),
    figures: figuresFolder(),
    order: job.order,
    settings: Object.entries(process.env)
      .filter(([name]) => name.startsWith("LOLA_"))
      .sort(),
    resultOf: (notebook) => path.join(job.output, path.basename(notebook)),
  });
}

/** Runs the notebooks of one system in a Python process and shows its events. */
async function runSystem({system, preset, job, screen}) {
  const tools = [path.join(root, "node_modules/.bin"), path.join(venv, "bin")];
  const child = spawn(
    path.join(venv, "bin/python"),
    [path.join(root, "environment/reproduce/run_notebooks.py"), JSON.stringify(job)],
    {
      cwd: root,
      detached: true, // a terminal's Ctrl-C reaches this process alone, which passes it on
      stdio: ["pipe", "pipe", "inherit"],
      env: {
        ...process.env,
        LOLA_SYSTEM: system,
        LOLA_PRESET: preset,
        PATH: [...tools, process.env.PATH].join(path.delimiter),
        JUPYTER_PLATFORM_DIRS: "1",
        PYTHONDONTWRITEBYTECODE: "1",
      },
    },
  );

  const results = [];
  const began = new Map();
  let failure;
  createInterface({input: child.stdout}).on("line", (line) => {
    if (!line.startsWith("{")) return screen.line(line);
    const event = JSON.parse(line);
    const {name} = event;
    if (event.event === "notebook") began.set(name, Date.now());
    if (event.event === "failed") failure = event;
    else screen[event.event](event);
    if (event.event === "end") results.push({...event, began: began.get(name), ended: Date.now()});
  });

  const pass = (signal) => () => {
    stopped ||= signal === "SIGINT" ? 130 : 143;
    child.kill("SIGINT");
  };
  const [onInterrupt, onTerminate] = [pass("SIGINT"), pass("SIGTERM")];
  process.on("SIGINT", onInterrupt).on("SIGTERM", onTerminate).on("SIGHUP", onTerminate);
  const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  process.off("SIGINT", onInterrupt).off("SIGTERM", onTerminate).off("SIGHUP", onTerminate);
  screen.clear();

  if (!stopped && code !== 0 && !failure) failure = {name: "The notebook runner", text: `It ended with code ${code}.`};
  return {results, failure: stopped ? undefined : failure};
}

function printFailure({name, cell, source, text}) {
  const indent = (lines) => lines.trimEnd().replace(/^/gm, "    ");
  process.stdout.write(`\n${path.parse(name).name} failed${cell ? ` in cell ${cell}` : ""}:\n\n`);
  if (source) process.stdout.write(`${indent(source)}\n\n`);
  process.stdout.write(`${text.trim()}\n`);
}

/** Files below the folder that were written since `start`, grouped by their name without extension. */
function written(folder, start) {
  if (!existsSync(folder)) return [];
  const groups = new Map();
  for (const name of readdirSync(folder).sort()) {
    const {ext, name: stem} = path.parse(name);
    if (![".png", ".html", ".csv", ".tex", ".svg", ".mp4", ".gif"].includes(ext)) continue;
    if (statSync(path.join(folder, name)).mtimeMs >= start) groups.set(stem, [...(groups.get(stem) ?? []), ext]);
  }
  return [...groups].map(
    ([stem, extensions]) => `${path.relative(root, path.join(folder, stem))} ${extensions.join(" ")}`,
  );
}

function printFindings(folder, start) {
  const file = path.join(folder, "findings.json");
  if (!existsSync(file) || statSync(file).mtimeMs < start) return;
  process.stdout.write("\nFindings\n");
  for (const {statement, verdict, numbers} of JSON.parse(readFileSync(file, "utf8"))) {
    process.stdout.write(`  ${verdict.padEnd(14)} ${statement}\n${" ".repeat(17)}${numbers}\n`);
  }
}

function printSummary({system, preset, results, start, began}) {
  const {formatSeconds} = library("lab/notebook/progress.js");
  const figures = library("core/paths.js").figuresFolder();
  const gib = (bytes) => `${(bytes / 2 ** 30).toFixed(2)} GiB`;
  process.stdout.write(`\nSummary of ${system}, ${preset}\n`);
  for (const {name, ok, seconds, peak} of results) {
    const time = formatSeconds(seconds).padStart(12);
    process.stdout.write(`  ${path.parse(name).name.padEnd(28)} ${time}  ${gib(peak)}${ok ? "" : "  failed"}\n`);
  }
  const total = formatSeconds((performance.now() - began) / 1000).padStart(12);
  process.stdout.write(
    `  ${"in all".padEnd(28)} ${total}  ${gib(Math.max(0, ...results.map(({peak}) => peak)))} at most\n`,
  );
  const files = written(figures, start);
  if (files.length > 0) process.stdout.write(`\nFigures and tables\n${files.map((name) => `  ${name}\n`).join("")}`);
}

async function reproduce() {
  const options = readArguments(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (options.train) process.env.LOLA_TRAIN = "1";
  requireSetup();
  const systems = chooseSystems(options, library("lab/presets/presets.js"));
  const folder = process.env.LOLA_NOTEBOOKS ? path.resolve(process.env.LOLA_NOTEBOOKS) : path.join(root, "notebooks");
  const notebooks = chooseNotebooks(folder, options);

  for (const system of systems) {
    const {preset, again, exercises} = options;
    const job = jobOf({system, preset, exercises, folder, notebooks: notebooksOf(system, folder, notebooks)});
    const code = await bringUpToDate({system, preset, again: again || exercises, job});
    if (code !== 0) return code;
  }
  return 0;
}

/** Runs the notebooks of one system that are not as the last run left them; returns the exit code. */
async function bringUpToDate({system, preset, again, job}) {
  const [start, began] = [Date.now() - 1000, performance.now()];
  const ledger = ledgerOf({system, preset, job});
  const {notebooks} = job;
  let todo = again ? notebooks : ledger.stale(notebooks);
  announce({system, preset, all: notebooks.length, todo: todo.length, ended: ledger.ended});
  const whole = todo.length === notebooks.length;

  const all = [];
  while (todo.length > 0) {
    const screen = new Screen(todo.length, library("lab/notebook/progress.js").formatSeconds);
    const chosen = job.order.filter(({file}) => todo.includes(file));
    const {results, failure} = await runSystem({system, preset, job: {...job, notebooks: chosen}, screen});
    const fileOf = (name) => todo.find((file) => path.basename(file) === name);
    ledger.ran(results.filter(({ok}) => ok).map((result) => ({...result, notebook: fileOf(result.name)})));
    all.push(...results);
    if (stopped) {
      process.stdout.write("\nInterrupted. Finished stages are kept: the same command goes on from there.\n");
      return stopped;
    }
    if (failure) {
      printFailure(failure);
      printSummary({system, preset, results: all, start, began});
      printFindings(library("core/paths.js").figuresFolder(), start);
      return 1;
    }
    todo = ledger.stale(notebooks.slice(notebooks.indexOf(todo[0]) + 1)); // those that the others' results changed
  }
  if (all.length > 0) printSummary({system, preset, results: all, start, began});
  printFindings(library("core/paths.js").figuresFolder(), whole ? start : 0);
  return 0;
}

function announce({system, preset, all, todo, ended}) {
  process.stdout.write(`${system}, preset ${preset}: ${all} notebook${all > 1 ? "s" : ""}\n`);
  if (todo === all) return;
  const kept = todo === 0 ? "Nothing" : `${all - todo} of them: nothing`;
  process.stdout.write(
    `${kept} changed since the run that ended ${ended.toLocaleString()}; cells, data and figures are as it left them ` +
      "(--again runs them anyway).\n",
  );
}

try {
  process.exitCode = await reproduce();
} catch (error) {
  process.stderr.write(`${error instanceof UsageError ? error.message : (error.stack ?? error)}\n`);
  process.exitCode = 2;
}
