/** The command line of sweeps. */
import {readCommandLine, UsageError} from "../../core/options/command-line";
import type {Knob} from "../../sweep/space";
import type {SlurmOptions} from "../slurm/job-array";
import {
  readKnob,
  readOverrides,
  readSlurm,
  splitAtCommas,
  wholeNumber,
  type Backend,
  type SlurmWords,
} from "./command-words";
import type {SweepOptions} from "./sweep-plan";

/** Options as they are typed. */
interface SweepWords extends SlurmWords {
  readonly system?: string;
  readonly preset?: string;
  readonly set?: readonly string[];
  readonly methods?: string;
  readonly measure?: string;
  readonly seeds?: string;
  readonly autoencoders?: string;
  readonly draws?: string;
  readonly baseline?: readonly string[];
  readonly halving?: string;
  readonly parallel?: string;
  readonly name?: string;
  readonly collect?: string;
  readonly retry?: string;
  readonly pack?: string;
  readonly dry: boolean;
  readonly json: boolean;
}

/** A command line that was read. */
export interface SweepCommand {
  readonly system?: string;
  readonly preset?: string;
  readonly space: Readonly<Record<string, Knob>>;
  readonly options: SweepOptions;
  readonly backend: Backend;
  readonly slurm: SlurmOptions;
  readonly collect?: string;
  readonly retry?: string;
  readonly pack?: string;
  readonly dry: boolean;
  readonly json: boolean;
}

/** Read a command line. @throws UsageError naming the first word that cannot be. */
export function readSweepCommand(argv: readonly string[]): SweepCommand {
  const {values} = readCommandLine<SweepWords>("sweep", argv);
  const {system, preset, collect, retry, pack, dry, json} = values;
  const {backend, slurm} = readSlurm(values, retry !== undefined);
  const number = (name: "seeds" | "draws" | "parallel") => wholeNumber(name, values[name]);
  const options: SweepOptions = {
    ...(values.methods !== undefined && {methods: splitAtCommas(values.methods)}),
    ...(values.measure !== undefined && {measure: splitAtCommas(values.measure)}),
    ...(values.seeds !== undefined && {seeds: number("seeds")}),
    ...(values.autoencoders !== undefined && {autoencoders: values.autoencoders as "shared" | "own"}), // planSweep checks it
    ...(values.draws !== undefined && {draws: number("draws")}),
    ...(values.parallel !== undefined && {parallel: number("parallel")}),
    ...(values.name !== undefined && {name: values.name}),
    ...(values.halving !== undefined && {halving: readHalving(values.halving)}),
    ...(values.baseline !== undefined && {baseline: readOverrides("--baseline", values.baseline)}),
  };
  const space = Object.fromEntries((values.set ?? []).map(readKnob));
  return {system, preset, space, options, backend, slurm, collect, retry, pack, dry, json};
}

function readHalving(text: string): {eta: number; rungs: number} {
  const [, eta, rungs] = /^(\d+(?:\.\d+)?):(\d+)$/.exec(text) ?? [];
  if (eta === undefined) throw new UsageError(`--halving: expected ETA:RUNGS such as 3:3, found "${text}".`);
  return {eta: Number(eta), rungs: Number(rungs)};
}
