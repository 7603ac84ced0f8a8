/** Fuzz the readers of files: npm run lola -- fuzz --help */
import path from "node:path";
import {projectRoot} from "@lola-ts/core";
import {fuzz, targets} from "./runner/fuzz";

/** Options of the command line, by environment/commands.cjs. */
interface FuzzCommand {
  readonly minutes?: number;
  readonly cases?: number;
  readonly seed?: number;
  readonly words: readonly string[];
}

/** Run the verb `fuzz`. */
export async function main({minutes, words, seed = Date.now() % 2 ** 31, ...limits}: FuzzCommand): Promise<void> {
  const {cases = minutes === undefined ? 20_000 : Number.MAX_SAFE_INTEGER} = limits;
  const names = words.length > 0 ? words : [...targets.keys()];
  const keep = path.join(projectRoot(), ".out/fuzz");
  for (const name of names) {
    const start = Date.now();
    const until = start + (60_000 * (minutes ?? Infinity)) / names.length;
    const {counts, failures, seconds, memory} = await fuzz(targets.get(name)!, {seed, cases, keep, until});
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    const found = Object.entries(counts).filter(([, count]) => count > 0);
    const most = `at most ${seconds.toFixed(3)} s and ${Math.round(memory / 1e6)} MB per case`;
    const list = found.map(([verdict, count]) => `${verdict} ${count}`).join(", ");
    console.log(
      `${name}, seed ${seed}: ${total} cases in ${Math.round((Date.now() - start) / 1000)} s: ${list}; ${most}`,
    );
    for (const {number, outcome, input} of failures.slice(0, 20)) {
      console.log(`  case ${number}, ${outcome.verdict}: ${JSON.stringify(outcome.detail)}\n    ${input}`);
    }
    if (failures.length > 0) process.exitCode = 1;
  }
}
