// The command line of `npm start`: what to run, checked before anything starts.
import {readdirSync, readFileSync} from "node:fs";
import path from "node:path";
import {parseArgs} from "node:util";

/** The system and preset that run by default. */
export const defaults = JSON.parse(readFileSync(new URL("../defaults.json", import.meta.url), "utf8"));

export class UsageError extends Error {}

export const HELP = `Runs the notebooks in order, some two at a time, without a browser.

npm start                                    the tour of the Euler system
npm start -- --preset smoke                  another preset
npm start -- --system all                    every system
npm start -- --only 03,05                    some notebooks
npm start -- --from 04                       from one notebook on
npm start -- --again                         also when nothing changed since the last run
npm start -- --preset mini                   larger models, which come trained with the project
npm start -- --preset mini --train           the same, all trained here
npm start -- --exercises --preset smoke      each notebook's exercises too, after its cells

The tour's notebooks are written back in place with their outputs and figures go to figures/, preset mini's of another system
to figures/<system>/; everything else is written to .out/. Ctrl-C stops within five seconds; finished stages are kept.
`;

const OPTIONS = {
  system: {type: "string", default: process.env.LOLA_SYSTEM || defaults.system},
  preset: {type: "string", default: process.env.LOLA_PRESET || defaults.preset},
  only: {type: "string"},
  from: {type: "string"},
  again: {type: "boolean", default: false},
  exercises: {type: "boolean", default: false},
  train: {type: "boolean", default: false},
  help: {type: "boolean", default: false},
};

/** Reads the options. */
export function readArguments(argv) {
  try {
    return parseArgs({args: argv, options: OPTIONS}).values;
  } catch {
    const known = Object.keys(OPTIONS).map((name) => `--${name}`);
    const takesValue = (word) => OPTIONS[word?.slice(2)]?.type === "string";
    const wrong = argv.find((word) => word.startsWith("-") && !known.includes(word.split("=")[0]));
    const bare = argv.find((word, i) => takesValue(word) && (argv[i + 1] ?? "-").startsWith("-"));
    const stray = argv.find((word, i) => !word.startsWith("-") && !takesValue(argv[i - 1]));
    const flag = argv.find((word) => word.includes("=") && !takesValue(word.split("=")[0]));
    const [problem] = [
      wrong && `Unknown option ${wrong}`,
      bare && `${bare} has no value`,
      stray && `Unknown argument "${stray}"`,
      `${flag?.split("=")[0]} takes no value`,
    ].filter(Boolean);
    throw new UsageError(`${problem}: known are ${known.join(", ")}.`);
  }
}

/** The systems to run, checked against the library's presets. */
export function chooseSystems({system, preset}, {systemNames, presetNames}) {
  const known = systemNames();
  if (system !== "all" && !known.includes(system)) {
    throw new UsageError(`Unknown system "${system}": expected ${[...known, "all"].join(", ")}.`);
  }
  const having = known.filter((name) => presetNames(name).includes(preset));
  const all = having.length > 0 ? having : known;
  const systems = system === "all" ? all : [system];
  for (const name of systems) {
    const presets = presetNames(name);
    if (!presets.includes(preset)) {
      throw new UsageError(`Unknown preset "${preset}" of ${name}: expected ${presets.join(", ")}.`);
    }
  }
  return systems;
}

/** The notebooks to run, in order. */
export function chooseNotebooks(folder, {only, from}) {
  const all = readdirSync(folder)
    .filter((name) => /^\d\d-.*\.ipynb$/.test(name))
    .sort();
  if (all.length === 0) throw new UsageError(`${folder}: expected notebooks named 01-….ipynb, found none.`);
  const find = (option, text) => {
    const found = all.findIndex(
      (name) => name === text || name === `${text}.ipynb` || Number(text) === Number(name.slice(0, 2)),
    );
    if (text.trim() === "" || found < 0) {
      const names = all.map((name) => name.replace(".ipynb", ""));
      throw new UsageError(`Unknown notebook "${text}" in ${option}: expected ${names.join(", ")}.`);
    }
    return found;
  };
  const first = from === undefined ? 0 : find("--from", from);
  const chosen = only === undefined ? undefined : new Set(only.split(",").map((text) => find("--only", text.trim())));
  const names = all.filter((_, i) => i >= first && (chosen?.has(i) ?? true));
  if (names.length === 0) throw new UsageError(`--from ${from} and --only ${only} leave no notebook to run.`);
  return names;
}

/** Those of the notebooks that serve a system: a notebook's metadata may name the systems that it is about. */
export function notebooksOf(system, folder, names) {
  const served = names.filter((name) => {
    const {metadata} = JSON.parse(readFileSync(path.join(folder, name), "utf8"));
    return metadata.lola?.systems?.includes(system) ?? true;
  });
  if (served.length === 0)
    throw new UsageError(`${names.join(", ")}: not about ${system}, and nothing else was chosen.`);
  return served;
}
