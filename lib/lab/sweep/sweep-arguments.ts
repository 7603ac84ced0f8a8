/** The command line of sweeps. */
import {parseArgs} from "node:util";
import {nearest} from "../../core/options/spelling";
import type {Knob, Overrides, Range} from "../../sweep/space";
import type {SweepOptions} from "./sweep-plan";

export const SWEEP_HELP = `Trains and measures variants of a preset.

npm run sweep -- --system euler --preset tour --set latent.hidChannels=64,128 --set latent.training.learningRate=1e-3,4e-3 \\
  --seeds 3 --methods diffusion-16,solver-16 --measure vrmse@1:20 --name width

--set PATH=VALUES   an option by its path and the values to try, with commas between them; log(1e-4,1e-2,5) and
                    linear(0,1,5) are ranges with a number of values, whole(1,4,4) one of whole numbers
--methods           autoencoder, diffusion-16, solver-16, crps-16, solver-pixel, ...
--measure           validation, secondsPerStep, seconds, mae (autoencoder), vrmse@1:20 (emulators), ...
--seeds N           trainings of each variant, paired by their seeds (default: 1)
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

Ctrl-C stops and saves; the same command goes on from there.
`;

const OPTIONS = {
  system: {type: "string"},
  preset: {type: "string"},
  set: {type: "string", multiple: true},
  methods: {type: "string"},
  measure: {type: "string"},
  seeds: {type: "string"},
  draws: {type: "string"},
  baseline: {type: "string", multiple: true},
  halving: {type: "string"},
  parallel: {type: "string"},
  name: {type: "string"},
  backend: {type: "string", default: "local"},
  time: {type: "string"},
  partition: {type: "string"},
  cpus: {type: "string"},
  gres: {type: "string"},
  collect: {type: "string"},
  retry: {type: "string"},
  dry: {type: "boolean", default: false},
  json: {type: "boolean", default: false},
  help: {type: "boolean", default: false},
} as const;

/** What sbatch is told of each element of a job array. */
export interface SlurmOptions {
  readonly time?: string;
  readonly partition?: string;
  readonly cpus?: string;
  readonly gres?: string;
}

/** A command line that was read. */
export interface SweepCommand {
  readonly system?: string;
  readonly preset?: string;
  readonly space: Readonly<Record<string, Knob>>;
  readonly options: SweepOptions;
  readonly backend: "local" | "slurm";
  readonly slurm: SlurmOptions;
  readonly collect?: string;
  readonly retry?: string;
  readonly dry: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

/** A command line that cannot be. */
export class SweepUsageError extends Error {}

/** Read a command line. @throws SweepUsageError naming the first word that cannot be. */
export function readSweepCommand(argv: readonly string[]): SweepCommand {
  const values = parsed(argv);
  const {system, preset, backend, time, partition, cpus, gres, collect, retry, dry, json, help} = values;
  if (backend !== "local" && backend !== "slurm") {
    throw new SweepUsageError(`--backend: expected local or slurm, found "${backend}".`);
  }
  const slurm = {time, partition, cpus, gres};
  const [given] = Object.entries(slurm).filter(([, value]) => value !== undefined);
  if (backend === "local" && given && retry === undefined) {
    throw new SweepUsageError(`--${given[0]}: expected --backend slurm with it, found local.`);
  }
  const number = (name: "seeds" | "draws" | "parallel") => wholeNumber(name, values[name]);
  const options: SweepOptions = {
    ...(values.methods !== undefined && {methods: split(values.methods)}),
    ...(values.measure !== undefined && {measure: split(values.measure)}),
    ...(values.seeds !== undefined && {seeds: number("seeds")}),
    ...(values.draws !== undefined && {draws: number("draws")}),
    ...(values.parallel !== undefined && {parallel: number("parallel")}),
    ...(values.name !== undefined && {name: values.name}),
    ...(values.halving !== undefined && {halving: readHalving(values.halving)}),
    ...(values.baseline !== undefined && {baseline: readOverrides("--baseline", values.baseline)}),
  };
  const space = Object.fromEntries((values.set ?? []).map(readKnob));
  return {system, preset, space, options, backend, slurm, collect, retry, dry, json, help};
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({args: [...argv], options: OPTIONS}).values;
  } catch (error) {
    const known = Object.keys(OPTIONS).map((name) => `--${name}`);
    const wrong = argv.find((word) => word.startsWith("--") && !known.includes(word.split("=")[0]));
    if (wrong === undefined) throw new SweepUsageError(`${(error as Error).message.split(". ")[0]}.`);
    const [name] = wrong.split("=");
    const near = nearest(name, known, (one) => one);
    const advice = near.length > 0 ? `did you mean ${near.join(" or ")}?` : `known are ${known.join(", ")}.`;
    throw new SweepUsageError(`Unknown option ${name}; ${advice}`);
  }
}

function wholeNumber(name: string, text = ""): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new SweepUsageError(`--${name}: expected a whole number of 1 or more, found "${text}".`);
}

function readHalving(text: string): {eta: number; rungs: number} {
  const [, eta, rungs] = /^(\d+(?:\.\d+)?):(\d+)$/.exec(text) ?? [];
  if (eta === undefined) throw new SweepUsageError(`--halving: expected ETA:RUNGS such as 3:3, found "${text}".`);
  return {eta: Number(eta), rungs: Number(rungs)};
}

/** Read options, each with one value: "latent.hidChannels=64". @throws SweepUsageError naming a word that cannot be. */
export function readOverrides(option: string, words: readonly string[]): Overrides {
  return Object.fromEntries(
    words.map((word) => {
      const [path, values] = readKnob(word, option);
      return [path, Array.isArray(values) ? (values as unknown[])[0] : values];
    }),
  );
}

/** Read "latent.hidChannels=64,128". */
function readKnob(word: string, option: unknown): [string, Knob] {
  const name = typeof option === "string" ? option : "--set";
  const at = word.indexOf("=");
  const path = word.slice(0, at).trim();
  const text = word.slice(at + 1).trim();
  if (at < 1 || text === "")
    throw new SweepUsageError(`${name}: expected PATH=VALUES such as latent.hidChannels=64,128, found "${word}".`);
  return [path, readRange(path, text) ?? split(text).map(readValue)];
}

/** Read "log(1e-4,1e-2,5)". */
function readRange(path: string, text: string): Range | undefined {
  const [, kind, inside] = /^(log|linear|whole)\((.*)\)$/.exec(text) ?? [];
  if (kind === undefined) return undefined;
  const numbers = inside.split(",").map((part) => (part.trim() === "" ? NaN : Number(part)));
  if (numbers.some(Number.isNaN) || numbers.length < 2 || numbers.length > 3) {
    throw new SweepUsageError(`--set: expected ${path} to be ${kind}(FROM,TO,COUNT), found "${text}".`);
  }
  const [from, to, count] = numbers;
  return {
    from,
    to,
    ...(count !== undefined && {count}),
    ...(kind === "log" && {log: true}),
    ...(kind === "whole" && {whole: true}),
  };
}

/** A value as JSON has it, or a text without quotes. */
function readValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Split at commas that are not inside of brackets or quotes. */
function split(text: string): string[] {
  const parts = [""];
  let depth = 0;
  let isQuoted = false;
  for (const letter of text) {
    if (letter === '"') isQuoted = !isQuoted;
    else if (!isQuoted && "[{".includes(letter)) depth++;
    else if (!isQuoted && "]}".includes(letter)) depth--;
    if (letter === "," && depth === 0 && !isQuoted) parts.push("");
    else parts[parts.length - 1] += letter;
  }
  return parts.map((part) => part.trim());
}
