/**
 * Configurations of models: the official implementation's options and ours, in both directions.
 *
 * Official names are its factories' arguments (`hid_channels`); a missing option has the official default. An
 * option that this library does not support is refused by name, never ignored.
 */
import {
  flag,
  isPlainObject,
  list,
  number,
  oneOf,
  text,
  valueInWords,
  passing,
  optional,
  section,
  where,
  type Rule,
} from "@lola-ts/core";
import {type AutoencoderConfig, type EmulatorConfig, latentNoise, autoencoderRules, emulatorRules} from "lola/models";
import type {DenoiserConfig, ScheduleConfig} from "lola/diffusion";
import {count, countFrom0, dropoutRate} from "lola/nn";
import {saturationNames} from "@lola-ts/engine";
import {Options, type Section} from "./options";
import * as z from "zod";

/** Check if a value is the loss of a denoiser's training: a distribution of times and its numbers. */
const isLoss = (found: unknown) =>
  isPlainObject(found) &&
  Object.entries(found).every(([name, value]) =>
    name === "distribution" ? typeof value === "string" : Number.isFinite(value),
  );

const isEmpty = (found: unknown) => isPlainObject(found) && Object.keys(found).length === 0;

/** Read the arguments of `get_autoencoder`. @param where name of the section in errors. */
export function autoencoderConfig(official: unknown, where = "ae"): AutoencoderConfig {
  const options = new Options(official, where);
  options.get("arch", oneOf(["dcae"]), "dcae");
  options.get("norm", oneOf(["layer"]), "layer");
  options.only("attention_heads", isEmpty, "no attention in the autoencoder");
  for (const side of ["encoder_only", "decoder_only"]) {
    options.only(side, isEmpty, "the same options for encoder and decoder");
  }
  options.get("name", text, "dcae");
  lossOf(options.section("loss"));
  const spatial = options.get("spatial", count, 2);
  if (spatial !== 2 && spatial !== 3) options.fail("spatial", "2 or 3 space axes");
  const hidChannels = options.get("hid_channels", list(count), [64, 128, 256]);
  const hidBlocks = options.get("hid_blocks", list(countFrom0), [3, 3, 3]);
  if (hidBlocks.length !== hidChannels.length) {
    options.fail("hid_blocks", `one number for each of the ${hidChannels.length} hid_channels`);
  }
  const alongAll = (key: string, fallback: number) => {
    const [side, ...others] = options.along(key, spatial, new Array<number>(spatial).fill(fallback));
    return others.every((other) => other === side) ? side : options.fail(key, "the same size along all axes");
  };
  const kernelSize = alongAll("kernel_size", 3);
  if (kernelSize % 2 === 0) options.fail("kernel_size", "an odd number of cells");
  const config: AutoencoderConfig = {
    pixChannels: options.get("pix_channels", count),
    latChannels: options.get("lat_channels", count),
    hidChannels,
    hidBlocks,
    spatial,
    patchSize: alongAll("patch_size", 1),
    kernelSize,
    stride: alongAll("stride", 2),
    pixelShuffle: options.get("pixel_shuffle", flag, true),
    periodic: options.get("periodic", flag, false),
    saturation: saturationOf(official as Section, options),
    identityInit: options.get("identity_init", flag, true),
    dropout: options.get("dropout", dropoutRate, 0),
    latentNoise: options.get("latent_noise", latentNoise, 0),
    ffnFactor: options.get("ffn_factor", count, 1),
    checkpointing: options.get("checkpointing", flag, false),
  };
  options.done();
  return config;
}

/** Check the loss of a training, which has no effect on a trained model: names, and a weight for each. */
function lossOf(loss: Options): void {
  const losses = loss.texts("losses", ["mse"]);
  const weights = losses.map(() => 1);
  loss.get("weights", list(number(), {length: losses.length}), weights);
  loss.done();
}

/** Read the saturation: a missing key has the official default, null means none. */
function saturationOf(official: Section, options: Options): AutoencoderConfig["saturation"] {
  if (official.saturation === null) {
    options.ignore("saturation");
    return "none";
  }
  return options.get("saturation", oneOf(saturationNames), "softclip2");
}

function transformer(options: Options) {
  options.only("window_size", () => false, "null: attention over all tokens");
  options.get("name", text, "vit");
  const spatial = options.get("spatial", count, 2);
  const patchSize = options.along("patch_size", spatial, new Array<number>(spatial).fill(1));
  const unpatchSize = options.along("unpatch_size", spatial, patchSize);
  if (unpatchSize.join() !== patchSize.join()) {
    options.fail("unpatch_size", `the patch_size ${patchSize.join(" x ")}, or null`);
  }
  return {
    hidChannels: options.get("hid_channels", count, 1024),
    hidBlocks: options.get("hid_blocks", countFrom0, 3),
    attentionHeads: options.get("attention_heads", count, 1),
    ffnFactor: options.get("ffn_factor", count, 4),
    qkNorm: options.get("qk_norm", flag, true),
    rope: options.get("rope", flag, true),
    dropout: options.get("dropout", dropoutRate, 0),
    spatial,
    patchSize,
    checkpointing: options.get("checkpointing", flag, false),
  };
}

/**
 * Read the arguments of `get_surrogate`; those of `get_denoiser` have a schedule too, see {@link denoiserConfig}.
 *
 * @throws Error naming the first option that is missing, of another kind, or not supported (a U-Net, a window).
 */
export function emulatorConfig(official: unknown, where = "surrogate"): EmulatorConfig {
  const options = new Options(official, where);
  const config = network(options);
  options.done();
  return config;
}

function network(options: Options): EmulatorConfig {
  options.get("arch", oneOf(["vit", "dit"]), "vit");
  return {
    channels: options.get("channels", count),
    embFeatures: options.get("emb_features", count, 256),
    labelFeatures: options.get("label_features", countFrom0, 0),
    ...transformer(options),
  };
}

/**
 * Read the arguments of `get_denoiser`.
 *
 * @throws Error naming the first option that is missing, of another kind, or not supported (a U-Net, a window).
 */
export function denoiserConfig(official: unknown, where = "denoiser"): DenoiserConfig {
  const options = new Options(official, where);
  options.ignore("precondition");
  options.only("loss", isLoss, "a distribution of times with numbers, such as {distribution: uniform, a: 0, b: 1}");
  const masked = options.get("masked", flag, false);
  const config = {
    network: {...network(options), masked},
    schedule: scheduleConfig(options.raw("schedule"), `${where}.schedule`),
  };
  options.done();
  return config;
}

/** Read a noise schedule, `log_logit` or `log_linear`. @throws Error naming the first option that is wrong. */
export function scheduleConfig(official: unknown, where = "schedule"): ScheduleConfig {
  const options = new Options(official, where);
  const name = options.get("name", oneOf(["log_logit", "log_linear"]));
  const range = {
    sigmaMin: options.get("sigma_min", sigma, 1e-3),
    sigmaMax: options.get("sigma_max", sigma, 1e3),
  };
  if (range.sigmaMin >= range.sigmaMax) options.fail("sigma_max", `more than sigma_min (${range.sigmaMin})`);
  if (name === "log_linear") {
    options.ignore("scale", "shift"); // as the official code does
    options.done();
    return {name: "log-linear", ...range};
  }
  const stretch = {scale: options.get("scale", scale, 1), shift: options.get("shift", shift, 0)};
  options.done();
  return {name: "log-logit", ...range, ...stretch};
}

/** Write the arguments of the official factory for an autoencoder. @throws Error for what it cannot express. */
export function officialAutoencoder(config: AutoencoderConfig): Section {
  const {spatial = 2, patchSize = 1, dropout = 0, saturation = "softclip2", normVariance = "unbiased"} = config;
  if (normVariance !== "unbiased") fail("normVariance unbiased, the official code's", normVariance);
  return {
    arch: "dcae",
    saturation: saturation === "none" ? null : saturation,
    latent_noise: config.latentNoise ?? 0,
    lat_channels: config.latChannels,
    hid_channels: [...config.hidChannels],
    hid_blocks: [...config.hidBlocks],
    kernel_size: config.kernelSize ?? 3,
    stride: config.stride ?? 2,
    pixel_shuffle: config.pixelShuffle ?? true,
    norm: "layer",
    attention_heads: {},
    ffn_factor: integer("ffnFactor", config.ffnFactor ?? 1),
    patch_size: patchSize,
    periodic: config.periodic ?? false,
    dropout: dropout > 0 ? dropout : null,
    checkpointing: config.checkpointing ?? false,
    identity_init: config.identityInit ?? true,
    pix_channels: config.pixChannels,
    spatial,
  };
}

/** Write the arguments of the official factory for a solver, or a denoiser without its schedule. @throws Error as above. */
export function officialEmulator(config: EmulatorConfig): Section {
  const {patchSize = 1, dropout = 0} = config;
  return {
    arch: "vit",
    emb_features: config.embFeatures,
    hid_channels: config.hidChannels,
    hid_blocks: config.hidBlocks,
    ffn_factor: integer("ffnFactor", config.ffnFactor ?? 4),
    attention_heads: config.attentionHeads,
    qk_norm: config.qkNorm ?? true,
    rope: config.rope ?? true,
    patch_size: typeof patchSize === "number" ? patchSize : [...patchSize],
    window_size: null,
    dropout: dropout > 0 ? dropout : null,
    checkpointing: config.checkpointing ?? false,
    channels: config.channels,
    label_features: config.labelFeatures,
    spatial: config.spatial ?? 3,
  };
}

/** Write the arguments of the official factory for a denoiser. @throws Error as above. */
export function officialDenoiser({network, schedule}: DenoiserConfig): Section {
  return {...officialEmulator(network), masked: network.masked ?? true, schedule: officialSchedule(schedule)};
}

/**
 * Write a noise schedule in official terms. The rectified flow becomes the log-logit schedule of the same ratio
 * $\sigma_t / \alpha_t$, which is all that a denoiser sees: $x_t$ differs by the factor $1 / \alpha_t$.
 */
export function officialSchedule(schedule: ScheduleConfig): Section {
  const {name, sigmaMin = 1e-3, sigmaMax = 1e3} = schedule;
  const range = {sigma_min: sigmaMin, sigma_max: sigmaMax};
  if (name === "log-linear") return {name: "log_linear", ...range};
  const stretch: {scale?: number; shift?: number} = name === "log-logit" ? schedule : {};
  return {name: "log_logit", ...range, scale: stretch.scale ?? 1, shift: stretch.shift ?? 0};
}

function integer(name: string, value: number): number {
  return Number.isInteger(value) ? value : fail(`an integer ${name}, which the official code needs`, value);
}

function fail(expected: string, found: unknown): never {
  throw new RangeError(`exportRun: expected ${expected}, found ${valueInWords(found)}.`);
}

const sigma = where(number({max: 1e9}), "a number above 0 up to 1e9", (scale: number) => scale > 0);
/** Accept factors of the logarithm of noise scales. */
const scale = where(number({max: 1000}), "a number above 0 up to 1000", (factor: number) => factor > 0);
/** Accept shifts of the logarithm of noise scales. */
const shift = number({min: -1000, max: 1000});
/** Accept names of folders, each once, which must not lead to others; none for data that are not in The Well. */
export const folderNames = passing<string[]>(
  "a list of different folders' names without slashes",
  (found: unknown) => Array.isArray(found) && found.every(isFolderName) && new Set(found).size === found.length,
);
/** Accept names of axes: two or three, each once. */
export const axisNames = where(list(text, {repeats: false}), "a list of 2 or 3 different names", (all: string[]) =>
  [2, 3].includes(all.length),
);
export const fieldNames = list(text, {repeats: false});
export const fieldNumber = number({min: -1e30, max: 1e30});
export const fieldDeviation = where(number({max: 1e30}), "a positive number", (deviation: number) => deviation > 0);

function isFolderName(name: unknown): boolean {
  if (typeof name !== "string") return false;
  return /^[^/\\]+$/.test(name) && !/\p{Cc}/u.test(name) && name !== "." && name !== ".." && !(name in {});
}

const range = {sigmaMin: optional(sigma), sigmaMax: optional(sigma)};
export const scheduleRule: Rule<ScheduleConfig> = z.discriminatedUnion("name", [
  section({name: z.literal("log-logit"), ...range, scale: optional(scale), shift: optional(shift)}),
  section({name: z.literal("log-linear"), ...range}),
  section({name: z.literal("rectified"), ...range}),
]);

export const autoencoderRule = section<AutoencoderConfig>(autoencoderRules);
export const solverRule = section<EmulatorConfig>(emulatorRules);
export const denoiserRule = section({network: solverRule, schedule: scheduleRule});
