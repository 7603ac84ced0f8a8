// Runs the notebooks, headless: a live line with the stage of each that runs, a stop at the first failing cell with its
// source and error, a summary of times and claims, and a page of results.
import {spawn, spawnSync} from "node:child_process";
import {existsSync, readFileSync, statSync} from "node:fs";
import {createRequire} from "node:module";
import path from "node:path";
import {createInterface} from "node:readline";
import {fileURLToPath} from "node:url";
import {usageError} from "../command-line.cjs";
import {startError} from "../machine.mjs";
import {chooseNotebooks, orderOf} from "./notebooks.mjs";
import {Screen} from "./screen.mjs";
import {Ledger} from "./unchanged.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const venv = path.join(root, "environment/.venv");
const require = createRequire(import.meta.url);
const {committedFigures, dataFolder, figuresFolder} = require("@lola-ts/core");
const {formatSeconds} = require("@lola-ts/cache");
const {preset: presetOf, presetNames, systemNames} = require("@lola-ts/laboratory/stages");
const defaults = require("../defaults.json");

/** Variables that name folders; kernels start in another folder than this process. */
const FOLDERS = ["LOLA_OUT", "LOLA_DATA", "LOLA_WELL", "LOLA_FIGURES"];

let stopped = 0; // exit code once a signal has come

/**
 * Where a run writes: below its own folder in .out/. With --reference the tour of the default system renews the committed
 * notebooks and figures, and the trained models of another system renew that system's committed figures.
 */
function placesOf({system, preset, reference}) {
  const out = process.env.LOLA_OUT || path.join(root, ".out", `${system}-${preset}`);
  const places = {out, notebooks: path.join(out, "notebooks")};
  if (!reference) return places;
  const isDefault = system === defaults.system && preset === defaults.preset;
  if (!isDefault && (system === defaults.system || preset !== defaults.trained)) {
    const {trained} = defaults;
    throw usageError(
      `--reference: expected ${defaults.system} with preset ${defaults.preset} or another system with preset ${trained}, ` +
        `found ${system} with preset ${preset}.`,
    );
  }
  const figures = committedFigures(system);
  return isDefault ? {...places, figures, notebooks: path.join(root, "notebooks")} : {...places, figures};
}

/** The order for the Python process: notebooks, and the folder of results. */
function jobOf({places, exercises, folder, notebooks}) {
  const {out} = places;
  return {
    root,
    exercises,
    order: orderOf(chooseNotebooks(folder, {}).map((name) => path.join(folder, name))),
    notebooks: notebooks.map((name) => path.join(folder, name)),
    output: places.notebooks,
    failed: path.join(out, "failed"),
    log: path.join(out, "kernels"),
  };
}

/** The record of what runs of this system and preset left. */
function ledgerOf({job}) {
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
  const python = path.join(venv, "bin/python");
  const child = spawn(python, [path.join(root, "environment/reproduce/run_notebooks.py"), JSON.stringify(job)], {
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
  });

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
  const code = await new Promise((resolve, reject) =>
    child.on("error", (error) => reject(startError(python, error))).on("close", resolve),
  );
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

/** Makes pages of the notebooks and figures of a run, and says where they are. */
function showResults({system, preset, places}) {
  const {out, notebooks} = places;
  if (!existsSync(notebooks)) return;
  const program = [path.join(root, "environment/typescript.cjs"), path.join(root, "site/build/results-program.ts")];
  const folders = ["--notebooks", notebooks, "--figures", figuresFolder()];
  const words = ["-r", ...program, out, "--title", `${system}, preset ${preset}`, ...folders];
  const {status, stderr} = spawnSync(process.execPath, words, {cwd: root, encoding: "utf8"});
  const shown = path.relative(root, out) || ".";
  if (status === 0) process.stdout.write(`\nResults: open ${path.join(shown, "index.html")} in a browser.\n`);
  else process.stdout.write(`\nResults are in ${shown}, without a page that shows them: ${stderr.trim()}\n`);
}

function printClaims(start) {
  const file = path.join(figuresFolder(), "claims.json");
  if (!existsSync(file) || statSync(file).mtimeMs < start) return;
  process.stdout.write("\nClaims\n");
  for (const {claim, verdict, test} of JSON.parse(readFileSync(file, "utf8"))) {
    process.stdout.write(`  ${verdict.padEnd(14)} ${claim}\n${" ".repeat(17)}${test}\n`);
  }
}

function printSummary({system, preset, results, began}) {
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
}

/** The systems to run, each of which must have the preset. */
function systemsOf({system, preset}) {
  if (system === "all") return systemNames().filter((name) => presetNames(name).includes(preset));
  presetOf(system, preset);
  return [system];
}

export async function main(options) {
  if (options.train) process.env.LOLA_TRAIN = "1";
  for (const name of FOLDERS) if (process.env[name]) process.env[name] = path.resolve(process.env[name]);
  const systems = systemsOf(options);
  const folder = process.env.LOLA_NOTEBOOKS ? path.resolve(process.env.LOLA_NOTEBOOKS) : path.join(root, "notebooks");
  const notebooks = chooseNotebooks(folder, options);

  const {preset, again, exercises, reference} = options;
  const runs = systems.map((system) => {
    const places = placesOf({system, preset, reference});
    const job = jobOf({places, exercises, folder, notebooks});
    return {system, preset, places, again: again || exercises, job};
  });
  for (const run of runs) {
    const {system, places} = run;
    Object.assign(process.env, {LOLA_SYSTEM: system, LOLA_PRESET: preset});
    if (places.figures) process.env.LOLA_FIGURES = places.figures;
    const code = await bringUpToDate(run);
    if (code !== 0) return code;
  }
  return 0;
}

/** Runs the notebooks of one system that are not as the last run left them; returns the exit code. */
async function bringUpToDate({system, preset, again, places, job}) {
  const [start, began] = [Date.now() - 1000, performance.now()];
  const ledger = ledgerOf({job});
  const {notebooks} = job;
  let todo = again ? notebooks : ledger.stale(notebooks);
  announce({system, preset, all: notebooks.length, todo: todo.length, ended: ledger.ended});
  const whole = todo.length === notebooks.length;

  const all = [];
  while (todo.length > 0) {
    const screen = new Screen(todo.length, formatSeconds);
    const chosen = job.order.filter(({file}) => todo.includes(file));
    const {results, failure} = await runSystem({system, preset, job: {...job, notebooks: chosen}, screen});
    const fileOf = (name) => todo.find((file) => path.basename(file) === name);
    ledger.ran(results.filter(({ok}) => ok).map((result) => ({...result, notebook: fileOf(result.name)})));
    all.push(...results);
    if (stopped) {
      process.stdout.write("\nInterrupted. Finished stages are kept: the same command continues from there.\n");
      return stopped;
    }
    if (failure) {
      printFailure(failure);
      printSummary({system, preset, results: all, began});
      printClaims(start);
      showResults({system, preset, places});
      return 1;
    }
    todo = ledger.stale(notebooks.slice(notebooks.indexOf(todo[0]) + 1)); // those that the others' results changed
  }
  if (all.length > 0) printSummary({system, preset, results: all, began});
  printClaims(whole ? start : 0);
  showResults({system, preset, places});
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
