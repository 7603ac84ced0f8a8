/** Studies train many models, so most of them train each for a quarter of the preset's steps. */
import {having} from "../../core/options/array-rules";
import {checkOptions} from "../../core/options/check-options";
import {count, flag, optional, section} from "../../core/options/rules";
import {configChanges} from "../changes";
import type {Config} from "../config";
import {labRule, type Lab} from "../lab";
import {studiedPreset} from "../presets/presets";

/** How a study is made. */
export interface StudyOptions {
  /** Trainings of each variant, from consecutive seeds. Default: 3, as those that come with the project. */
  readonly seeds?: number;
  /** Whether to train what is missing; false shows what is there, or came with the project. Default: true. */
  readonly train?: boolean;
}

const rule = section<StudyOptions>({seeds: optional(count), train: optional(flag)});

/**
 * Check the arguments of a study, and fill in the defaults.
 *
 * @throws RangeError naming what was expected.
 */
export function studyOptions(where: string, lab: Lab, options: StudyOptions): Required<StudyOptions> {
  checkOptions(where, labRule, lab, "lab");
  checkOptions(where, rule, options);
  const {seeds = 3, train = true} = options;
  return {seeds, train};
}

const quarter = (steps: number) => Math.ceil(steps / 4);

const isPreset = (config: Config) => configChanges(config) === "";

/**
 * Take a preset for what it was when the studies that come with the project were recorded; another configuration is what it is.
 *
 * @throws RangeError if it is no configuration.
 * @example const before = lab.with(asStudied);
 */
export function asStudied(config: Config): Config {
  checkOptions("asStudied", having("a configuration", "system", "preset"), config, "config");
  return isPreset(config) ? studiedPreset(config) : config;
}

/** Leave autoencoders and latent emulators a quarter of their training steps, from a preset {@link asStudied}. */
export function brieflyTrained(own: Config): Config {
  const config = asStudied(own);
  const {autoencoder, latent} = config;
  const steps = Object.fromEntries(
    Object.entries(autoencoder.steps).map(([channels, all]) => [channels, quarter(all)]),
  );
  const training = {...latent.training, steps: quarter(latent.training.steps)};
  return {...config, autoencoder: {...autoencoder, steps}, latent: {...latent, training}};
}

/**
 * Name the sweep of a study, by system and preset, so that it is found where it comes with the project; that of a changed
 * laboratory has a hash for a name.
 */
export function studyName({config}: Lab, name: string): {name?: string} {
  return isPreset(config) ? {name: `${name}-${config.system}-${config.preset}`} : {};
}
