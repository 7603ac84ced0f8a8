/**
 * Disturb runs: node -r ./environment/typescript.cjs test/soak/run.ts [--minutes M | --trials N] [--from N] [--seed S]
 * [kind ...]
 *
 * Kills processes, damages files, fills disks, sets clocks and starts processes twice, and compares what comes out with an
 * undisturbed run. By default 30 minutes; the numbers go to .out/soak-S.json. With `endurance [steps] [experiments]
 * [interrupts]` instead of kinds: memory and tensors over many steps and experiments, and a training that is interrupted many
 * times; to .out/endurance-S.json.
 */
import path from "node:path";
import {parseArgs} from "node:util";
import {writeWhole} from "../../lib/core/files";
import {projectRoot} from "../../lib/core/paths";
import {endure, ENDURANCE, type Endurance, type EnduranceReport} from "./runner/endurance";
import {soak, type Tally} from "./runner/soak";

const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {minutes: {type: "string"}, trials: {type: "string"}, from: {type: "string"}, seed: {type: "string"}},
});

function numberOf(name: keyof typeof values, fallback: number): number {
  const text = values[name];
  const number = text === undefined ? fallback : Number(text);
  if (!(number >= 0)) throw new RangeError(`soak: expected --${name} to be a number, found "${text}".`);
  return number;
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

async function main(): Promise<void> {
  const seed = numberOf("seed", Date.now() % 2 ** 31);
  if (positionals[0] === "endurance") return runEndurance(seed, positionals.slice(1));
  const minutes = numberOf("minutes", values.trials === undefined ? 30 : Infinity);
  console.log(`seed ${seed}`);
  const tallies = await soak({
    seed,
    from: numberOf("from", 0),
    trials: numberOf("trials", Infinity),
    until: Date.now() + 60_000 * minutes,
    kinds: positionals.length > 0 ? positionals : undefined,
    progress: (trial, kind, faults) =>
      console.log([`trial ${trial}, ${kind}: ${faults.length === 0 ? "held" : "lost"}`, ...faults].join("\n  ")),
  });
  printTable(tallies);
  const file = path.join(projectRoot(), `.out/soak-${seed}.json`);
  await writeWhole(file, `${JSON.stringify({seed, kinds: Object.fromEntries(tallies)}, null, 1)}\n`);
  if ([...tallies.values()].some(({lost}) => lost > 0)) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
