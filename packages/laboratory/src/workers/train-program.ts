/**
 * Program of one training: npm run lola -- train --help
 *
 * Slurm sends SIGTERM when it cancels a job, SIGUSR1 where it is asked to before the time limit: the training saves and ends.
 */
process.env.TF_CPP_MIN_LOG_LEVEL ??= "3"; // a lost rank is said in one sentence, not in TensorFlow's many
import {inspect} from "node:util";
import {LabError} from "@lola-ts/core";
import type {Overrides} from "@lola-ts/sweeps";
import {Ranks} from "@lola-ts/engine";
import {Lab} from "../lab";
import {openLab} from "../open-lab";
import {subjectOf, variantConfig} from "../sweep/sweep-plan";
import {slurmRanks} from "./slurm-ranks";

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
  const subject = subjectOf(config, method, "train");
  const ranks = await joinRanks(join, parallel);
  // A rank trains in this process; what it stands on, the first that comes makes, and the others wait.
  const lab = ranks ? new Lab(config, base.artifacts) : base.with(() => config);
  const together = {parallel: ranks ?? parallel};
  const trained =
    subject.kind === "autoencoder"
      ? await lab.autoencoder(subject.latentChannels, together)
      : await lab.emulator(subject.spec, together);
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
