/** Disturb runs: npm run lola -- soak --help */
import path from "node:path";
import {writeWhole, projectRoot} from "@lola-ts/core";
import {endure, ENDURANCE, type Endurance, type EnduranceReport} from "./runner/endurance";
import {soak, type Tally} from "./runner/soak";

/** Options of the command line, by environment/commands.cjs. */
interface SoakCommand {
  readonly minutes?: number;
  readonly trials?: number;
  readonly from: number;
  readonly seed?: number;
  readonly words: readonly string[];
}

function printTable(tallies: ReadonlyMap<string, Tally>): void {
  console.log(`${"kind".padEnd(32)}   tried    held    lost refused seconds`);
  for (const [name, {tried, held, lost, refused, seconds}] of tallies) {
    const numbers = [tried, held, lost, refused, Math.round(seconds)].map((number) => `${number}`.padStart(7));
    console.log(`${name.padEnd(32)} ${numbers.join(" ")}`);
  }
}

async function runEndurance(seed: number, chosen: readonly string[]): Promise<void> {
  const reports: Partial<Record<Endurance, EnduranceReport>> = {};
  const kinds = (Object.keys(ENDURANCE) as Endurance[]).filter((kind) => chosen.length === 0 || chosen.includes(kind));
  for (const kind of kinds) {
    const report = await endure(kind, seed);
    reports[kind] = report;
    const [before, after] = report.resident.map((bytes) => `${Math.round(bytes / 1e6)} MB`);
    const numbers = `resident ${before} then ${after}, tensors ${report.tensors.join(" then ")}`;
    console.log(`${report.done} ${kind} in ${Math.round(report.seconds)} s: ${numbers}`, ...report.faults);
    if (report.faults.length > 0) process.exitCode = 1;
  }
  await writeWhole(
    path.join(projectRoot(), `.out/endurance-${seed}.json`),
    `${JSON.stringify({seed, ...reports}, null, 1)}\n`,
  );
}

/** Run the verb `soak`. */
export async function main({words, trials, from, seed = Date.now() % 2 ** 31, ...limits}: SoakCommand): Promise<void> {
  if (words[0] === "endurance") return runEndurance(seed, words.slice(1));
  const {minutes = trials === undefined ? 30 : Infinity} = limits;
  console.log(`seed ${seed}`);
  const tallies = await soak({
    seed,
    from,
    trials: trials ?? Infinity,
    until: Date.now() + 60_000 * minutes,
    kinds: words.length > 0 ? words : undefined,
    progress: (trial, kind, faults) =>
      console.log([`trial ${trial}, ${kind}: ${faults.length === 0 ? "held" : "lost"}`, ...faults].join("\n  ")),
  });
  printTable(tallies);
  const file = path.join(projectRoot(), `.out/soak-${seed}.json`);
  await writeWhole(file, `${JSON.stringify({seed, kinds: Object.fromEntries(tallies)}, null, 1)}\n`);
  if ([...tallies.values()].some(({lost}) => lost > 0)) process.exitCode = 1;
}
