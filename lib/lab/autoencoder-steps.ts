/** Training steps of autoencoders, also at compression rates that a preset has none for. */
import type {Config} from "./config";

/** Training steps of an autoencoder, and where they come from if not from the configuration itself. */
export interface AutoencoderSteps {
  readonly steps: number;
  /** In words: "interpolated between 16 (1100) and 4 (1850)". None if the configuration has them. */
  readonly origin?: string;
}

/**
 * Find the training steps of the autoencoder with the given number of latent channels: those of the configuration, or
 * interpolated between its two nearest numbers of channels, $\log n$ linear in $\log C$ and rounded. Beyond the smallest and
 * the largest number they are those of the nearest.
 *
 * @throws RangeError if the configuration has no steps at all.
 */
export function autoencoderSteps({autoencoder}: Pick<Config, "autoencoder">, latentChannels: number): AutoencoderSteps {
  const {steps} = autoencoder;
  if (Object.hasOwn(steps, latentChannels)) return {steps: steps[latentChannels]};
  const known = Object.keys(steps).map(Number);
  const below = Math.max(...known.filter((channels) => channels < latentChannels));
  const above = Math.min(...known.filter((channels) => channels > latentChannels));
  const named = (channels: number) => `${channels} (${steps[channels]})`;
  if (!Number.isFinite(above) || !Number.isFinite(below)) {
    const nearest = Number.isFinite(above) ? above : below;
    if (!Number.isFinite(nearest)) throw new RangeError("autoencoder: expected autoencoder.steps, found none.");
    return {steps: steps[nearest], origin: `those of ${named(nearest)}`};
  }
  const share = Math.log(latentChannels / below) / Math.log(above / below);
  const interpolated = Math.round(steps[below] * (steps[above] / steps[below]) ** share);
  return {steps: interpolated, origin: `interpolated between ${named(above)} and ${named(below)}`};
}

/** Say how long an autoencoder trains whose steps the configuration does not have; nothing if it has them. */
export function stepsRemark(config: Pick<Config, "autoencoder">, latentChannels: number): string | undefined {
  const {steps, origin} = autoencoderSteps(config, latentChannels);
  return origin && `autoencoder, ${latentChannels} latent channels: ${steps} steps, ${origin}`;
}
