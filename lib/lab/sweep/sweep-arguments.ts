/** The command line of sweeps. */
import type {Knob} from "../../sweep/space";
import type {SlurmOptions} from "../slurm/job-array";
import {
  readKnob,
  readOverrides,
  readSlurm,
  readWords,
  SLURM_WORDS,
  splitAtCommas,
  UsageError,
  wholeNumber,
  type Backend,
} from "./command-words";
import type {SweepOptions} from "./sweep-plan";

export const SWEEP_HELP = `Trains and measures variants of a preset.

npm run sweep -- --system euler --preset tour --set latent.hidChannels=64,128 --set latent.training.learningRate=1e-3,4e-3 \\
  --seeds 3 --methods diffusion-16,solver-16 --measure vrmse@1:20 --name width

--set PATH=VALUES   an option by its path and the values to try, with commas between them; log(1e-4,1e-2,5) and
                    linear(0,1,5) are ranges with a number of values, whole(1,4,4) one of whole numbers
--methods           autoencoder, diffusion-16, solver-16, crps-16, solver-pixel, ...
--measure           validation, secondsPerStep, seconds, mae (autoencoder), vrmse@1:20 (emulators), ...
--seeds N           trainings of each variant, paired by their seeds (default: 1)
--autoencoders own  train the autoencoder under an emulator from each seed, too (default: shared by all seeds)
--draws N           draw variants at random instead of all combinations; ranges need no number of values then
--baseline PATH=VALUE   the variant that others are compared with (default: the first)
--halving ETA:RUNGS     train few steps first, and the best 1/ETA of the variants more (3:3)
--parallel N        trainings at a time
--name NAME         folder under data/sweeps/ (default: a hash of the sweep)
--dry               print the trainings, and about how long they take and how large they are
--json              print the table as JSON
--backend slurm     one job array; with --time, --partition, --cpus, --gres as sbatch has them
--collect NAME      print what is there of a sweep, and which of its trainings failed
--retry NAME        run the failed trainings of a sweep again
--pack NAME         copy a finished sweep to data/pretrained/sweeps/, to be found without training wherever the project is

Ctrl-C stops and saves; the same command goes on from there.
`;

const OPTIONS = {
  system: {type: "string"},
  preset: {type: "string"},
  set: {type: "string", multiple: true},
  methods: {type: "string"},
  measure: {type: "string"},
  seeds: {type: "string"},
  autoencoders: {type: "string"},
  draws: {type: "string"},
  baseline: {type: "string", multiple: true},
  halving: {type: "string"},
  parallel: {type: "string"},
  name: {type: "string"},
  ...SLURM_WORDS,
  collect: {type: "string"},
  retry: {type: "string"},
  pack: {type: "string"},
  dry: {type: "boolean", default: false},
  json: {type: "boolean", default: false},
  help: {type: "boolean", default: false},
} as const;

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
  readonly help: boolean;
}

/** Read a command line. @throws UsageError naming the first word that cannot be. */
export function readSweepCommand(argv: readonly string[]): SweepCommand {
  const values = readWords(argv, OPTIONS);
  const {system, preset, collect, retry, pack, dry, json, help} = values;
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
  return {system, preset, space, options, backend, slurm, collect, retry, pack, dry, json, help};
}

function readHalving(text: string): {eta: number; rungs: number} {
  const [, eta, rungs] = /^(\d+(?:\.\d+)?):(\d+)$/.exec(text) ?? [];
  if (eta === undefined) throw new UsageError(`--halving: expected ETA:RUNGS such as 3:3, found "${text}".`);
  return {eta: Number(eta), rungs: Number(rungs)};
}
