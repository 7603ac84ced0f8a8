/**
 * Rules of the configurations of models, in run files and in the laboratory: which values each option may have.
 *
 * A file of somebody else must not determine how much memory is taken, hence the upper bounds. An option that is added to a
 * model does not compile without its line here.
 */
import {
  flag,
  list,
  number,
  oneOf,
  optional,
  section,
  tagged,
  text,
  where,
  whole,
  type RulesOf,
  type ValueRule,
} from "../core/options/rules";
import type {LogLogitOptions} from "../diffusion/noise-schedule";
import type {AutoencoderConfig} from "../models/autoencoder";
import type {EmulatorConfig} from "../models/emulator-network";
import {saturationNames} from "../tensor/ops/ops";
import {precisions} from "../tensor/ops/precision";

/** Maximum of a whole number. */
export const MAX_COUNT = 2 ** 20;

/** Accept numbers of things, one or more. */
export const count = whole({min: 1, max: MAX_COUNT});
/** Accept numbers of things, none included. */
export const countFrom0 = whole({min: 0, max: MAX_COUNT});
/** Accept shares and probabilities. */
export const share = number({min: 0, max: 1});
const names = (rule: ValueRule) => list(rule, {repeats: false});
const axes = (numbers: readonly number[]) => where(count, numbers.join(" or "), (n: number) => numbers.includes(n));

/** Accept rates of dropout. */
export const dropout = where(share, "a number from 0 to 1 (excluded)", (rate: number) => rate < 1);
/** Accept deviations of noise on latents, which are of order one. */
export const latentNoise = number({min: 0, max: 1000});
/** Accept widths of residual blocks and feed-forward networks in units of their channels. */
const ffnFactor = where(number({max: 64}), "a number above 0 up to 64", (factor: number) => factor > 0);
/** Accept noise scales. */
export const sigma = where(number({max: 1e9}), "a number above 0 up to 1e9", (scale: number) => scale > 0);
/** Accept factors of the logarithm of noise scales. */
export const scale = where(number({max: 1000}), "a number above 0 up to 1000", (factor: number) => factor > 0);
/** Accept shifts of the logarithm of noise scales. */
export const shift = number({min: -1000, max: 1000});
/** Accept names of folders, each once, which must not lead to others; none for data that are not in The Well. */
export const folderNames: ValueRule = {
  kind: "value",
  expected: "a list of different folders' names without slashes",
  accepts: (found) => Array.isArray(found) && found.every(isFolderName) && new Set(found).size === found.length,
};
/** Accept names of axes: two or three, each once. */
export const axisNames = where(names(text), "a list of 2 or 3 different names", (all: string[]) =>
  [2, 3].includes(all.length),
);
/** Accept names of fields, each once. */
export const fieldNames = names(text);
/** Accept means and other finite numbers of fields. */
export const fieldNumber = number({min: -1e30, max: 1e30});
/** Accept standard deviations of fields. */
export const fieldDeviation = where(number({max: 1e30}), "a positive number", (deviation: number) => deviation > 0);

function isFolderName(name: unknown): boolean {
  if (typeof name !== "string") return false;
  return /^[^/\\]+$/.test(name) && !/\p{Cc}/u.test(name) && name !== "." && name !== "..";
}

/** Rules of the options of an autoencoder. */
export const autoencoderRules: RulesOf<AutoencoderConfig> = {
  pixChannels: count,
  latChannels: count,
  hidChannels: list(count),
  hidBlocks: list(countFrom0),
  spatial: optional(axes([2, 3])),
  patchSize: optional(count),
  kernelSize: optional(where(count, "an odd whole number", (side: number) => side % 2 === 1)),
  stride: optional(count),
  pixelShuffle: optional(flag),
  periodic: optional(flag),
  precision: optional(oneOf(precisions)),
  identityInit: optional(flag),
  normVariance: optional(oneOf(["unbiased", "population"])),
  dropout: optional(dropout),
  ffnFactor: optional(ffnFactor),
  checkpointing: optional(flag),
  saturation: optional(oneOf([...saturationNames, "none"])),
  latentNoise: optional(latentNoise),
};

const emulator: RulesOf<EmulatorConfig> = {
  channels: count,
  embFeatures: count,
  labelFeatures: countFrom0,
  masked: optional(flag),
  hidChannels: count,
  hidBlocks: countFrom0,
  attentionHeads: count,
  ffnFactor: optional(ffnFactor),
  qkNorm: optional(flag),
  rope: optional(flag),
  valueResidual: optional(oneOf(["tokens", "values"])),
  dropout: optional(dropout),
  spatial: optional(whole({min: 1, max: 4})),
  patchSize: optional({
    kind: "choice",
    choose: (found) => (Array.isArray(found) ? list(count) : count),
  }),
  checkpointing: optional(flag),
};

const range: RulesOf<Pick<LogLogitOptions, "sigmaMin" | "sigmaMax">> = {
  sigmaMin: optional(sigma),
  sigmaMax: optional(sigma),
};
/** Rule of a noise schedule. */
export const scheduleRule = tagged("name", {
  "log-logit": {...range, scale: optional(scale), shift: optional(shift)},
  "log-linear": range,
  rectified: range,
});

/** Rule of the configuration of an autoencoder. */
export const autoencoderRule = section<AutoencoderConfig>(autoencoderRules);
/** Rule of the configuration of a solver. */
export const solverRule = section<EmulatorConfig>(emulator);
/** Rule of the configuration of a denoiser. */
export const denoiserRule = section({network: solverRule, schedule: scheduleRule});
