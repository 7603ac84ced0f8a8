/**
 * Runs of this laboratory: one safetensors file with weights under their official names and the configuration inside.
 *
 * A saved run and a training's checkpoint hold different further data; both open as a run.
 */
import type {NamedArrays} from "../core/array";
import {isPlainObject} from "../core/check";
import {join} from "node:path";
import type {AutoencoderConfig} from "../models/autoencoder";
import type {DenoiserConfig} from "../diffusion/denoiser";
import type {EmulatorConfig} from "../models/emulator-network";
import {createSchedule, type ScheduleConfig} from "../diffusion/noise-schedule";
import {CHECKPOINT_FORMAT, LAB_PREFIX, AVERAGE_PREFIX} from "../train/checkpoint";
import {openSafetensors, writeSafetensors, type SafetensorsFile} from "../formats/safetensors";
import type {RunMetadata} from "./run-metadata";
import type {ModelConfig, WeightFile} from "./model";
import {Options, type Section} from "./options";

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
 * @throws Error naming the file if it is missing, truncated, or neither a run nor a checkpoint of this laboratory.
 */
export function openLabRun(path: string, {average = false}: {average?: boolean} = {}): LabRun {
  const file = openSafetensors(path);
  try {
    const format = file.metadata.get("format");
    if (format !== RUN_FORMAT && format !== CHECKPOINT_FORMAT) {
      const expected = `a run or checkpoint of this laboratory (format ${RUN_FORMAT} or ${CHECKPOINT_FORMAT})`;
      throw new Error(`${path}: expected ${expected}, found format ${format ?? "none"}.`);
    }
    const config = configOf(path, file);
    return {
      model: modelConfig(config.model, `${path}: config.model`),
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
    const config: unknown = JSON.parse(metadata.get("config") ?? "");
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

/** Standardisation must fit the fields; the rest is for readers. */
function metadataOf({config, data, trajectory}: Section, path: string): RunMetadata {
  if (data !== undefined) {
    const options = new Options(data, `${path}: config.data`);
    const channels = options.texts("channels").length;
    const constants = options.section("standardization");
    constants.numbers("mean", channels);
    constants.numbers("std", channels);
    if (constants.texts("transform").length !== channels) constants.fail("transform", `${channels} names`);
  }
  const present = Object.entries({config, data, trajectory}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as RunMetadata;
}

/** Check the options that determine sizes; other types in our files are trusted. */
function modelConfig(model: unknown, where: string): ModelConfig {
  const options = new Options(model, where);
  if (options.has("pixChannels")) return {kind: "autoencoder", config: autoencoder(options, model)};
  if (options.has("network")) {
    const {network, schedule} = model as {network: unknown; schedule: ScheduleConfig};
    requireSchedule(schedule, `${where}.schedule`);
    const config: DenoiserConfig = {network: emulator(options.section("network"), network), schedule};
    return {kind: "denoiser", config};
  }
  return {kind: "solver", config: emulator(options, model)};
}

function requireSchedule(schedule: ScheduleConfig, where: string): void {
  try {
    createSchedule(schedule);
  } catch (error) {
    throw new Error(`${where}: ${(error as Error).message}`, {cause: error});
  }
}

function autoencoder(options: Options, model: unknown): AutoencoderConfig {
  for (const key of ["pixChannels", "latChannels"]) options.count(key);
  for (const key of ["spatial", "patch", "kernelSize", "stride"]) options.count(key, 1);
  options.counts("hidChannels", {});
  options.counts("hidBlocks", {min: 0});
  if (!(options.number("ffnFactor", 1) <= 64)) options.fail("ffnFactor", "a number up to 64");
  return model as AutoencoderConfig;
}

function emulator(options: Options, network: unknown): EmulatorConfig {
  for (const key of ["channels", "embFeatures", "hidChannels", "attentionHeads"]) options.count(key);
  for (const key of ["labelFeatures", "hidBlocks"]) options.count(key, undefined, 0);
  const axes = options.count("spatial", 3);
  options.counts("patchSize", {fallback: new Array<number>(axes).fill(1), axes});
  if (!(options.number("ffnFactor", 4) <= 64)) options.fail("ffnFactor", "a number up to 64");
  return network as EmulatorConfig;
}

/** Write a run of this laboratory into a folder: weights one at a time, the configuration in the same file. */
export async function writeLabRun(folder: string, config: Section, {shapes, read}: NamedArrays): Promise<void> {
  const tensors = new Map([...shapes].map(([name, shape]) => [name, {shape, read: () => read(name)}]));
  const texts = {format: RUN_FORMAT, config: JSON.stringify(config)};
  await writeSafetensors(join(folder, MODEL_FILE), tensors, new Map(Object.entries(texts)));
}
