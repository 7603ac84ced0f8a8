/** Emulators as tables and figures name them: method and compression rate. */
import {records} from "../../core/options/array-rules";
import {checkOptions, checkParts} from "../../core/options/check-options";
import {anything, count, either, oneOf, section, where, type RulesOf} from "../../core/options/rules";
import type {emulatorMethods} from "../../evaluate/tables/results";
import type {Autoencoder} from "../../models/autoencoder";
import type {EmulatorSpec} from "./emulators";

const METHOD_NAMES = {
  diffusion: "diffusion",
  solver: "neural solver",
  crps: "stochastic solver",
} as const satisfies Record<EmulatorSpec["kind"], (typeof emulatorMethods)[number]>;

type MethodName = (typeof METHOD_NAMES)[EmulatorSpec["kind"]];

/** Accept kinds of emulators. */
export const kindRule = oneOf(Object.keys(METHOD_NAMES));
const noChannels = where(anything, "null in pixel space", (value: unknown) => value === null);
const channelsRule = either(count, noChannels);
/** Rules of the options that name an emulator. */
export const emulatorRules: RulesOf<EmulatorSpec> = {kind: kindRule, latentChannels: channelsRule};
/** Accept names of emulators. */
export const emulatorRule = section(emulatorRules);
const autoencodersRule = records("autoencoders", "model");

/** Name the method of an emulator as the paper does. @throws RangeError for an unknown kind. */
export function methodName(emulator: Pick<EmulatorSpec, "kind">): MethodName {
  checkParts("methodName", {kind: kindRule}, emulator);
  return METHOD_NAMES[emulator.kind];
}

/**
 * Find the compression rate that an emulator works at: its autoencoder's, 1 in pixel space.
 *
 * @throws RangeError if no autoencoder has the emulator's latent channels.
 * @example compressionOf(method, await lab.autoencoders())
 */
export function compressionOf(
  emulator: Pick<EmulatorSpec, "latentChannels">,
  autoencoders: readonly {readonly model: Pick<Autoencoder, "config" | "compression">}[],
): number {
  checkParts("compressionOf", {latentChannels: channelsRule}, emulator);
  checkOptions("compressionOf", autoencodersRule, autoencoders, "autoencoders");
  const {latentChannels} = emulator;
  if (latentChannels === null) return 1;
  const found = autoencoders.find(({model}) => model.config.latChannels === latentChannels);
  if (!found) {
    const known = autoencoders.map(({model}) => model.config.latChannels).join(", ");
    throw new RangeError(
      `compressionOf: expected an autoencoder with ${latentChannels} latent channels, found ${known || "none"}.`,
    );
  }
  return found.model.compression;
}
