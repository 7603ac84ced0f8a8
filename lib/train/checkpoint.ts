/**
 * Checkpoints: everything that a training needs to resume exactly, in one safetensors file.
 *
 * Weights have their official names and layouts, so that any safetensors reader gets a state dict; the other tensors have
 * names that begin with "train/". The configuration is in the file's metadata, and a checkpoint of another configuration is
 * refused.
 */
import {
  having,
  isRow,
  requireFinite,
  requireInteger,
  checkOptions,
  anything,
  optional,
  section,
  text,
  where,
  parseJson,
  printable,
  openSafetensors,
  writeSafetensors,
  type SafetensorsFile,
  type StoredTensor,
} from "@lola-ts/core";
import type {NamedArray} from "../nn/module";

export interface History {
  /** Loss of each step, before its update. */
  readonly loss: Float32Array;
  /** Norm of each step's gradient before clipping; a step is skipped where loss or norm is not finite. */
  readonly norm: Float32Array;
  /** Validation errors, each with the number of finished steps. */
  readonly validation: readonly (readonly [step: number, error: number])[];
}

export interface Checkpoint {
  /** Plain data that identifies model and training. */
  readonly config: unknown;
  /** Number of finished steps. */
  readonly step: number;
  /** Weights by official name, in the official layout. */
  readonly weights: ReadonlyMap<string, NamedArray>;
  /** Moving average of the weights, if the training keeps one. */
  readonly average?: ReadonlyMap<string, NamedArray>;
  readonly optimiser: {
    readonly name: string;
    /** Number of updates: finished steps less the skipped ones. */
    readonly updates: number;
    readonly state: readonly NamedArray[];
  };
  readonly history: History;
}

/** Accepts numbers of steps, none before the first. */
const perStep = where(
  having("", "length"),
  "a list of numbers",
  (found: ArrayLike<number>) => found.length === 0 || isRow(found),
);

const loadRule = section({config: optional(anything)});

/** Name of the format in a file's metadata. */
export const CHECKPOINT_FORMAT = "lola-checkpoint-1";
/** Prefix of the names of all tensors but the weights. */
export const LAB_PREFIX = "train/";
export const AVERAGE_PREFIX = `${LAB_PREFIX}average/`;

const STATE_PREFIX = `${LAB_PREFIX}optimiser/`;
const MAX_HALF = 65504; // the largest number of half precision
const HISTORY = ["loss", "norm", "validation", "validation-steps"] as const;

export interface SaveOptions {
  /** Whether weights and averages are rounded to half precision; tensors beyond its range are not. Default: false. */
  readonly half?: boolean;
}

/**
 * Save a checkpoint atomically: an existing file is replaced at the end.
 *
 * @throws Error naming the file if the disk is full or the folder cannot be written; what was there stays.
 */
export async function saveCheckpoint(
  path: string,
  checkpoint: Checkpoint,
  {half = false}: SaveOptions = {},
): Promise<void> {
  const {config, step, weights, average, optimiser, history} = checkpoint;
  requireInteger(path, "step", step, {min: 0});
  requireInteger(path, "updates", optimiser.updates, {min: 0});
  for (const name of ["loss", "norm"] as const) checkOptions(path, perStep, history[name], `history.${name}`);
  const {length: losses} = history.loss;
  if (step !== losses) throw new RangeError(`${path}: expected ${recorded(losses)}, found ${step}.`);
  const tensors = new Map<string, StoredTensor>();
  const rounded = (array: NamedArray) => ({...array, half: half && array.data.every((x) => Math.abs(x) <= MAX_HALF)});
  weights.forEach((array, name) => tensors.set(name, rounded(array)));
  average?.forEach((array, name) => tensors.set(AVERAGE_PREFIX + name, rounded(array)));
  optimiser.state.forEach((array, i) => tensors.set(STATE_PREFIX + i, array));
  const vector = (data: Float32Array) => ({shape: [data.length], data});
  tensors.set(`${LAB_PREFIX}loss`, vector(history.loss));
  tensors.set(`${LAB_PREFIX}norm`, vector(history.norm));
  const validation = Float32Array.from(history.validation.map(([, error]) => error));
  tensors.set(`${LAB_PREFIX}validation`, vector(validation));
  const steps = Int32Array.from(history.validation.map(([at]) => at));
  tensors.set(`${LAB_PREFIX}validation-steps`, {shape: [steps.length], data: steps});

  const training = JSON.stringify({step, optimiser: optimiser.name, updates: optimiser.updates});
  const texts = {format: CHECKPOINT_FORMAT, config: JSON.stringify(config ?? null), training};
  await writeSafetensors(path, tensors, new Map(Object.entries(texts)));
}

/**
 * Load a checkpoint.
 *
 * @param config configuration that the checkpoint must have. By default any.
 * @throws Error naming the file if it is missing, truncated, no checkpoint, or of another configuration (with the first key
 * that differs), or if a weight is NaN or Infinity.
 */
export function loadCheckpoint(path: string, options: {config?: unknown} = {}): Checkpoint {
  checkOptions("loadCheckpoint", text, path, "path");
  checkOptions("loadCheckpoint", loadRule, options);
  const {config} = options;
  const file = openSafetensors(path);
  try {
    const found = readTraining(path, file);
    if (config !== undefined) requireSameConfig(path, config, found.config);
    const groups = groupsOf(path, file);
    const read = (name: string) => readFloats(path, file, name);
    const below = (prefix: string) =>
      groups.get(prefix)!.map((name) => [name.slice(prefix.length), read(name)] as const);
    const weights = new Map(below(""));
    const average = new Map(below(AVERAGE_PREFIX));
    if (average.size > 0) requireSameShapes(path, weights, average);
    for (const [name, {data}] of [...weights, ...average]) requireFinite(path, printable(name), data);
    const state = below(STATE_PREFIX).sort(([a], [b]) => Number(a) - Number(b));
    if (state.some(([name], i) => name !== `${i}`)) {
      throw new Error(`${path}: expected the optimiser's state as tensors 0 to ${state.length - 1}, found others.`);
    }
    return {
      config: found.config,
      step: found.step,
      weights,
      ...(average.size > 0 ? {average} : {}),
      optimiser: {name: found.optimiser, updates: found.updates, state: state.map(([, array]) => array)},
      history: readHistory(path, file),
    };
  } finally {
    file.close();
  }
}

/** Sort the names of tensors by their prefix. @throws Error for a name of the laboratory that no checkpoint has. */
function groupsOf(path: string, {shapes}: SafetensorsFile): Map<string, string[]> {
  const groups = new Map<string, string[]>([AVERAGE_PREFIX, STATE_PREFIX, ""].map((prefix) => [prefix, []]));
  for (const name of shapes.keys()) {
    if (HISTORY.some((key) => name === LAB_PREFIX + key)) continue;
    const prefix = [AVERAGE_PREFIX, STATE_PREFIX].find((start) => name.startsWith(start)) ?? "";
    if (prefix === "" && name.startsWith(LAB_PREFIX)) {
      throw new Error(`${path}: expected no further tensor of the training, found "${printable(name)}".`);
    }
    groups.get(prefix)!.push(name);
  }
  return groups;
}

function readTyped(path: string, file: SafetensorsFile, name: string, type: "F32" | "F16" | "I32"): StoredTensor {
  const found = file.types.get(name);
  if (found === type) return file.read(name);
  throw new Error(`${path}: expected "${printable(name)}" of type ${type}, found ${found ?? "none"}.`);
}

/** Read a tensor of real numbers, in single or half precision. @throws Error if it is stored as whole numbers. */
function readFloats(path: string, file: SafetensorsFile, name: string): NamedArray {
  const type = file.types.get(name) === "F16" ? "F16" : "F32";
  const {shape, data} = readTyped(path, file, name, type);
  return {shape, data: data as Float32Array};
}

type Arrays = ReadonlyMap<string, NamedArray>;

function requireSameShapes(path: string, weights: Arrays, average: Arrays): void {
  for (const name of new Set([...weights.keys(), ...average.keys()])) {
    const [expected, found] = [weights, average].map((arrays) => arrays.get(name)?.shape.join(", "));
    if (expected === found) continue;
    const shapeOf = (shape?: string) => (shape === undefined ? "none" : `[${shape}]`);
    throw new Error(
      `${path}: expected an average of "${printable(name)}" ${shapeOf(expected)}, found ${shapeOf(found)}.`,
    );
  }
}

/** Read the record of a training: a loss and a norm of each step, a step of each error. */
export function readHistory(path: string, file: SafetensorsFile): History {
  const vector = (key: string, length?: number) => {
    const name = LAB_PREFIX + key;
    const shape = file.shapes.get(name);
    if (shape && shape.length === 1 && shape[0] === (length ?? shape[0])) return name;
    const expected = length === undefined ? "numbers" : `${length} numbers`;
    throw new Error(
      `${path}: expected a list of ${expected} "${name}", found ${shape ? `[${shape.join(", ")}]` : "none"}.`,
    );
  };
  const loss = readFloats(path, file, vector("loss")).data;
  const norm = readFloats(path, file, vector("norm", loss.length)).data;
  const errors = readFloats(path, file, vector("validation")).data;
  const steps = readTyped(path, file, vector("validation-steps", errors.length), "I32").data;
  return {loss, norm, validation: Array.from(steps, (step, i) => [step, errors[i]] as const)};
}

/** A training's configuration and how far it is. */
export interface TrainingMetadata {
  config: unknown;
  step: number;
  optimiser: string;
  updates: number;
}

/**
 * Read the metadata of a checkpoint.
 *
 * @throws Error naming the file if it is no checkpoint, or has another number of steps than losses.
 */
export function readTraining(path: string, {metadata, shapes}: SafetensorsFile): TrainingMetadata {
  if (metadata.get("format") !== CHECKPOINT_FORMAT) {
    const found = metadata.get("format") ?? "none";
    throw new Error(
      `${path}: expected a checkpoint of this laboratory (format ${CHECKPOINT_FORMAT}), found format ${printable(found)}.`,
    );
  }
  const training = trainingOf(metadata);
  if (!training) {
    const expected = "the configuration, the step and the optimiser's name as JSON in the metadata";
    throw new Error(`${path}: expected ${expected}, found others or none.`);
  }
  const [losses = training.step] = shapes.get(`${LAB_PREFIX}loss`) ?? [];
  if (losses !== training.step) throw new Error(`${path}: expected ${recorded(losses)}, found ${training.step}.`);
  return training;
}

const recorded = (losses: number): string => `step to be ${losses}, the number of recorded losses`;

function trainingOf(metadata: SafetensorsFile["metadata"]): TrainingMetadata | undefined {
  try {
    const training = parseJson(metadata.get("training") ?? "") as Omit<TrainingMetadata, "config">;
    const config: unknown = parseJson(metadata.get("config") ?? "");
    const numbers = [training.step, training.updates].every((count) => Number.isSafeInteger(count) && count >= 0);
    const isNamed = typeof training.optimiser === "string" && training.optimiser !== "";
    return numbers && isNamed ? {...training, config} : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Require that a checkpoint, or something else of a file, has the expected configuration.
 *
 * @param subject begins the sentence of the error. Default: "the checkpoint is".
 * @throws Error naming the first key that differs and both values.
 */
export function requireSameConfig(
  path: string,
  expected: unknown,
  found: unknown,
  subject = "the checkpoint is",
): void {
  const plain: unknown = JSON.parse(JSON.stringify(expected ?? null)); // as it would have been saved
  const difference = firstDifference(plain, found, "");
  if (!difference) return;
  const [key, ours, theirs] = difference;
  throw new Error(
    `${path}: ${subject} of another configuration: ` +
      `expected ${key || "the configuration"} to be ${shown(ours)}, found ${shown(theirs)}.`,
  );
}

type Difference = [key: string, expected: unknown, found: unknown];

function firstDifference(a: unknown, b: unknown, key: string): Difference | undefined {
  if (typeof a !== "object" || typeof b !== "object" || !a || !b || Array.isArray(a) !== Array.isArray(b)) {
    return a === b ? undefined : [key, a, b];
  }
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  for (const name of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const difference = firstDifference(left[name], right[name], key ? `${key}.${name}` : name);
    if (difference) return difference;
  }
  return undefined;
}

function shown(value: unknown): string {
  return value === undefined ? "absent" : printable(JSON.stringify(value), 60);
}
