/**
 * Program of one training: npm run lola -- train --help
 *
 * Slurm sends SIGTERM when it cancels a job, SIGUSR1 where it is asked to before the time limit: the training saves and ends.
 */
process.env.TF_CPP_MIN_LOG_LEVEL ??= "3"; // a lost rank has its own message, without TensorFlow's many
import {inspect} from "node:util";
import {LabError} from "@lola-ts/core";
import type {Overrides} from "./space";
import {Ranks, type RanksOptions} from "@lola-ts/engine";
import {Lab, openLab} from "@lola-ts/laboratory/stages";
import {jobOf, variantConfig} from "./trial-config";

/** Options of the command line, by environment/commands.cjs. */
interface TrainCommand {
  readonly system: string;
  readonly preset: string;
  readonly set: Overrides;
  readonly parallel: number;
  readonly hosts?: readonly string[];
  readonly rank?: number;
  readonly network: boolean;
  readonly patience?: number;
  readonly words: readonly [string];
}

export async function main({system, preset, set, parallel, words: [method], ...join}: TrainCommand): Promise<void> {
  const stop = () => void process.emit("SIGINT");
  process.on("SIGUSR1", stop).on("SIGTERM", stop);
  const base = openLab({system, preset});
  const config = variantConfig(base.config, set, "train");
  const job = jobOf(config, method, "train");
  const ranks = await joinRanks(join, parallel);
  // A rank trains in this process; what it stands on, the first that comes makes, and the others wait.
  const lab = ranks ? new Lab(config, base.artifacts) : base.with(() => config);
  const together = {parallel: ranks ?? parallel};
  const trained =
    job.stage === "autoencoder"
      ? await lab.autoencoder(job.latentChannels, together)
      : await lab.emulator(job.method, together);
  if ((ranks?.rank ?? 0) === 0) process.stdout.write(`${inspect(trained)}\n`);
  process.exit();
}

/** Become one of several ranks, by the command line or by Slurm's variables; a process without either trains alone. */
async function joinRanks(
  {hosts, rank, ...others}: Pick<TrainCommand, "hosts" | "rank" | "network" | "patience">,
  parallel: number,
): Promise<Ranks | undefined> {
  const place = hosts !== undefined && rank !== undefined ? {hosts, rank} : slurmRanks(process.env);
  if (!place) return undefined;
  if (parallel > 1) {
    throw new LabError("usage", "--parallel: expected --hosts or Slurm, or several ranks here, found both.");
  }
  return Ranks.join({...place, ...others});
}

/** First port of a step, and how many different first ports there are: below those that Linux gives to clients. */
const PORTS = {first: 10_000, count: 20_000};

const LIMIT = 65_536; // tasks of a step: more are a mistake of reading

/**
 * Find hosts and rank; nothing outside of a step with two or more tasks. Tasks are counted machine by machine, as by default
 * (`--distribution=block`). @throws RangeError naming the variable that is missing or cannot be read.
 */
export function slurmRanks(env: Readonly<NodeJS.ProcessEnv>): Pick<RanksOptions, "hosts" | "rank"> | undefined {
  const tasks = Number(env.SLURM_STEP_NUM_TASKS ?? "1");
  if (!(tasks > 1)) return undefined;
  const nodes = expandNodes(variable(env, "SLURM_STEP_NODELIST"));
  const perNode = expandCounts(variable(env, "SLURM_STEP_TASKS_PER_NODE"));
  const rank = numberOf(env, "SLURM_PROCID");
  const total = perNode.reduce((sum, count) => sum + count, 0);
  if (nodes.length !== perNode.length || total !== tasks || rank >= tasks) {
    throw new RangeError(
      `Slurm: expected ${tasks} tasks on the machines of SLURM_STEP_NODELIST, found ${total} on ${nodes.length}.`,
    );
  }
  const first =
    PORTS.first + ((101 * numberOf(env, "SLURM_JOB_ID") + 13 * numberOf(env, "SLURM_STEP_ID")) % PORTS.count);
  const names = nodes.length === 1 ? ["127.0.0.1"] : nodes;
  const hosts = names.flatMap((name, i) => Array.from({length: perNode[i]}, (_, local) => `${name}:${first + local}`));
  const place = nodes.findIndex((_, i) => rank < perNode.slice(0, i + 1).reduce((sum, count) => sum + count, 0));
  if (numberOf(env, "SLURM_NODEID") !== place) {
    throw new RangeError(
      `Slurm: expected task ${rank} on machine ${place} (srun --distribution=block), found it on ${env.SLURM_NODEID}.`,
    );
  }
  return {hosts, rank};
}

function variable(env: Readonly<NodeJS.ProcessEnv>, name: string): string {
  const found = env[name];
  if (found) return found;
  throw new RangeError(`Slurm: expected the variable ${name} of a task that srun started, found none.`);
}

function numberOf(env: Readonly<NodeJS.ProcessEnv>, name: string): number {
  const found = variable(env, name);
  if (/^\d{1,10}$/.test(found)) return Number(found);
  throw new RangeError(`Slurm: expected ${name} to be a whole number, found "${found}".`);
}

/** Expand a list of machines: "n[01-03,7],login" names n01, n02, n03, n7 and login. */
export function expandNodes(list: string): string[] {
  const words = list.match(/(?:[^,[\]]|\[[^\]]*\])+/g) ?? [];
  if (list === "" || words.join(",") !== list) {
    throw new RangeError(`Slurm: expected a list of machines such as n[01-03], found "${list}".`);
  }
  return words.flatMap((word) => expandBrackets(word, list));
}

function expandBrackets(word: string, list: string): string[] {
  const [, before, ranges, after] = /^([^[]*)\[([^\]]*)\](.*)$/.exec(word) ?? [];
  if (ranges === undefined) return [word];
  return ranges.split(",").flatMap((range) => {
    const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(range) ?? [];
    const length = Number(to) - Number(from) + 1;
    if (from === undefined || length < 1 || length > LIMIT) {
      throw new RangeError(
        `Slurm: expected ranges such as 01-03 in the list of machines, found "${range}" in "${list}".`,
      );
    }
    const numbers = Array.from({length}, (_, i) => `${Number(from) + i}`.padStart(from.length, "0"));
    return numbers.flatMap((number) => expandBrackets(`${before}${number}${after}`, list));
  });
}

/** Expand numbers of tasks: "2(x3),1" is 2, 2, 2 and 1. */
export function expandCounts(list: string): number[] {
  return list.split(",").flatMap((word) => {
    const [, count, repeats = "1"] = /^(\d{1,5})(?:\(x(\d{1,5})\))?$/.exec(word) ?? [];
    if (count === undefined) throw new RangeError(`Slurm: expected numbers of tasks such as 2(x3),1, found "${list}".`);
    return new Array<number>(Number(repeats)).fill(Number(count));
  });
}
