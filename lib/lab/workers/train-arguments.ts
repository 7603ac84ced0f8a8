/** The command line of one training. */
import {readCommandLine, UsageError} from "../../core/options/command-line";
import type {RanksOptions} from "../../tensor/ranks";
import type {Overrides} from "../../sweep/space";
import {readOverrides} from "../sweep/command-words";
import {slurmRanks} from "./slurm-ranks";

/** Options as they are typed. */
interface TrainWords {
  readonly system?: string;
  readonly preset?: string;
  readonly set?: readonly string[];
  readonly parallel?: string;
  readonly hosts?: string;
  readonly rank?: string;
  readonly network: boolean;
  readonly patience?: string;
}

/** A command line that was read. */
export interface TrainCommand {
  readonly system?: string;
  readonly preset?: string;
  /** What to train: "diffusion-16". */
  readonly method: string;
  readonly overrides: Overrides;
  /** Number of ranks on this machine. Default: 1. */
  readonly parallel: number;
  /** Which of several ranks this process is. */
  readonly join?: RanksOptions;
}

/**
 * Read a command line.
 *
 * @param env variables, from which hosts and rank come where Slurm started this process as one of several tasks.
 * @throws UsageError naming the first word that cannot be; RangeError for variables of Slurm that cannot be read.
 */
export function readTrainCommand(argv: readonly string[], env: Readonly<NodeJS.ProcessEnv>): TrainCommand {
  const {values, words} = readCommandLine<TrainWords>("train", argv);
  const {system, preset, set = []} = values;
  if (words.length !== 1) {
    throw new UsageError(
      `train: expected one model to train, such as diffusion-16, found ${words.join(" ") || "none"}.`,
    );
  }
  const parallel = values.parallel === undefined ? 1 : wholeNumber("parallel", values.parallel, 1);
  const join = joinOf(values, env);
  if (join && parallel > 1)
    throw new UsageError("--parallel: expected --hosts or Slurm, or several ranks here, found both.");
  return {system, preset, method: words[0], overrides: readOverrides("--set", set), parallel, join};
}

function joinOf(
  {hosts, rank, network, patience}: TrainWords,
  env: Readonly<NodeJS.ProcessEnv>,
): RanksOptions | undefined {
  if ((hosts === undefined) !== (rank === undefined)) {
    const [given, missing] = hosts === undefined ? ["rank", "hosts"] : ["hosts", "rank"];
    throw new UsageError(`--${given}: expected --${missing} with it, found none.`);
  }
  const place =
    hosts === undefined
      ? slurmRanks(env)
      : {hosts: hosts.split(",").map((host) => host.trim()), rank: wholeNumber("rank", rank!, 0)};
  if (!place) return undefined;
  return {...place, network, ...(patience !== undefined && {patience: wholeNumber("patience", patience, 1)})};
}

function wholeNumber(name: string, text: string, min: number): number {
  if (/^\d{1,9}$/.test(text) && Number(text) >= min) return Number(text);
  throw new UsageError(`--${name}: expected a whole number of ${min} or more, found "${text}".`);
}
