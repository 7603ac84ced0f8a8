/** Words that the programs of sweeps, evaluations and trainings share. */
import {UsageError} from "../../core/options/command-line";
import type {Knob, Overrides, Range} from "../../sweep/space";
import type {SlurmOptions} from "../slurm/job-array";
import {InterruptedError} from "../workers/interrupt";

/** Where work is done. */
export type Backend = "local" | "slurm";

/** Options of job arrays, as they are typed. */
export interface SlurmWords extends Omit<SlurmOptions, "parallel"> {
  readonly backend: string;
}

/**
 * Read the options of job arrays.
 *
 * @param isArray whether the command is about job arrays whatever its backend.
 * @throws UsageError for an unknown backend, or options of sbatch without it.
 */
export function readSlurm({backend, ...values}: SlurmWords, isArray: boolean): {backend: Backend; slurm: SlurmOptions} {
  if (backend !== "local" && backend !== "slurm") {
    throw new UsageError(`--backend: expected local or slurm, found "${backend}".`);
  }
  const names = ["time", "partition", "cpus", "gres"] as const;
  const given = names.filter((name) => values[name] !== undefined);
  if (backend === "local" && given.length > 0 && !isArray) {
    throw new UsageError(`--${given[0]}: expected --backend slurm with it, found local.`);
  }
  return {backend, slurm: Object.fromEntries(given.map((name) => [name, values[name]]))};
}

/** Read a whole number. @throws UsageError naming its option. */
export function wholeNumber(name: string, text = ""): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError(`--${name}: expected a whole number of 1 or more, found "${text}".`);
}

/**
 * Read options, each with one value: "latent.hidChannels=64".
 *
 * @throws UsageError naming a word that cannot be, or that has several values.
 */
export function readOverrides(option: string, words: readonly string[]): Overrides {
  return Object.fromEntries(
    words.map((word) => {
      const [path, values] = readKnob(word, option);
      if (Array.isArray(values) && values.length === 1) return [path, (values as unknown[])[0]];
      throw new UsageError(`${option}: expected one value of ${path}, found "${word}"; npm run sweep tries several.`);
    }),
  );
}

/** Read an option by its path and the values to try: "latent.hidChannels=64,128". */
export function readKnob(word: string, option: unknown): [string, Knob] {
  const name = typeof option === "string" ? option : "--set";
  const at = word.indexOf("=");
  const path = word.slice(0, at).trim();
  const text = word.slice(at + 1).trim();
  if (at < 1 || text === "")
    throw new UsageError(`${name}: expected PATH=VALUES such as latent.hidChannels=64,128, found "${word}".`);
  return [path, readRange(path, text) ?? splitAtCommas(text).map(readValue)];
}

/** Read "log(1e-4,1e-2,5)". */
function readRange(path: string, text: string): Range | undefined {
  const [, kind, inside] = /^(log|linear|whole)\((.*)\)$/.exec(text) ?? [];
  if (kind === undefined) return undefined;
  const numbers = inside.split(",").map((part) => (part.trim() === "" ? NaN : Number(part)));
  if (numbers.some(Number.isNaN) || numbers.length < 2 || numbers.length > 3) {
    throw new UsageError(`--set: expected ${path} to be ${kind}(FROM,TO,COUNT), found "${text}".`);
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
export function splitAtCommas(text: string): string[] {
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

/** Exit code of a program that ends with an error: 2 for a wrong word, 130 after Ctrl-C, else 1. */
export function exitCodeOf(error: Error): number {
  const isUsage =
    error instanceof UsageError || error instanceof RangeError || /^Unknown (system|preset)/.test(error.message);
  if (isUsage) return 2;
  return error instanceof InterruptedError ? 130 : 1;
}
