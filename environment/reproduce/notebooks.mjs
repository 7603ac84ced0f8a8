// Which notebooks run, what each needs, and whether it may run beside others, checked before anything starts.
//
// A notebook needs all earlier ones and runs alone, unless its metadata say more: `"lola": {"after": "04-emulators"}` needs
// those up to that one, and may run beside others that say so. A notebook that measures times runs alone.
import {readdirSync, readFileSync} from "node:fs";
import path from "node:path";
import {usageError} from "../command-line.cjs";

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

/** For each of the notebooks (paths, in order) the earlier ones that it needs, and whether it may run beside others. */
export function orderOf(notebooks) {
  const names = notebooks.map((file) => path.basename(file, ".ipynb"));
  return notebooks.map((file, i) => {
    const {after} = JSON.parse(readFileSync(file, "utf8")).metadata.lola ?? {};
    if (after === undefined) return {file, needs: notebooks.slice(0, i), beside: false};
    if (typeof after !== "string" || !(after < names[i])) {
      throw usageError(
        `${names[i]}: expected the name of an earlier notebook in its metadata's lola.after, found ${JSON.stringify(after)}.`,
      );
    }
    return {file, needs: notebooks.filter((_, j) => names[j] <= after), beside: true};
  });
}
