/** Studies train many models, so most of them train each for a quarter of the preset's steps. */
import {checkOptions} from "../../core/options/check-options";
import {count, flag, optional, section} from "../../core/options/rules";
import {configChanges} from "../changes";
import type {Config} from "../config";
import {labRule, type Lab} from "../lab";

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

/** Leave autoencoders and latent emulators a quarter of their training steps. */
export function brieflyTrained(config: Config): Config {
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
  return configChanges(config) === "" ? {name: `${name}-${config.system}-${config.preset}`} : {};
}
