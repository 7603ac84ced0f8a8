/** Program of sweeps: npm run lola -- sweep --help */
import {canonicalText, shown, type TableRow, sizeOf} from "@lola-ts/core";
import {textTable} from "@lola-ts/figures";
import type {Knob} from "./space";
import type {Trial} from "./trial";
import type {SlurmOptions} from "./slurm";
import {
  type Lab,
  type Config,
  isUntrained,
  statesPerCall,
  emulatorSizes,
  inGigabytes,
  STEP_PASSES,
  stepOperations,
  trainingMemory,
  openLab,
  shippedSweepsFolder,
  isDeterministic,
} from "@lola-ts/laboratory/stages";
import {collectSweep, retrySweep, submitSweep} from "./slurm-sweep";
import {readPlan, type PlanFile} from "./plan-file";
import {roomFor, runPlan} from "./run-sweep";
import {packSweep, SweepFolder} from "./sweep-folder";
import {planInWords, planSweep, sweepOf, trialInWords, trialsOf, type SweepOptions, type SweepPlan} from "./sweep-plan";
import {jobOf, variantConfig} from "./trial-config";
import {systemOf, type SimulationConfig} from "@lola-ts/simulators";
import {formatSeconds} from "@lola-ts/cache";

/** Bytes of the scores of a field of a state. */
const ROW = 700;

interface TrialCost {
  /** Core-seconds of the training. */
  readonly training: number;
  /** Core-seconds of rollouts and scores. */
  readonly scoring: number;
  /** Bytes of memory of the training. */
  readonly memory: number;
  /** Bytes of weights, rollouts and scores on the disk. */
  readonly disk: number;
}

/** Estimate a trial of an emulator by the costs that its plan states. */
export function trialCost(plan: SweepPlan & {readonly file: PlanFile}, {method, overrides}: Trial): TrialCost {
  const config = variantConfig(plan.config, overrides);
  const job = jobOf(config, method);
  if (job.stage === "autoencoder")
    throw new RangeError("sweep: expected kinds of a plan to be emulators, found autoencoder.");
  const {method: spec} = job;
  const {step, speed, scoring} = plan.file.cost;
  const {network, model, training, states} = emulatorSizes(config, job);
  const perStep = step + stepOperations(config, job) / speed;
  const {frames} = config.data as SimulationConfig;
  const trajectories = plan.file.trajectories.number;
  const members = isDeterministic(config.rollout, spec) ? 1 : config.rollout.members;
  const windows = Math.ceil((frames - 1) / statesPerCall(config));
  const calls = trajectories * members * windows * (spec.kind === "diffusion" ? config.rollout.steps : 1);
  const latents = sizeOf(states.slice(1)) * network.channels;
  const scored = trajectories * frames * systemOf(config.system).channels.length;
  return {
    training: training.steps * perStep,
    scoring: (calls * perStep) / STEP_PASSES / training.batch + trajectories * scoring,
    memory: trainingMemory(config, job).total,
    disk: 4 * model.layout.size + 4 * trajectories * members * frames * latents + ROW * scored,
  };
}

/** Say what trials of a plan take: trials that share a training train once. */
export function costInWords(
  plan: SweepPlan & {readonly file: PlanFile},
  trials: readonly Trial[],
  parallel: number,
): string {
  const costs = trials.map((trial) => trialCost(plan, trial));
  const training = new Map<string, number>();
  trials.forEach(({method, overrides, seed}, i) => {
    const trained = Object.entries(overrides).filter(([option]) => !isUntrained(option));
    training.set(canonicalText([method, trained, seed]), costs[i].training);
  });
  const sum = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0);
  const memory = Math.max(0, ...costs.map((cost) => cost.memory));
  const [trained, scored] = [sum(training.values()), sum(costs.map(({scoring}) => scoring))];
  const hours = (seconds: number) => `${(seconds / 3600).toFixed(1)} core-hours`;
  return [
    `about ${hours(trained + scored)} (${hours(trained)} of ${training.size} trainings, ${hours(scored)} of scores)`,
    `${formatSeconds((trained + scored) / parallel)} with ${parallel} at a time`,
    `${inGigabytes(parallel * memory)} of memory`,
    `${inGigabytes(sum(costs.map(({disk}) => disk)))} of disk beside the data`,
  ].join("; ");
}

export const print = (text: string) => void process.stdout.write(`${text}\n`);
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
  const slurm: SlurmOptions = {time, partition, cpus, gres, parallel: options.parallel};
  // Other output than the table would spoil its JSON
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
    const done = await runPlan(lab, sweep());
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

interface Report {
  readonly rows: readonly TableRow[];
  readonly caption: string;
  readonly lines?: readonly string[];
}

export function report(json: boolean, {rows, caption, lines = []}: Report): void {
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
  print(`${trials.length} trials, ${missing.length} of them to do, in ${shown(folder.path)}`);
}

function trialMemory(base: Config, {method, overrides}: Trial): number {
  const config = variantConfig(base, overrides);
  return trainingMemory(config, jobOf(config, method)).total;
}
