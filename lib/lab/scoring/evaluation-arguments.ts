/** The command line of evaluations. */
import {readCommandLine, UsageError} from "../../core/options/command-line";
import type {Overrides} from "../../sweep/space";
import type {SlurmOptions} from "../slurm/job-array";
import {
  readOverrides,
  readSlurm,
  splitAtCommas,
  wholeNumber,
  type Backend,
  type SlurmWords,
} from "../sweep/command-words";

/** Options as they are typed. */
interface EvaluationWords extends SlurmWords {
  readonly system?: string;
  readonly preset?: string;
  readonly set?: readonly string[];
  readonly methods?: string;
  readonly parallel?: string;
  readonly name?: string;
  readonly collect?: string;
  readonly json: boolean;
}

/** A command line that was read. */
export interface EvaluationCommand {
  readonly system?: string;
  readonly preset?: string;
  readonly overrides: Overrides;
  readonly methods?: readonly string[];
  readonly name?: string;
  readonly backend: Backend;
  readonly slurm: SlurmOptions;
  readonly collect?: string;
  readonly json: boolean;
}

/** Read a command line. @throws UsageError naming the first word that cannot be. */
export function readEvaluationCommand(argv: readonly string[]): EvaluationCommand {
  const {values} = readCommandLine<EvaluationWords>("evaluate", argv);
  const {system, preset, name, collect, json, parallel} = values;
  const {backend, slurm} = readSlurm(values, false);
  const words = {parallel, name};
  const given = (["parallel", "name"] as const).find((option) => words[option] !== undefined);
  if (backend === "local" && given) throw new UsageError(`--${given}: expected --backend slurm with it, found local.`);
  if (name !== undefined && !/^[\w-][\w.-]*$/.test(name)) {
    throw new UsageError(`--name: expected a name of letters, digits, "-", "_" and ".", found "${name}".`);
  }
  return {
    system,
    preset,
    overrides: readOverrides("--set", values.set ?? []),
    ...(values.methods !== undefined && {methods: splitAtCommas(values.methods)}),
    name,
    backend,
    slurm: {...slurm, ...(parallel !== undefined && {parallel: wholeNumber("parallel", parallel)})},
    collect,
    json,
  };
}
