/** Sizes of the soaked experiment: the smallest preset, with trainings that are long enough to be ended half-way. */
import type {Change} from "@lola-ts/laboratory/stages";
import type {Space} from "@lola-ts/sweeps";

/** Number of latent channels of its autoencoder. */
export const CHANNELS = 16;

/** Steps of each training. */
export const STEPS = 60;

/** Steps from one checkpoint to the next: a fifth. */
export const SAVE_EVERY = STEPS / 5;

/** Difference from the preset. */
export const SMALL: Change = {
  latentChannels: [CHANNELS],
  autoencoder: {steps: {[CHANNELS]: STEPS}},
  latent: {training: {steps: STEPS}},
  pixel: {training: {steps: STEPS}},
};

/** Variants of its sweep. */
export const RATES: Space = {"latent.training.learningRate": [0.001, 0.003]};
