/**
 * Rules of the configurations of models, in run files and in the laboratory: which values each option may have.
 *
 * Those of architectures stand beside them. A file of somebody else must not determine how much memory is taken, hence the
 * upper bounds.
 */
import * as z from "zod";
import {list, number, passing, optional, section, text, where, type Rule} from "@lola-ts/core";
import type {ScheduleConfig} from "lola/diffusion";
import {autoencoderRules, type AutoencoderConfig, emulatorRules, type EmulatorConfig} from "lola/models";

/** Accept noise scales. */
export const sigma = where(number({max: 1e9}), "a number above 0 up to 1e9", (scale: number) => scale > 0);
/** Accept factors of the logarithm of noise scales. */
export const scale = where(number({max: 1000}), "a number above 0 up to 1000", (factor: number) => factor > 0);
/** Accept shifts of the logarithm of noise scales. */
export const shift = number({min: -1000, max: 1000});
/** Accept names of folders, each once, which must not lead to others; none for data that are not in The Well. */
export const folderNames = passing<string[]>(
  "a list of different folders' names without slashes",
  (found: unknown) => Array.isArray(found) && found.every(isFolderName) && new Set(found).size === found.length,
);
/** Accept names of axes: two or three, each once. */
export const axisNames = where(list(text, {repeats: false}), "a list of 2 or 3 different names", (all: string[]) =>
  [2, 3].includes(all.length),
);
/** Accept names of fields, each once. */
export const fieldNames = list(text, {repeats: false});
/** Accept means and other finite numbers of fields. */
export const fieldNumber = number({min: -1e30, max: 1e30});
/** Accept standard deviations of fields. */
export const fieldDeviation = where(number({max: 1e30}), "a positive number", (deviation: number) => deviation > 0);

function isFolderName(name: unknown): boolean {
  if (typeof name !== "string") return false;
  return /^[^/\\]+$/.test(name) && !/\p{Cc}/u.test(name) && name !== "." && name !== ".." && !(name in {});
}

const range = {sigmaMin: optional(sigma), sigmaMax: optional(sigma)};
/** Rule of a noise schedule. */
export const scheduleRule: Rule<ScheduleConfig> = z.discriminatedUnion("name", [
  section({name: z.literal("log-logit"), ...range, scale: optional(scale), shift: optional(shift)}),
  section({name: z.literal("log-linear"), ...range}),
  section({name: z.literal("rectified"), ...range}),
]);

/** Rule of the configuration of an autoencoder. */
export const autoencoderRule = section<AutoencoderConfig>(autoencoderRules);
/** Rule of the configuration of a solver. */
export const solverRule = section<EmulatorConfig>(emulatorRules);
/** Rule of the configuration of a denoiser. */
export const denoiserRule = section({network: solverRule, schedule: scheduleRule});
