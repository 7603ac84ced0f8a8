/** Emulators as tables and figures name them: method and compression rate. */
import type {Autoencoder} from "../../models/autoencoder";
import type {EmulatorSpec} from "./emulators";

const METHOD_NAMES = {diffusion: "diffusion", solver: "neural solver", crps: "stochastic solver"} as const;

type MethodName = (typeof METHOD_NAMES)[EmulatorSpec["kind"]];

/** Name the method of an emulator as the paper does. */
export function methodName({kind}: Pick<EmulatorSpec, "kind">): MethodName {
  return METHOD_NAMES[kind];
}

/**
 * Find the compression rate that an emulator works at: its autoencoder's, 1 in pixel space.
 *
 * @throws RangeError if no autoencoder has the emulator's latent channels.
 * @example compressionOf(method, await lab.autoencoders())
 */
export function compressionOf(
  {latentChannels}: Pick<EmulatorSpec, "latentChannels">,
  autoencoders: readonly {readonly model: Pick<Autoencoder, "config" | "compression">}[],
): number {
  if (latentChannels === null) return 1;
  const found = autoencoders.find(({model}) => model.config.latChannels === latentChannels);
  if (!found) {
    const known = autoencoders.map(({model}) => model.config.latChannels).join(", ");
    throw new RangeError(`compressionOf: expected latent channels ${known}, found ${latentChannels}`);
  }
  return found.model.compression;
}
