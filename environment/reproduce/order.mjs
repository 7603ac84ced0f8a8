// What each notebook needs, and whether it may run beside others.
//
// A notebook needs all earlier ones and runs alone, unless its metadata say more: `"lola": {"after": "04-emulators"}` needs
// those up to that one, and may run beside others that say so. A notebook that measures times runs alone.
import {readFileSync} from "node:fs";
import path from "node:path";
import {usageError} from "../command-line.cjs";

/** For each of the notebooks (paths, in order) the earlier ones that it needs, and whether it may run beside others. */
export function orderOf(notebooks) {
  const names = notebooks.map((file) => path.basename(file, ".ipynb"));
  return notebooks.map((file, i) => {
    const after = JSON.parse(readFileSync(file, "utf8")).metadata.lola?.after;
    if (after === undefined) return {file, needs: notebooks.slice(0, i), beside: false};
    if (typeof after !== "string" || !(after < names[i])) {
      throw usageError(
        `${names[i]}: expected the name of an earlier notebook in its metadata's lola.after, found ${JSON.stringify(after)}.`,
      );
    }
    return {file, needs: notebooks.filter((_, j) => names[j] <= after), beside: true};
  });
}
