// Which notebooks run, checked before anything starts.
import {readdirSync, readFileSync} from "node:fs";
import path from "node:path";
import {usageError} from "../command-line.cjs";

/** The notebooks to run, in order. */
export function chooseNotebooks(folder, {only, from}) {
  const all = readdirSync(folder)
    .filter((name) => /^\d\d-.*\.ipynb$/.test(name))
    .sort();
  if (all.length === 0) throw usageError(`${folder}: expected notebooks named 01-….ipynb, found none.`);
  const find = (option, text) => {
    const index = all.findIndex(
      (name) => name === text || name === `${text}.ipynb` || Number(text) === Number(name.slice(0, 2)),
    );
    if (index < 0) {
      const names = all.map((name) => name.replace(".ipynb", ""));
      throw usageError(`Unknown notebook "${text}" in ${option}: expected ${names.join(", ")}.`);
    }
    return index;
  };
  const first = from === undefined ? 0 : find("--from", from);
  const chosen = only === undefined ? undefined : new Set(only.map((text) => find("--only", text)));
  const names = all.filter((_, i) => i >= first && (chosen?.has(i) ?? true));
  if (names.length === 0) throw usageError(`--from ${from} and --only ${only} leave no notebook to run.`);
  return names;
}

/** Selects the notebooks that serve a system: a notebook's metadata may name the systems that it is about. */
export function notebooksOf(system, folder, names) {
  const served = names.filter((name) => {
    const {metadata} = JSON.parse(readFileSync(path.join(folder, name), "utf8"));
    return metadata.lola?.systems?.includes(system) ?? true;
  });
  if (served.length === 0) throw usageError(`${names.join(", ")}: not about ${system}, and nothing else was chosen.`);
  return served;
}
