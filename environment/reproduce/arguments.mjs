// The command line of `npm start`: what to run, checked before anything starts.
import {readdirSync, readFileSync} from "node:fs";
import {createRequire} from "node:module";
import path from "node:path";

/** The system and preset that run by default. */
export const defaults = JSON.parse(readFileSync(new URL("../defaults.json", import.meta.url), "utf8"));

const {readCommandLine, UsageError} = createRequire(import.meta.url)("../commands.cjs");
export {UsageError};

/** Reads the options. */
export function readArguments(argv) {
  const {values} = readCommandLine("start", argv);
  const {system = process.env.LOLA_SYSTEM || defaults.system, preset = process.env.LOLA_PRESET || defaults.preset} =
    values;
  return {...values, system, preset};
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
