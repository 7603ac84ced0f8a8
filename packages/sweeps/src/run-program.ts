/** Program of the list of runs: npm run lola -- runs --help */
import {dataFolder, shown} from "@lola-ts/core";
import {cellText} from "lola/evaluate";
import {textTable} from "@lola-ts/figures";
import {formatBytes} from "@lola-ts/well";
import {differences, bestOf, nameOf, type StoredRun} from "@lola-ts/laboratory/stages";
import {reachablePaths, removable, removeRuns} from "./removal";
import {runs as runsOf, type RunList} from "./run-list";

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

export async function main({match: text, ...options}: RunsCommand): Promise<void> {
  const root = dataFolder();
  if (options.remove) return clean(root, options);
  const list = runsOf({artifacts: {root}, folder: root});
  if (options.compare !== undefined) return compareRuns(list, options.compare);
  const chosen = list.rows().filter(({run, configuration}) => `${run} ${configuration}`.includes(text ?? ""));
  if (options.json) return print(JSON.stringify(chosen, null, 1));
  if (chosen.length === 0)
    return print(`No trainings in ${shown(root)}${text === undefined ? "" : ` with "${text}"`}.`);
  const visible = options.all ? chosen : chosen.slice(0, NEWEST);
  print(textTable(visible));
  const hidden = chosen.length - visible.length;
  if (hidden > 0) print(`${hidden} older ones: npm run lola -- runs --all`);
}

/** Print what differs between two runs, their validation errors over steps, and the best of each. */
function compareRuns(list: RunList, names: readonly string[]): void {
  const both = [list.find(names[0]), list.find(names[1])];
  const [a, b] = both;
  const rows = differences(a.config, b.config, "").map(({option, preset, here}) => ({
    option,
    [nameOf(a)]: preset,
    [nameOf(b)]: here,
  }));
  print(rows.length > 0 ? textTable(rows) : "The configurations are the same.");
  const steps = [...new Set(both.flatMap(({validation = []}) => validation.map(([step]) => step)))];
  const curves = steps
    .sort((a, b) => a - b)
    .map((step) => {
      const at = ({validation}: StoredRun) => validation?.find(([other]) => other === step)?.[1] ?? null;
      return {step, [nameOf(a)]: at(a), [nameOf(b)]: at(b)};
    });
  if (curves.length > 0) print(`\nValidation errors\n${textTable(curves)}`);
  print(`Best: ${both.map((run) => cellText({best: bestOf(run) ?? null}, "best").value).join(" and ")}`);
}

async function clean(root: string, {older, name, unreachable, yes}: Omit<RunsCommand, "match">): Promise<void> {
  const reachable = unreachable ? await reachablePaths(root) : undefined;
  const runs = removable(root, {olderThan: older && older * DAY, name, reachable});
  if (runs.length === 0) return print(`Nothing in ${shown(root)} fits.`);
  for (const run of runs) print(`${run.stage}/${nameOf(run)}  ${formatBytes(run.bytes)}  ${run.state}`);
  const bytes = runs.reduce((sum, run) => sum + run.bytes, 0);
  if (!yes)
    return print(`${runs.length} artefacts, ${formatBytes(bytes)}, would go: the same with --yes removes them.`);
  print(`${runs.length} artefacts removed, ${formatBytes(await removeRuns(runs))} freed.`);
}
