/**
 * Program of sweeps: npm run sweep -- --help
 */
import {availableParallelism} from "node:os";
import {machineMemory} from "../../core/machine-memory";
import {shown} from "../../core/paths";
import type {TableRow} from "../../core/table";
import {textTable} from "../../figures/render/text-table";
import {overridesInWords} from "../../sweep/space";
import type {Trial} from "../../sweep/trial";
import {formatBytes} from "../../download/well-download";
import type {Lab} from "../lab";
import {inGigabytes} from "../training-memory";
import {formatSeconds} from "../notebook/progress";
import {openLab} from "../open-lab";
import {shippedSweepsFolder} from "../pretrained/shipped";
import {collectSweep, retrySweep, submitSweep} from "./slurm/slurm-sweep";
import {exitCodeOf} from "./command-words";
import {packSweep} from "./pack-sweep";
import {readSweepCommand, type SweepCommand} from "./sweep-arguments";
import {estimateTrials, trialMemory} from "./sweep-estimate";
import {SweepFolder} from "./sweep-folder";
import {entriesOf, planInWords, planSweep, sharesOf, trialsOf, type SweepPlan} from "./sweep-plan";

const print = (text: string) => void process.stdout.write(`${text}\n`);
const printTable = process.stdout.write.bind(process.stdout);

async function main(): Promise<void> {
  const command = readSweepCommand(process.argv.slice(2));
  // What is printed besides the table would spoil its JSON
  if (command.json) process.stdout.write = process.stderr.write.bind(process.stderr);
  const lab = openLab({system: command.system, preset: command.preset});
  const {artifacts} = lab;
  if (command.collect !== undefined) return report(command, await collectSweep(artifacts, command.collect));
  if (command.retry !== undefined) return print(await retrySweep(artifacts, command.retry, command.slurm));
  if (command.pack !== undefined) return print(await packSweep(artifacts, command.pack, shippedSweepsFolder()));
  const plan = planSweep(lab.config, command.space, command.options);
  if (command.dry) return describe(lab, plan);
  if (command.backend === "slurm") return print(await submitSweep(artifacts, plan, command.slurm));
  const sweep = await lab.sweep(command.space, command.options);
  report(command, {rows: sweep.rows(), caption: sweep.caption, lines: sweep.failures.map(failureLine)});
  if (sweep.failures.length > 0) process.exitCode = 1;
}

const failureLine = (trial: Trial & {readonly error?: string}) => `failed: ${trialInWords(trial)}: ${trial.error}`;

function trialInWords({method, overrides, seed, share}: Trial): string {
  const steps = share < 1 ? `${share.toPrecision(2)} of the steps` : "";
  return [method, overridesInWords(overrides), `seed ${seed}`, steps].filter(Boolean).join(", ");
}

/** Print a table, and sentences below it. */
function report(
  {json}: SweepCommand,
  {rows, caption, lines}: {rows: TableRow[]; caption: string; lines: readonly string[]},
): void {
  if (json) return void printTable(`${JSON.stringify(rows, null, 1)}\n`);
  print(caption);
  if (rows.length > 0) print(textTable(rows));
  lines.forEach(print);
}

/** Print the trainings of a sweep, and about how long they take. */
function describe(lab: Lab, plan: SweepPlan): void {
  const {root} = lab.artifacts;
  const folder = new SweepFolder(lab.artifacts, plan);
  const [first] = sharesOf(plan);
  const trials = trialsOf(plan, entriesOf(plan), first);
  const missing = trials.filter((trial) => folder.read(trial)?.measured === undefined);
  print(planInWords(plan));
  const memory = new Map(missing.map((trial) => [trial, trialMemory(plan.config, trial)]));
  for (const trial of trials) {
    const bytes = memory.get(trial);
    const state = bytes === undefined ? "is there" : "to train";
    print(`${state}  ${trialInWords(trial)}${bytes === undefined ? "" : `, about ${inGigabytes(bytes)} of memory`}`);
  }
  const {seconds, bytes, unknown} = estimateTrials(root, plan.config, missing);
  const side = plan.parallel ?? Math.max(1, Math.floor(availableParallelism() / Math.max(1, plan.config.threads)));
  print(
    `${trials.length} trainings${plan.halving ? " in the first rung" : ""}, ${missing.length} of them to do, in ${shown(folder.path)}`,
  );
  print(
    seconds === undefined
      ? `time and size are not known: no ${unknown.join(" and no ")} was trained here yet`
      : `about ${formatSeconds(seconds / Math.min(side, Math.max(1, missing.length)))} of training, ${side} at a time, and ${formatBytes(bytes!)}; ` +
          "data, rollouts and scores come on top",
  );
  const together = [...memory.values()]
    .sort((a, b) => b - a)
    .slice(0, side)
    .reduce((a, b) => a + b, 0);
  if (together > machineMemory()) {
    print(
      `${side} trainings at a time may need ${inGigabytes(together)} of memory, of which there are ` +
        `${inGigabytes(machineMemory())} here: fewer with --parallel, or micro-batches or checkpointing with --set`,
    );
  }
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = exitCodeOf(error);
});
