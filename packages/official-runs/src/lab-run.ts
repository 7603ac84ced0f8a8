/**
 * Runs of this laboratory: one safetensors file with weights under their official names and the configuration inside.
 *
 * A saved run and a training's checkpoint hold different further data; both open as a run.
 */
import {
  type NamedArrays,
  isPlainObject,
  checkOptions,
  oneOf,
  optional,
  parseJson,
  printable,
  openSafetensors,
  writeSafetensors,
  type SafetensorsFile,
} from "@lola-ts/core";
import {join} from "node:path";
import type {AutoencoderConfig, EmulatorConfig} from "lola/models";
import {type DenoiserConfig, createSchedule} from "lola/diffusion";
import {CHECKPOINT_FORMAT, LAB_PREFIX, AVERAGE_PREFIX, readTraining} from "lola/train";
import {inPlace, type ModelConfig, type WeightFile} from "./model";
import {anyDataRule, requireVectors, trajectoryRule, type RunData, type RunMetadata} from "./data-config";
import {autoencoderRule, denoiserRule, solverRule} from "./official-config";
import type {Section} from "./options";

const RUN_FORMAT = "lola-run-1";

/** Name of the file in a run's folder, and of the folder of an emulator's autoencoder in it. */
export const MODEL_FILE = "model.safetensors";

/** An open file of this laboratory; its weights are read one at a time. */
export interface LabRun {
  readonly model: ModelConfig;
  readonly metadata: RunMetadata;
  readonly file: WeightFile & {readonly close: () => void};
}

/**
 * Open a run or a checkpoint of ours. Close it after use.
 *
 * @param average take the moving average of a checkpoint's weights. Default: false.
 */
export function openLabRun(path: string, {average = false}: {average?: boolean} = {}): LabRun {
  const file = openSafetensors(path);
  try {
    const format = file.metadata.get("format");
    if (format !== RUN_FORMAT && format !== CHECKPOINT_FORMAT) {
      const expected = `a run or checkpoint of this laboratory (format ${RUN_FORMAT} or ${CHECKPOINT_FORMAT})`;
      throw new Error(`${path}: expected ${expected}, found format ${printable(format ?? "none")}.`);
    }
    const config = configOf(path, file);
    const model = modelConfig(config.model, path);
    if (format === RUN_FORMAT) checkOptions(path, optional(oneOf([model.kind])), config.kind, "config.kind");
    else readTraining(path, file);
    return {
      model,
      metadata: format === RUN_FORMAT ? metadataOf(config, path) : {config},
      file: {path, ...weightsOf(path, file, average), buffers: "optional", close: () => file.close()},
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

function configOf(path: string, {metadata}: SafetensorsFile): Section {
  try {
    const config = parseJson(metadata.get("config") ?? "");
    if (isPlainObject(config)) return config;
  } catch {
    // reported below
  }
  throw new Error(`${path}: expected the configuration as JSON in the metadata, found none.`);
}

function weightsOf(path: string, file: SafetensorsFile, average: boolean): Pick<WeightFile, "weights" | "types"> {
  const prefix = average ? AVERAGE_PREFIX : "";
  const own = (name: string) => name.startsWith(prefix) && (average || !name.startsWith(LAB_PREFIX));
  const named = <T>(map: ReadonlyMap<string, T>) =>
    new Map([...map].filter(([name]) => own(name)).map(([name, value]) => [name.slice(prefix.length), value]));
  const shapes = named(file.shapes);
  if (average && shapes.size === 0) throw new Error(`${path}: expected a moving average of the weights, found none.`);
  const read = (name: string, into?: Float32Array) => file.read(prefix + name, into).data as Float32Array;
  return {weights: {shapes, read}, types: named(file.types)};
}

/** Check data and windows; the whole configuration is for readers. */
function metadataOf({config, data, trajectory}: Section, path: string): RunMetadata {
  if (data !== undefined) {
    checkOptions(path, anyDataRule, data, "config.data");
    const {channels, axes} = data as RunData;
    requireVectors(`${path}: config.data.channels`, channels, axes);
  }
  if (trajectory !== undefined) checkOptions(path, trajectoryRule, trajectory, "config.trajectory");
  const present = Object.entries({config, data, trajectory}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present);
}

/** Find the kind of a model by its options, and check them all. */
function modelConfig(model: unknown, path: string): ModelConfig {
  const place = "config.model";
  const has = (option: string) => isPlainObject(model) && Object.hasOwn(model, option);
  if (has("pixChannels")) {
    checkOptions(path, autoencoderRule, model, place);
    return {kind: "autoencoder", config: model as AutoencoderConfig};
  }
  if (has("network") || has("schedule")) {
    checkOptions(path, denoiserRule, model, place);
    const config = model as DenoiserConfig;
    inPlace(`${path}: ${place}.schedule`, () => createSchedule(config.schedule));
    return {kind: "denoiser", config};
  }
  checkOptions(path, solverRule, model, place);
  return {kind: "solver", config: model as EmulatorConfig};
}

/** Write a run of this laboratory into a folder: weights one at a time, the configuration in the same file. */
export async function writeLabRun(folder: string, config: Section, {shapes, read}: NamedArrays): Promise<void> {
  const tensors = new Map([...shapes].map(([name, shape]) => [name, {shape, read: () => read(name)}]));
  const texts = {format: RUN_FORMAT, config: JSON.stringify(config)};
  await writeSafetensors(join(folder, MODEL_FILE), tensors, new Map(Object.entries(texts)));
}
