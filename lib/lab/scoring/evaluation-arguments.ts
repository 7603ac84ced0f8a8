/** The command line of evaluations. */
import type {Overrides} from "../../sweep/space";
import type {SlurmOptions} from "../slurm/job-array";
import {
  readOverrides,
  readSlurm,
  readWords,
  SLURM_WORDS,
  splitAtCommas,
  UsageError,
  wholeNumber,
  type Backend,
} from "../sweep/command-words";

export const EVALUATION_HELP = `Scores emulators, their autoencoders and trivial forecasts on the test trajectories of a preset.

npm run evaluate -- --system euler --preset tour --methods diffusion-16,solver-16

--set PATH=VALUE    an option by its path and its value, such as rollout.trajectories=8
--methods           diffusion-16, solver-16, crps-16, solver-pixel, ... (default: all of the preset's comparison)
--json              print the table as JSON
--backend slurm     one job array, an element for each test trajectory; models must be trained
                    with --time, --partition, --cpus, --gres as sbatch has them; the same command submits what is missing again
--parallel N        elements at a time
--name NAME         folder under data/evaluations/ (default: a hash of the evaluation)
--collect NAME      print how far an array is, and its table once all trajectories are scored

Ctrl-C stops; the same command goes on with the next trajectory.
`;

const OPTIONS = {
  system: {type: "string"},
  preset: {type: "string"},
  set: {type: "string", multiple: true},
  methods: {type: "string"},
  parallel: {type: "string"},
  name: {type: "string"},
  ...SLURM_WORDS,
  collect: {type: "string"},
  json: {type: "boolean", default: false},
  help: {type: "boolean", default: false},
} as const;

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
  readonly help: boolean;
}

/** Read a command line. @throws UsageError naming the first word that cannot be. */
export function readEvaluationCommand(argv: readonly string[]): EvaluationCommand {
  const values = readWords(argv, OPTIONS);
  const {system, preset, name, collect, json, help, parallel} = values;
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
    help,
  };
}
