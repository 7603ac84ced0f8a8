/**
 * Run folders of the official training scripts.
 *
 * `config.yaml` has one section for the model (`ae`, `denoiser` or `surrogate`), one for the data, and those of the
 * training; `state.pth` holds the weights, buffers included; `autoencoder/` is (or links to) the run of the autoencoder
 * in whose latent space an emulator works.
 */
import {
  type NamedArrays,
  isPlainObject,
  checkOptions,
  optional,
  text,
  valueInWords,
  writeWhole,
  printable,
  readYaml,
} from "@lola-ts/core";
import {mkdir} from "node:fs/promises";
import {join} from "node:path";
import {stringify} from "yaml";
import {
  autoencoderConfig,
  denoiserConfig,
  emulatorConfig,
  officialAutoencoder,
  officialDenoiser,
  officialEmulator,
} from "./official-config";
import {runData, runTrajectory, type RunData, type RunMetadata} from "./data-config";
import type {ModelConfig} from "./model";
import type {Section} from "./options";
import {writeStateDict} from "@lola-ts/torch-files";

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
