/** Fuzz the readers of files: npm run fuzz -- --help */
import path from "node:path";
import {readCommandLine} from "../../lib/core/options/command-line";
import {projectRoot} from "../../lib/core/paths";
import {fuzz, targets} from "./runner/fuzz";

type Words = Partial<Record<"minutes" | "cases" | "seed", string>>;

const numberOf =
  (values: Words) =>
  (name: keyof Words, fallback: number): number => {
    const text = values[name];
    const number = text === undefined ? fallback : Number(text);
    if (!(number >= 0)) throw new RangeError(`fuzz: expected --${name} to be a number, found "${text}".`);
    return number;
  };

async function main(): Promise<void> {
  const {values, words} = readCommandLine<Words>("fuzz");
  const names = words.length > 0 ? words : [...targets.keys()];
  const number = numberOf(values);
  const seed = number("seed", Date.now() % 2 ** 31);
  const minutes = number("minutes", Infinity);
  const cases = number("cases", values.minutes === undefined ? 20_000 : Number.MAX_SAFE_INTEGER);
  const keep = path.join(projectRoot(), ".out/fuzz");
  for (const name of names) {
    const program = targets.get(name);
    if (!program) throw new RangeError(`fuzz: expected ${[...targets.keys()].join(", ")}, found "${name}".`);
    const start = Date.now();
    const until = start + (60_000 * minutes) / names.length;
    const {counts, failures, seconds, memory} = await fuzz(program, {seed, cases, keep, until});
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

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
