import {records} from "../../core/options/array-rules";
import {checkOptions} from "../../core/options/check-options";
import type {EmulatorSpec} from "./emulators";
import {compressionOf, methodName} from "./method-labels";
import type {Trained} from "./training";

/** Cost of a method: size of its models and length of their training. */
export interface MethodCost {
  readonly method: string;
  /** 1 in pixel space. */
  readonly compression: number;
  /** Numbers that are learned, those of the autoencoder included. */
  readonly parameters: number;
  /** Training steps, those of the autoencoder included. */
  readonly steps: number;
}

/** The parts of a training that its costs are read from. */
interface Costly {
  readonly model: {readonly layout: {readonly size: number}};
  readonly history: Pick<Trained<unknown>["history"], "loss">;
}

/** A trained autoencoder. */
type CostlyAutoencoder = Costly & Parameters<typeof compressionOf>[1][number];

const autoencodersRule = records("autoencoders", "model", "history");
const emulatorsRule = records("emulators", "model", "history", "method");

/**
 * List parameters and training steps of each emulator, those of its autoencoder included.
 *
 * @throws RangeError if an emulator's autoencoder is missing.
 * @example methodCosts(await lab.autoencoders(), await lab.emulators())
 */
export function methodCosts(
  autoencoders: readonly CostlyAutoencoder[],
  emulators: readonly (Costly & {readonly method: EmulatorSpec})[],
): MethodCost[] {
  checkOptions("methodCosts", autoencodersRule, autoencoders, "autoencoders");
  checkOptions("methodCosts", emulatorsRule, emulators, "emulators");
  const cost = ({model, history}: Costly) => ({parameters: model.layout.size, steps: history.loss.length});
  const first = autoencoders.map((trained) => ({
    method: "autoencoder",
    compression: trained.model.compression,
    ...cost(trained),
  }));
  const second = emulators.map((trained) => {
    const compression = compressionOf(trained.method, autoencoders);
    const own = cost(trained);
    const encoder = first.find((entry) => entry.compression === compression);
    return {
      method: methodName(trained.method),
      compression,
      parameters: own.parameters + (encoder?.parameters ?? 0),
      steps: own.steps + (encoder?.steps ?? 0),
    };
  });
  return [...first, ...second];
}
