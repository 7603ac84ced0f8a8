/** Diffusion in pixel space, which is no method of the comparison: Table 1 has its error beside its time. */
import {checkOptions, flag, optional, section} from "@lola-ts/core";
import {configChanges, type Config, studiedPreset} from "@lola-ts/laboratory/stages";
import type {Lab} from "@lola-ts/laboratory";
import {runSweep, type Sweep} from "@lola-ts/sweeps";

const isPreset = (config: Config) => configChanges(config) === "";

/**
 * Take a preset for what it was when the studies that come with the project were recorded; another configuration is what it is.
 *
 * @example const before = lab.with(asStudied);
 */
export function asStudied(config: Config): Config {
  return isPreset(config) ? studiedPreset(config) : config;
}

/**
 * Name the sweep of a study, by system and preset, so that it is found where it comes with the project; that of a changed
 * laboratory has a hash for a name.
 */
export function studyName({config}: Lab, name: string): {name?: string} {
  return isPreset(config) ? {name: `${name}-${config.system}-${config.preset}`} : {};
}

/** Seeds of each training. */
const SEEDS = 3;

/**
 * Train diffusion in pixel space with three seeds and score it over the first horizon.
 *
 * @param options `train`: whether to train what is missing; false reads finished trainings and the project's. Default: true.
 * @throws RangeError for a system without pixel-space emulators; LabError `interrupted`.
 */
export async function pixelDiffusion(lab: Lab, options: {readonly train?: boolean} = {}): Promise<Sweep> {
  checkOptions("pixelDiffusion", section({train: optional(flag)}), options);
  const horizon = lab.config.horizons[0].join(":");
  return runSweep(lab.with(asStudied), [{}], {
    ...studyName(lab, "pixel-diffusion"),
    methods: "diffusion-pixel",
    measure: [`vrmse@${horizon}`, `crps@${horizon}`],
    seeds: SEEDS,
    ...options,
  });
}
