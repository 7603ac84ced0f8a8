/** Program of sweeps: npm run lola -- sweep --help */
import {shown, type TableRow} from "@lola-ts/core";
import {textTable} from "@lola-ts/figures";
import type {Knob, Trial, SlurmOptions} from "@lola-ts/sweeps";
import type {Lab} from "../lab";
import type {Config} from "../config";
import {inGigabytes, trainingMemory} from "../training-memory";
import {openLab} from "../open-lab";
import {shippedSweepsFolder} from "../pretrained/shipped";
import {collectSweep, retrySweep, submitSweep} from "./slurm/slurm-sweep";
import {costInWords, trialCost, type TrialCost} from "./plan-cost";
import {readPlan, type PlanFile} from "./plan-file";
import {roomFor, runPlan} from "./run-sweep";
import {packSweep, SweepFolder} from "./sweep-folder";
import {
  planInWords,
  planSweep,
  sweepOf,
  subjectOf,
  trialInWords,
  trialsOf,
  variantConfig,
  type SweepOptions,
  type SweepPlan,
} from "./sweep-plan";

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
  readonly plan?: string;
  readonly dry: boolean;
  readonly json: boolean;
}

export async function main(command: SweepCommand): Promise<number> {
  const {system, preset, set, backend, time, partition, cpus, gres, collect, retry, pack, plan, dry, json, ...options} =
    command;
  const slurm: SlurmOptions = {time, partition, cpus, gres};
  // What is printed besides the table would spoil its JSON
  if (json) process.stdout.write = process.stderr.write.bind(process.stderr);
  const planned = plan === undefined ? undefined : plannedSweep(plan, set, options);
  const lab = openLab(planned ? {system: planned.config.system, preset: planned.config.preset} : {system, preset});
  const {artifacts} = lab;
  const sweep = () => planned ?? planSweep(lab.config, set, options);
  if (collect !== undefined) {
    report(json, collectSweep(artifacts, collect));
  } else if (retry !== undefined) {
    print(await retrySweep(artifacts, retry, slurm));
  } else if (pack !== undefined) {
    print(await packSweep(artifacts, pack, shippedSweepsFolder()));
  } else if (dry) {
    describe(lab, sweep());
  } else if (backend === "slurm") {
    print(await submitSweep(artifacts, sweep(), slurm));
  } else {
    if (planned) print(`To do: ${costInWords(planned, missingTrials(lab, planned), roomFor(lab, planned))}`);
    const done = await (planned ? runPlan(lab, planned) : lab.sweep(set, options));
    report(json, {rows: done.rows(), caption: done.caption, lines: done.failures.map(failureLine)});
    return done.failures.length > 0 ? 1 : 0;
  }
  return 0;
}

/** Read the plan of a file. @throws RangeError for options that belong into it. */
function plannedSweep(file: string, set: SweepCommand["set"], {parallel, ...options}: SweepOptions) {
  const given = Object.entries({...(Object.keys(set).length > 0 && {set}), ...options});
  const [other] = given.filter(([, value]) => value !== undefined);
  if (other) throw new RangeError(`sweep: expected no --${other[0]} beside --plan, because it is part of the plan.`);
  return sweepOf(readPlan(file), {parallel, train: true});
}

const isPlanned = (plan: SweepPlan): plan is SweepPlan & {readonly file: PlanFile} => plan.file !== undefined;

const missingTrials = (lab: Lab, plan: SweepPlan) => {
  const folder = new SweepFolder(lab.artifacts, plan);
  return trialsOf(plan).filter((trial) => folder.read(trial)?.measured === undefined);
};

const secondsInWords = ({training, scoring}: TrialCost) =>
  `, ${Math.round(training)} core-seconds to train and ${Math.round(scoring)} to score`;

const failureLine = (trial: Trial & {readonly error?: string}) => `failed: ${trialInWords(trial)}: ${trial.error}`;

function report(json: boolean, {rows, caption, lines}: {rows: TableRow[]; caption: string; lines: readonly string[]}) {
  if (json) return void printTable(`${JSON.stringify(rows, null, 1)}\n`);
  print(caption);
  if (rows.length > 0) print(textTable(rows));
  lines.forEach(print);
}

function describe(lab: Lab, plan: SweepPlan): void {
  const folder = new SweepFolder(lab.artifacts, plan);
  print(planInWords(plan));
  const trials = trialsOf(plan);
  const missing = missingTrials(lab, plan);
  for (const trial of trials) {
    if (!missing.includes(trial)) {
      print(`is there  ${trialInWords(trial)}`);
      continue;
    }
    const memory = `about ${inGigabytes(trialMemory(plan.config, trial))} of memory`;
    print(
      `to train  ${trialInWords(trial)}, ${memory}${isPlanned(plan) ? secondsInWords(trialCost(plan, trial)) : ""}`,
    );
  }
  if (isPlanned(plan)) print(costInWords(plan, missing, roomFor(lab, plan)));
  print(`${trials.length} trainings, ${missing.length} of them to do, in ${shown(folder.path)}`);
}

function trialMemory(base: Config, {method, overrides}: Trial): number {
  const config = variantConfig(base, overrides);
  const subject = subjectOf(config, method);
  return trainingMemory(
    config,
    subject.kind === "autoencoder"
      ? {stage: "autoencoder", latentChannels: subject.latentChannels, changes: {}}
      : {stage: "emulator", method: subject.spec, changes: {}},
  ).total;
}
