/**
 * Checkpoints: everything that a training needs to resume exactly, in one safetensors file.
 *
 * Weights have their official names and layouts, so that any safetensors reader gets a state dict; the other tensors have
 * names that begin with "train/". The configuration is in the file's metadata, and a checkpoint of another configuration is
 * refused.
 */
import type {NamedArray} from "../nn/module";
import {openSafetensors, writeSafetensors, type SafetensorsFile, type StoredTensor} from "../formats/safetensors";

/** Record of a training. */
export interface History {
  /** Loss of each step, before its update. */
  readonly loss: Float32Array;
  /** Norm of each step's gradient before clipping; a step is skipped where loss or norm is not finite. */
  readonly norm: Float32Array;
  /** Validation errors, each with the number of finished steps. */
  readonly validation: readonly (readonly [step: number, error: number])[];
}

/** The state of a training. */
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

/** Name of the format in a file's metadata. */
export const CHECKPOINT_FORMAT = "lola-checkpoint-1";
/** Prefix of the names of all tensors but the weights. */
export const LAB_PREFIX = "train/";
/** Prefix of the names of the averaged weights. */
export const AVERAGE_PREFIX = `${LAB_PREFIX}average/`;

const STATE_PREFIX = `${LAB_PREFIX}optimiser/`;

/**
 * Save a checkpoint atomically: an existing file is replaced at the end.
 *
 * @throws Error naming the file if the disk is full or the folder cannot be written; what was there stays.
 */
export async function saveCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const {config, step, weights, average, optimiser, history} = checkpoint;
  const tensors = new Map<string, StoredTensor>(weights);
  average?.forEach((array, name) => tensors.set(AVERAGE_PREFIX + name, array));
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
 * that differs).
 */
export function loadCheckpoint(path: string, {config}: {config?: unknown} = {}): Checkpoint {
  const file = openSafetensors(path);
  try {
    const found = requireFormat(path, file);
    if (config !== undefined) requireSameConfig(path, config, found.config);
    const names = [...file.shapes.keys()];
    const below = (prefix: string) =>
      new Map(names.filter((name) => name.startsWith(prefix)).map((name) => [name.slice(prefix.length), read(name)]));
    const read = (name: string): NamedArray => {
      const {shape, data} = file.read(name);
      return {shape, data: data as Float32Array};
    };

    const average = below(AVERAGE_PREFIX);
    const state = [...below(STATE_PREFIX)].sort(([a], [b]) => Number(a) - Number(b)).map(([, array]) => array);
    const errors = read(`${LAB_PREFIX}validation`).data;
    const steps = file.read(`${LAB_PREFIX}validation-steps`).data;
    return {
      config: found.config,
      step: found.step,
      weights: new Map(names.filter((name) => !name.startsWith(LAB_PREFIX)).map((name) => [name, read(name)])),
      ...(average.size > 0 ? {average} : {}),
      optimiser: {name: found.optimiser, updates: found.updates, state},
      history: {
        loss: read(`${LAB_PREFIX}loss`).data,
        norm: read(`${LAB_PREFIX}norm`).data,
        validation: Array.from(steps, (step, i) => [step, errors[i]] as const),
      },
    };
  } finally {
    file.close();
  }
}

interface TrainingMetadata {
  config: unknown;
  step: number;
  optimiser: string;
  updates: number;
}

function requireFormat(path: string, {metadata}: SafetensorsFile): TrainingMetadata {
  if (metadata.get("format") !== CHECKPOINT_FORMAT) {
    const found = metadata.get("format") ?? "none";
    throw new Error(
      `${path}: expected a checkpoint of this laboratory (format ${CHECKPOINT_FORMAT}), found format ${found}.`,
    );
  }
  try {
    const training = JSON.parse(metadata.get("training") ?? "") as Omit<TrainingMetadata, "config">;
    const config: unknown = JSON.parse(metadata.get("config") ?? "");
    const numbers = [training.step, training.updates].every((count) => Number.isSafeInteger(count) && count >= 0);
    if (numbers && typeof training.optimiser === "string") return {...training, config};
  } catch {
    // reported below
  }
  throw new Error(`${path}: expected the configuration and the step as JSON in the metadata, found neither.`);
}

/**
 * Require that a checkpoint has the expected configuration.
 *
 * @throws Error naming the first key that differs and both values.
 */
export function requireSameConfig(path: string, expected: unknown, found: unknown): void {
  const plain: unknown = JSON.parse(JSON.stringify(expected ?? null)); // as it would have been saved
  const difference = firstDifference(plain, found, "");
  if (!difference) return;
  const [key, ours, theirs] = difference;
  throw new Error(
    `${path}: the checkpoint is of another configuration: ` +
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
  const text = value === undefined ? "absent" : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
