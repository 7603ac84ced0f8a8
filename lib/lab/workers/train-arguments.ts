/** The command line of one training. */
import {parseArgs} from "node:util";
import type {RanksOptions} from "../../tensor/ranks";
import type {Overrides} from "../../sweep/space";
import {readOverrides, UsageError} from "../sweep/command-words";
import {slurmRanks} from "./slurm-ranks";

export const TRAIN_HELP = `Trains one model of a preset, by one process or by several together ("ranks"), each on its rows of every batch.

npm run train -- --system euler --preset tour diffusion-16
npm run train -- --parallel 2 -- --system euler --preset tour diffusion-16         two ranks on this machine
npm run train -- --hosts 10.0.0.1:4000,10.0.0.2:4000 --rank 0 --network -- ...     rank 0; the same with --rank 1 on the other
srun --ntasks 8 npm run -s train -- --system euler --preset paper diffusion-16     hosts and ranks of Slurm

autoencoder-16, diffusion-16, solver-16, crps-16, solver-pixel    what to train
--set PATH=VALUE    an option by its path: latent.training.batch=64
--parallel N        ranks on this machine
--hosts A:P,B:P     address and port of every rank, the same list on all; all read and write one data folder
--rank I            which of them this process is, from 0
--network           listen on another address than the loopback one. What goes from rank to rank is neither encrypted nor
                    authenticated: do so on a network that you trust alone
--patience S        seconds to wait for another rank before giving up (default: 45)

Ctrl-C on any rank stops all and saves; the same command, with any number of ranks, goes on from there.
`;

const OPTIONS = {
  system: {type: "string"},
  preset: {type: "string"},
  set: {type: "string", multiple: true},
  parallel: {type: "string"},
  hosts: {type: "string"},
  rank: {type: "string"},
  network: {type: "boolean", default: false},
  patience: {type: "string"},
  help: {type: "boolean", default: false},
} as const;

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
  readonly help: boolean;
}

/**
 * Read a command line.
 *
 * @param env variables, from which hosts and rank come where Slurm started this process as one of several tasks.
 * @throws UsageError naming the first word that cannot be; RangeError for variables of Slurm that cannot be read.
 */
export function readTrainCommand(argv: readonly string[], env: Readonly<NodeJS.ProcessEnv>): TrainCommand {
  const {values, positionals} = parsed(argv.filter((word) => word !== "--"));
  const {system, preset, set = [], help} = values;
  if (!help && positionals.length !== 1) {
    throw new UsageError(
      `train: expected one model to train, such as diffusion-16, found ${positionals.join(" ") || "none"}.`,
    );
  }
  const parallel = values.parallel === undefined ? 1 : wholeNumber("parallel", values.parallel, 1);
  const join = help ? undefined : joinOf(values, env);
  if (join && parallel > 1)
    throw new UsageError("--parallel: expected --hosts or Slurm, or several ranks here, found both.");
  return {system, preset, method: positionals[0], overrides: readOverrides("--set", set), parallel, join, help};
}

type Values = ReturnType<typeof parsed>["values"];

function joinOf({hosts, rank, network, patience}: Values, env: Readonly<NodeJS.ProcessEnv>): RanksOptions | undefined {
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

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({args: [...argv], options: OPTIONS, allowPositionals: true});
  } catch (error) {
    const known = Object.keys(OPTIONS).join(", --");
    throw new UsageError(`train: ${(error as Error).message.split(". ")[0]}; known are --${known}.`);
  }
}

function wholeNumber(name: string, text: string, min: number): number {
  if (/^\d{1,9}$/.test(text) && Number(text) >= min) return Number(text);
  throw new UsageError(`--${name}: expected a whole number of ${min} or more, found "${text}".`);
}
