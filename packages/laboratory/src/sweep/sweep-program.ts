/** Program of sweeps: npm run lola -- sweep --help */
import {availableParallelism} from "node:os";
import {machineMemory, shown, type TableRow} from "@lola-ts/core";
import {textTable} from "@lola-ts/figures";
import {overridesInWords, type Knob, type Trial, type SlurmOptions} from "@lola-ts/sweeps";
import {formatBytes} from "@lola-ts/well";
import type {Lab} from "../lab";
import {inGigabytes} from "../training-memory";
import {formatSeconds} from "../notebook/progress";
import {openLab} from "../open-lab";
import {shippedSweepsFolder} from "../pretrained/shipped";
import {collectSweep, retrySweep, submitSweep} from "./slurm/slurm-sweep";
import {packSweep} from "./pack-sweep";
import {estimateTrials, trialMemory} from "./sweep-estimate";
import {SweepFolder} from "./sweep-folder";
import {entriesOf, planInWords, planSweep, sharesOf, trialsOf, type SweepOptions, type SweepPlan} from "./sweep-plan";

const print = (text: string) => void process.stdout.write(`${text}\n`);
const printTable = process.stdout.write.bind(process.stdout);

/** Options of the command line, by environment/commands.cjs. */
interface SweepCommand extends SweepOptions, Omit<SlurmOptions, "parallel"> {
  readonly system: string;
  readonly preset: string;
  readonly set: Readonly<Record<string, Knob>>;
  readonly backend: "local" | "slurm";
  readonly collect?: string;
  readonly retry?: string;
  readonly pack?: string;
  readonly dry: boolean;
  readonly json: boolean;
}

/** Run the verb `sweep`. @returns the exit code. */
export async function main(command: SweepCommand): Promise<number> {
  const {system, preset, set, backend, time, partition, cpus, gres, collect, retry, pack, dry, json, ...options} =
    command;
  const slurm: SlurmOptions = {time, partition, cpus, gres};
  // What is printed besides the table would spoil its JSON
  if (json) process.stdout.write = process.stderr.write.bind(process.stderr);
  const lab = openLab({system, preset});
  const {artifacts} = lab;
  if (collect !== undefined) {
    report(json, await collectSweep(artifacts, collect));
  } else if (retry !== undefined) {
    print(await retrySweep(artifacts, retry, slurm));
  } else if (pack !== undefined) {
    print(await packSweep(artifacts, pack, shippedSweepsFolder()));
  } else if (dry) {
    describe(lab, planSweep(lab.config, set, options));
  } else if (backend === "slurm") {
    print(await submitSweep(artifacts, planSweep(lab.config, set, options), slurm));
  } else {
    const sweep = await lab.sweep(set, options);
    report(json, {rows: sweep.rows(), caption: sweep.caption, lines: sweep.failures.map(failureLine)});
    return sweep.failures.length > 0 ? 1 : 0;
  }
  return 0;
}

const failureLine = (trial: Trial & {readonly error?: string}) => `failed: ${trialInWords(trial)}: ${trial.error}`;

function trialInWords({method, overrides, seed, share}: Trial): string {
  const steps = share < 1 ? `${share.toPrecision(2)} of the steps` : "";
  return [method, overridesInWords(overrides), `seed ${seed}`, steps].filter(Boolean).join(", ");
}

/** Print a table, and sentences below it. */
function report(
  json: boolean,
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
