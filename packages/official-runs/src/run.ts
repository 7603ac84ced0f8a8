/**
 * Runs: a trained model with the metadata that are needed to use it, opened from a folder.
 *
 * {@link loadRun} opens folders of the official training scripts and of this laboratory, and returns the same models as our
 * training: they can be evaluated, rolled out, and trained further. {@link saveRun} saves a run in our format, exactly;
 * {@link exportRun} writes it for the official code.
 *
 * In an official run's folder `config.yaml` has sections for the model (`ae`, `denoiser` or `surrogate`), the data and the training.
 * `state.pth` holds the weights and buffers. `autoencoder/` is, or links to, the run of the autoencoder in whose latent space an
 * emulator works.
 */
import * as z from "zod";
import {existsSync, lstatSync, statSync} from "node:fs";
import {dirname, join} from "node:path";
import {
  checkOptions,
  checkParts,
  anything,
  flag,
  oneOf,
  optional,
  section,
  text,
  where,
  type RulesOf,
  type NamedArrays,
  isPlainObject,
  valueInWords,
  writeWhole,
  printable,
  readYaml,
} from "@lola-ts/core";
import type {Autoencoder, Solver} from "lola/models";
import type {KarrasDenoiser} from "lola/diffusion";
import {
  anyDataRule,
  officialData,
  officialTrajectory,
  trajectoryRule,
  type RunMetadata,
  runData,
  runTrajectory,
  type RunData,
} from "./data-config";
import {classes, prepareModel, type ModelConfig, type ModelOfKind} from "./model";
import type {Section} from "./options";
import {MODEL_FILE, openLabRun, writeLabRun, type LabRun} from "./lab-run";
import {openStateDict, writeStateDict} from "./state-dict";
import {mkdir} from "node:fs/promises";
import {stringify} from "yaml";
import {
  autoencoderConfig,
  denoiserConfig,
  emulatorConfig,
  officialAutoencoder,
  officialDenoiser,
  officialEmulator,
} from "./official-config";

export interface AutoencoderRun extends RunMetadata {
  readonly kind: "autoencoder";
  readonly model: Autoencoder;
}

interface EmulatorRun extends RunMetadata {
  /** Run of the autoencoder in whose latent space the emulator works; none for pixels. */
  readonly autoencoder?: AutoencoderRun;
}

export interface DenoiserRun extends EmulatorRun {
  readonly kind: "denoiser";
  readonly model: KarrasDenoiser;
}

export interface SolverRun extends EmulatorRun {
  readonly kind: "solver";
  readonly model: Solver;
}

/** A trained model and its metadata. */
export type Run = AutoencoderRun | DenoiserRun | SolverRun;

export interface LoadOptions<K extends Run["kind"] = Run["kind"]> {
  /** Kind that the run must have, which fixes the type of the result. By default any. */
  kind?: K;
  /** Official runs: name of the state file without its extension. Default: "state". */
  target?: string;
  /** Our checkpoints: take the moving average of the weights. Default: false. */
  average?: boolean;
  /** Folder of the autoencoder's run. Default: `autoencoder/` in the run. */
  autoencoder?: string;
}

const loadRule = section<LoadOptions>({
  kind: optional(oneOf(Object.keys(classes))),
  target: optional(text),
  average: optional(flag),
  autoencoder: optional(text),
});

const runRules = (kind: Run["kind"]): RulesOf<Omit<AutoencoderRun, "kind">> => ({
  model: where(anything, `a trained model, ${classes[kind].name}`, (model: unknown) => model instanceof classes[kind]),
  config: optional(anything),
  data: optional(anyDataRule),
  trajectory: optional(trajectoryRule),
});

const autoencoderRule = section({kind: z.literal("autoencoder"), ...runRules("autoencoder")});
const autoencoder = optional(autoencoderRule);

const runRule = z.discriminatedUnion("kind", [
  autoencoderRule,
  section({kind: z.literal("denoiser"), ...runRules("denoiser"), autoencoder}),
  section({kind: z.literal("solver"), ...runRules("solver"), autoencoder}),
]);

/** Folder of the autoencoder's run within an emulator's. */
const AUTOENCODER = "autoencoder";

/**
 * Open a run: a folder of the official code (`config.yaml` and `state.pth`), one of ours (`model.safetensors`), or a
 * checkpoint file of ours.
 *
 * No code in the files is run. All names, shapes and types are compared with the configuration before the weights are read;
 * weights are then read one at a time, each directly into its place.
 *
 * @throws Error naming the file, what was expected and what was found: a file is missing, truncated, damaged, or holds
 * anything but named tensors; an option is unknown or not supported; weights do not fit the configuration, the emulator
 * does not fit its autoencoder, or the run is of another kind.
 * @example const {model, autoencoder} = loadRun("runs/dm", {kind: "denoiser"});
 */
export function loadRun<K extends Run["kind"] = Run["kind"]>(
  folder: string,
  options: LoadOptions<K> = {},
): Extract<Run, {kind: K}> {
  checkOptions("loadRun", text, folder, "folder");
  checkOptions("loadRun", loadRule, options);
  const opened = openRun(folder, options);
  const {model, metadata} = opened;
  try {
    const {kind = model.kind} = options;
    if (kind !== model.kind) {
      throw new Error(`${folder}: expected the run of a model of kind ${kind}, found ${model.kind}.`);
    }
    const make = prepareModel(model, opened.where, opened.file);
    const nested = model.kind === "autoencoder" ? undefined : autoencoderFolder(folder, metadata.config ?? {}, options);
    const autoencoder = nested === undefined ? undefined : loadAutoencoder(nested, channelsOf(model));
    try {
      const run = {...make(), ...metadata, ...(autoencoder && {autoencoder})} as Run;
      return run as Extract<Run, {kind: K}>;
    } catch (error) {
      autoencoder?.model.dispose();
      throw error;
    }
  } finally {
    opened.file.close();
  }
}

/** Open a run; its weights stay in their file. `where` names its configuration in errors. */
function openRun(folder: string, options: LoadOptions): LabRun & {readonly where: string} {
  if (!existsSync(folder)) throw new Error(`${folder}: there is no such run.`);
  if (statSync(folder).isFile()) return {...openLabRun(folder, options), where: folder};
  const official = join(folder, CONFIG_FILE);
  const lab = join(folder, MODEL_FILE);
  if (existsSync(official)) return openOfficial(folder, official, options);
  if (existsSync(lab)) return {...openLabRun(lab, options), where: lab};
  throw new Error(`${folder}: expected ${CONFIG_FILE} (official runs) or ${MODEL_FILE} (ours), found neither.`);
}

function openOfficial(folder: string, where: string, {target = "state"}: LoadOptions): ReturnType<typeof openRun> {
  const {model, metadata} = readOfficialConfig(where);
  const path = join(folder, `${target}.pth`);
  const state = openStateDict(path);
  const read = (name: string, into?: Float32Array) => state.read(name, into).data as Float32Array;
  const weights = {shapes: state.shapes, read};
  const file = {path, weights, types: state.types, buffers: "required", close: () => state.close()} as const;
  return {model, metadata, where, file};
}

function channelsOf(model: ModelConfig): number {
  if (model.kind === "autoencoder") return model.config.latChannels;
  return model.kind === "denoiser" ? model.config.network.channels : model.config.channels;
}

/** Find the folder of an emulator's autoencoder. @throws Error if its configuration names one and there is none. */
function autoencoderFolder(run: string, config: Section, {autoencoder}: LoadOptions): string | undefined {
  if (autoencoder !== undefined) return autoencoder;
  const nested = join(statSync(run).isFile() ? dirname(run) : run, AUTOENCODER);
  if (existsSync(nested)) return nested;
  const isLink = lstatSync(nested, {throwIfNoEntry: false}) !== undefined;
  if (!isLink && typeof config.ae_run !== "string") return undefined;
  const found = isLink ? "a link without its target" : "none";
  throw new Error(`${nested}: expected the autoencoder's run, found ${found}: name its folder by {autoencoder}.`);
}

function loadAutoencoder(folder: string, channels: number): AutoencoderRun {
  const {model, metadata, where, file} = openRun(folder, {});
  try {
    if (model.kind !== "autoencoder" || model.config.latChannels !== channels) {
      const found = model.kind === "autoencoder" ? `${model.config.latChannels} latent channels` : `a ${model.kind}`;
      throw new Error(`${folder}: expected an autoencoder with the emulator's ${channels} channels, found ${found}.`);
    }
    return {...(prepareModel(model, where, file)() as AutoencoderRun), ...metadata};
  } finally {
    file.close();
  }
}

/**
 * Save a run in a folder, in our format, from which {@link loadRun} restores it exactly.
 *
 * @throws Error naming the file if the disk is full or the folder cannot be written; what was there stays.
 */
export async function saveRun(folder: string, run: Run): Promise<void> {
  checkParts("saveRun", {folder: text, run: runRule}, {folder, run});
  const {kind, config, data, trajectory} = run;
  await writeLabRun(folder, {kind, model: run.model.config, config, data, trajectory}, weightsOf(run));
  if (run.kind !== "autoencoder" && run.autoencoder) await saveRun(join(folder, AUTOENCODER), run.autoencoder);
}

/**
 * Write a run for the official code: `config.yaml`, `state.pth` with the names and buffers of its models, and the
 * autoencoder's run inside.
 *
 * @throws Error if the official code cannot express the model's configuration, or the folder cannot be written.
 */
export async function exportRun(folder: string, run: Run): Promise<void> {
  checkParts("exportRun", {folder: text, run: runRule}, {folder, run});
  const model = {kind: run.kind, config: run.model.config} as ModelConfig;
  const nested = run.kind === "autoencoder" ? undefined : run.autoencoder;
  const previous: Section = Object.values(FORMATS).some(({key}) => key in (run.config ?? {})) ? run.config! : {};
  const sections = {
    ...previous,
    ...(run.data && {dataset: officialData(run.data)}),
    ...(run.trajectory && {trajectory: officialTrajectory(run.trajectory)}),
    ...(nested && !("ae_run" in previous) && {ae_run: nameOf(nested.model)}),
    name: previous.name ?? (run.kind === "autoencoder" ? nameOf(run.model) : run.kind),
  };
  await writeOfficialRun(folder, model, sections, weightsOf(run));
  if (nested) await exportRun(join(folder, AUTOENCODER), nested);
}

/** Name an autoencoder by stride and channels, as the official scripts expect. */
function nameOf({stride, config}: Autoencoder): string {
  return `dcae_f${stride}c${config.latChannels}`;
}

function weightsOf({model}: ModelOfKind) {
  return model.layout.officialArrays(model.weights.dataSync<"float32">());
}

/** Name of the configuration in an official run's folder. */
export const CONFIG_FILE = "config.yaml";

/** Section of the configuration that describes each kind of model, with its reader and its writer. */
const FORMATS = {
  denoiser: {key: "denoiser", read: denoiserConfig, write: officialDenoiser},
  solver: {key: "surrogate", read: emulatorConfig, write: officialEmulator},
  autoencoder: {key: "ae", read: autoencoderConfig, write: officialAutoencoder},
};
const KINDS = Object.keys(FORMATS) as (keyof typeof FORMATS)[];

/** Read `config.yaml` of an official run. */
export function readOfficialConfig(path: string): {model: ModelConfig; metadata: RunMetadata} {
  const config = readYaml(path);
  if (!isPlainObject(config)) {
    throw new Error(`${path}: expected a configuration with sections, found ${valueInWords(config)}.`);
  }
  const section = (key: string) => `${path}: ${key}`;
  const model = modelOf(config, path);
  const data = config.dataset === undefined ? undefined : runData(config.dataset, section("dataset"));
  const isThere = config.trajectory !== undefined && config.trajectory !== null;
  const trajectory = isThere ? runTrajectory(config.trajectory, section("trajectory")) : undefined;
  for (const key of ["name", "ae_run"]) {
    checkOptions(path, optional(text), config[key] ?? undefined, key);
  }
  if (data) requireSameData(model, data, path);
  return {model, metadata: {config, ...(data && {data}), ...(trajectory && {trajectory})}};
}

function modelOf(config: Section, path: string): ModelConfig {
  const kind = KINDS.find((name) => FORMATS[name].key in config);
  if (kind) {
    const {key, read} = FORMATS[kind];
    return {kind, config: read(config[key], `${path}: ${key}`)} as ModelConfig;
  }
  const found = printable(Object.keys(config).slice(0, 20).join(", "));
  throw new Error(`${path}: expected a section ae, denoiser, surrogate, found ${found || "none"}.`);
}

function requireSameData(model: ModelConfig, {channels, axes}: RunData, path: string): void {
  const require = (key: string, expected: number, found: number) => {
    if (found !== expected) throw new Error(`${path}: expected ${key} to be ${expected}, found ${found}.`);
  };
  if (model.kind === "autoencoder") {
    require("ae.pix_channels, the number of dataset.fields,", channels.length, model.config.pixChannels);
    require("ae.spatial, the number of dataset.dimensions,", axes.length, model.config.spatial ?? 2);
  } else {
    const {spatial = 3} = model.kind === "denoiser" ? model.config.network : model.config;
    require(`${FORMATS[model.kind].key}.spatial, one more than dataset.dimensions,`, axes.length + 1, spatial);
  }
}

/**
 * Write an official run: `config.yaml` and `state.pth`.
 *
 * @param sections other sections of the configuration.
 * @throws Error if the official code cannot express the model's configuration, before anything is written.
 */
export async function writeOfficialRun(
  folder: string,
  model: ModelConfig,
  sections: Section,
  weights: NamedArrays,
): Promise<void> {
  const {key, write} = FORMATS[model.kind];
  const found = sections[key];
  const previous: Section = isPlainObject(found) ? found : {};
  const trainingKeys = Object.fromEntries(["name", "loss"].filter((k) => k in previous).map((k) => [k, previous[k]]));
  const config = {[key]: {...write(model.config as never), ...trainingKeys}};
  const text = stringify(
    {...config, ...sections, ...config},
    {aliasDuplicateObjects: false, defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN"},
  );
  await mkdir(folder, {recursive: true});
  await writeStateDict(join(folder, "state.pth"), weights);
  await writeWhole(join(folder, CONFIG_FILE), text);
}
