/** Program of the list of runs: npm run lola -- runs --help */
import {dataFolder, shown} from "@lola-ts/core";
import {cellText} from "lola/evaluate";
import {textTable} from "@lola-ts/figures";
import {formatBytes} from "@lola-ts/well";
import {reachablePaths} from "./reachable";
import {removable, removeRuns} from "./removal";
import {RunList} from "./run-list";
import {bestOf} from "./stored-runs";

/** Options of the command line, by environment/commands.cjs. */
interface RunsCommand {
  readonly all: boolean;
  readonly match?: string;
  readonly compare?: readonly string[];
  readonly json: boolean;
  readonly remove: boolean;
  readonly older?: number;
  readonly name?: string;
  readonly unreachable: boolean;
  readonly yes: boolean;
}

const DAY = 86_400_000;
const NEWEST = 20;
const print = (text: string) => void process.stdout.write(`${text}\n`);

/** Run the verb `runs`. */
export async function main(options: RunsCommand): Promise<void> {
  const root = dataFolder();
  if (options.remove) return clean(root, options);
  const list = RunList.of(root, root);
  if (options.compare !== undefined) return compareRuns(list, options.compare);
  const rows = list.rows();
  const text = options.match;
  const chosen =
    text === undefined ? rows : rows.filter(({run, configuration}) => `${run} ${configuration}`.includes(text));
  if (options.json) return print(JSON.stringify(chosen, null, 1));
  if (chosen.length === 0)
    return print(`No trainings in ${shown(root)}${text === undefined ? "" : ` with "${text}"`}.`);
  const visible = options.all ? chosen : chosen.slice(0, NEWEST);
  print(textTable(visible));
  const hidden = chosen.length - visible.length;
  if (hidden > 0) print(`${hidden} older ones: npm run lola -- runs --all`);
}

function compareRuns(list: RunList, [first, second]: readonly string[]): void {
  const {rows} = list.compare(first, second);
  print(rows.length > 0 ? textTable(rows) : "The configurations are the same.");
  const both = [list.find(first), list.find(second)];
  const steps = [...new Set(both.flatMap(({validation = []}) => validation.map(([step]) => step)))].sort(
    (a, b) => a - b,
  );
  const at = (run: (typeof both)[number], step: number) => run.validation?.find(([one]) => one === step)?.[1] ?? null;
  const curves = steps.map((step) => ({
    step,
    ...Object.fromEntries(both.map((run) => [`${run.name}-${run.id}`, at(run, step)])),
  }));
  if (curves.length > 0) print(`\nValidation errors\n${textTable(curves)}`);
  print(`Best: ${both.map((run) => cellText({best: bestOf(run) ?? null}, "best").value).join(" and ")}`);
}

async function clean(root: string, {older, name, unreachable, yes}: RunsCommand): Promise<void> {
  const reachable = unreachable ? await reachablePaths(root) : undefined;
  const runs = removable(root, {olderThan: older === undefined ? undefined : older * DAY, name, reachable});
  if (runs.length === 0) return print(`Nothing in ${shown(root)} fits.`);
  for (const run of runs) print(`${run.stage}/${run.name}-${run.id}  ${formatBytes(run.bytes)}  ${run.state}`);
  const bytes = runs.reduce((sum, run) => sum + run.bytes, 0);
  if (!yes)
    return print(`${runs.length} artefacts, ${formatBytes(bytes)}, would go: the same with --yes removes them.`);
  print(`${runs.length} artefacts removed, ${formatBytes(await removeRuns(runs))} freed.`);
}
