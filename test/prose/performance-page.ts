/** The tables of docs/performance.md, from the committed results of `bench --peer`. */
import {machineLine} from "../bench/machine";
import {hasRun, isNarrow, verdict} from "../bench/report";
import type {Results} from "../bench/results";
import type {Benchmark} from "../bench/suite";

/** What the page needs of a benchmark. */
type Entry = Pick<Benchmark, "name" | "what" | "target">;

const INTRODUCTION = `A ratio is this project's time over that of the fastest variant of PyTorch beside it, in the same minutes.
Below 1, this project is faster. The interval in brackets holds the true median with about 95 % certainty. It is _wide_ if an end is
more than 3 % from the median. A target is met or missed where the whole interval is on one side of it, and undecided otherwise. The
files of the columns have times and remarks.`;

const LIST = new Intl.ListFormat("en-GB");

const VERDICTS = ["met", "missed", "undecided"] as const;

const fixed = (value: number) => value.toFixed(2);

const tableOf = ([header, ...rows]: string[][]) =>
  [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

const titleOf = ({name}: Results) => `[${name}](../test/bench/results/${name}.json)`;

/** Find the result of an entry that has a ratio. */
const resultOf = ({results}: Results, {name}: Entry) =>
  results.find((result) => result.name === name && result.valid && result.ratio !== undefined);

/** Say a machine's ratio and its verdict; the target is the entry's own. */
function cell(file: Results, entry: Entry): string {
  const result = resultOf(file, entry);
  if (!result) return "–";
  const {ratio, interval} = result;
  const said = verdict({...result, target: entry.target});
  const ends = interval ? ` (${interval.map(fixed).join("–")}${isNarrow(result) ? "" : ", wide"})` : "";
  return `${fixed(ratio!)}${ends}${said && ` ${said}`}`;
}

/** Describe a machine, what ran on it, and how many targets it meets. */
function machineOf(file: Results, entries: readonly Entry[]): string {
  const found = entries.flatMap((entry) => {
    const result = resultOf(file, entry);
    return result ? [{...result, target: entry.target}] : [];
  });
  const variants = [...new Set(found.flatMap(({peers = {}}) => Object.keys(peers).map((name) => name.split("-")[0])))];
  const said = found.map(verdict);
  const counts = VERDICTS.map((word) => `${said.filter((one) => one === word).length} ${word}`);
  const targets = said.some(Boolean) ? `. Targets: ${counts.join(", ")}` : "";
  return `- **${file.name}**: ${machineLine(file.machine)}; beside ${LIST.format(variants)} PyTorch${targets}.`;
}

/**
 * Write the section of speed beside PyTorch: one table, the newest machine first.
 *
 * @throws RangeError if a result is of no entry of the suite.
 */
export function speedSection(files: readonly Results[], suite: readonly Entry[]): string {
  for (const {name, results} of files) {
    const unknown = results.find((result) => !suite.some((entry) => entry.name === result.name));
    if (unknown) throw new RangeError(`${name}.json: expected benchmarks of the suite, found "${unknown.name}".`);
  }
  const compared = suite.filter(({target}) => target !== undefined);
  const header = ["entry", "one run", "target", ...files.map(titleOf)];
  const rows = compared.map((entry) => [
    `\`${entry.name}\``,
    entry.what,
    `${entry.target}`,
    ...files.map((file) => cell(file, entry)),
  ]);
  const machines = files.map((file) => machineOf(file, compared));
  return [INTRODUCTION.replace(/\n/g, " "), tableOf([header, ...rows]), machines.join("\n")].join("\n\n");
}

/** Peak memory of a training step relative to eager PyTorch's: the target of all. */
const MEMORY_TARGET = 0.8;

const MEMORY = `### Memory beside PyTorch

Peak memory of a training step over the peak of eager PyTorch's, each without the memory before its first step. The target is
${MEMORY_TARGET}.`;

/** Say a training step's share of eager PyTorch's memory, and the verdict. */
function memoryCell(file: Results, entry: Entry): string {
  const {ours_mib: own, peers} = resultOf(file, entry) ?? {};
  const eager = peers?.eager;
  if (!own || !hasRun(eager) || !eager.mib) return "–";
  return `${fixed(own / eager.mib)} ${own <= MEMORY_TARGET * eager.mib ? "met" : "missed"}`;
}

/** Write the section of memory: a row for each training step, of the machines that measured some. */
export function memorySection(files: readonly Results[], suite: readonly Entry[]): string {
  const steps = suite.filter(({name, target}) => target !== undefined && name.includes("-train"));
  const measured = files.filter((file) => steps.some((entry) => memoryCell(file, entry) !== "–"));
  const header = ["entry", ...measured.map(titleOf)];
  const rows = steps.map((entry) => [`\`${entry.name}\``, ...measured.map((file) => memoryCell(file, entry))]);
  return [MEMORY.replace(/([^\n])\n(?!\n)/g, "$1 "), tableOf([header, ...rows])].join("\n\n");
}
