/** Methods: emulators as tables name them, which are trained, rolled out and scored, with their changes, and what they cost. */
import {
  records,
  checkOptions,
  checkParts,
  anything,
  count,
  either,
  oneOf,
  optional,
  section,
  text,
  where,
  type RulesOf,
} from "@lola-ts/core";
import {baselineMethods, emulatorMethods} from "lola/evaluate";
import type {Autoencoder} from "lola/models";
import {modelChanges} from "../changes";
import type {Config} from "../config";
import {type AutoencoderChanges, emulatorChangesRule, type EmulatorChanges, type EmulatorSpec} from "../model-changes";
import {emulatorName, presetOf} from "./emulators";
import type {Trained} from "./training";

const METHOD_NAMES = {
  diffusion: "diffusion",
  solver: "neural solver",
  crps: "stochastic solver",
} as const satisfies Record<EmulatorSpec["kind"], (typeof emulatorMethods)[number]>;

export const kindRule = oneOf(Object.keys(METHOD_NAMES));
const noChannels = where(anything, "null in pixel space", (value: unknown) => value === null);
export const channelsRule = either(count, noChannels);
export const emulatorRules: RulesOf<EmulatorSpec> = {kind: kindRule, latentChannels: channelsRule};
export const emulatorRule = section(emulatorRules);
const autoencodersRule = records("autoencoders", "model");

/** Name the method of an emulator as the paper does. @throws RangeError for an unknown kind. */
export function methodName(emulator: Pick<EmulatorSpec, "kind">): (typeof METHOD_NAMES)[EmulatorSpec["kind"]] {
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

/** Choose the middle compression rate, in latent channels; of an even number of rates the lower one of the middle two. */
export const middleRate = ({latentChannels: rates}: Pick<Config, "latentChannels">): number =>
  rates[(rates.length - 1) >> 1];

/** Names that mean a method as the preset has it. */
const reserved: readonly string[] = ["autoencoder", ...emulatorMethods, ...baselineMethods];

/** An emulator to score, e.g. {kind: "diffusion", latentChannels: 16, changes: {network: {hidBlocks: 1}}}. */
export interface MethodChoice extends EmulatorSpec {
  /** Differences from the preset. Default: none. */
  readonly changes?: EmulatorChanges;
  /** Name in tables and figures. Default: the method's, followed by its changes if there are any. */
  readonly label?: string;
}

export interface ChosenMethod {
  readonly spec: EmulatorSpec;
  readonly changes: EmulatorChanges;
  readonly label: string;
}

export interface AutoencoderChoice {
  readonly latentChannels: number;
  readonly changes?: AutoencoderChanges;
  readonly label?: string;
}

/** Accept lists of methods; what is in them is looked at by {@link chooseMethods}. */
export const methodsRule = records("methods", "kind");

const choiceRule = section<MethodChoice>({
  ...emulatorRules,
  changes: optional(emulatorChangesRule),
  label: optional(text),
});

export function requireMethod(config: Config, method: EmulatorSpec, changes: EmulatorChanges): void {
  checkOptions("emulator", emulatorRule, method, "method");
  const {kind, latentChannels} = method;
  if (changes.from && kind === "diffusion") {
    throw new RangeError('emulator: expected a change "from" of a solver or a stochastic one, found it for diffusion.');
  }
  presetOf(config, method);
  if (latentChannels === null && changes.autoencoder) {
    throw new RangeError("emulator: expected changes of an autoencoder for latents only, found some in pixel space.");
  }
}

/** Check a list of methods, and label each. Only emulators of one kind may share a label, each at a rate of its own. */
export function chooseMethods(config: Config, methods: readonly MethodChoice[]): ChosenMethod[] {
  if (methods.length === 0) throw new RangeError("methods: expected at least one method, found an empty list.");
  const seen = new Set<string>();
  const labelled = new Map<string, EmulatorSpec[]>(); // one kind may have one label at several rates
  methods.forEach((method, i) => checkOptions("lab", choiceRule, method, `methods[${i}]`));
  return methods.map(({kind, latentChannels, changes = {}, label}) => {
    const spec = {kind, latentChannels};
    requireMethod(config, spec, changes);
    const name = named(emulatorName(spec), changes);
    if (seen.has(name)) throw new RangeError(`methods: expected different methods, found ${name} twice.`);
    seen.add(name);
    if (label === undefined) return {spec, changes, label: named(methodName(spec), changes)};
    if (label.trim() === "" || reserved.includes(label)) {
      throw new RangeError(`methods: expected a label other than "" and ${reserved.join(", ")}, found "${label}".`);
    }
    const sharing = labelled.get(label) ?? [];
    labelled.set(label, [...sharing, spec]);
    if (sharing.some((one) => one.kind !== kind || one.latentChannels === latentChannels)) {
      throw new RangeError(`methods: expected different labels, found the label "${label}" twice.`);
    }
    return {spec, changes, label};
  });
}

/** List the autoencoders that methods and simulators stand on, each once, with the label of each. */
export function autoencodersOf(
  methods: readonly ChosenMethod[],
  started: readonly Pick<EmulatorSpec, "latentChannels">[] = [],
): AutoencoderChoice[] {
  const bases = [
    ...methods.map(({spec, changes}) => ({...spec, changes: changes.autoencoder ?? {}})),
    ...started.map(({latentChannels}) => ({latentChannels, changes: {}})),
  ];
  const all = bases.flatMap(({latentChannels, changes}) =>
    latentChannels === null ? [] : [{latentChannels, changes, label: named("autoencoder", changes)}],
  );
  const key = ({latentChannels, label}: (typeof all)[number]) => `${latentChannels} ${label}`;
  return [...new Map(all.map((one) => [key(one), one])).values()];
}

/** Append changes to a name: "diffusion, network.hidBlocks = 1". */
function named(name: string, changes: object): string {
  return [name, ...modelChanges(changes)].join(", ");
}

/** Cost of a method: size of its models and length of their training. */
export interface MethodCost {
  readonly method: string;
  /** 1 in pixel space. */
  readonly compression: number;
  /** Numbers that are learned, including the autoencoder's. */
  readonly parameters: number;
  /** Training steps, including the autoencoder's. */
  readonly steps: number;
}

interface Costly {
  readonly model: {readonly layout: {readonly size: number}};
  readonly history: Pick<Trained<unknown>["history"], "loss">;
}

const trainedRule = records("autoencoders", "model", "history");
const emulatorsRule = records("emulators", "model", "history", "method");

/**
 * List parameters and training steps of each emulator, including its autoencoder's.
 *
 * @throws RangeError if an emulator's autoencoder is missing.
 * @example methodCosts(await lab.autoencoders(), await lab.emulators())
 */
export function methodCosts(
  autoencoders: readonly (Costly & Parameters<typeof compressionOf>[1][number])[],
  emulators: readonly (Costly & {readonly method: EmulatorSpec})[],
): MethodCost[] {
  checkParts("methodCosts", {autoencoders: trainedRule, emulators: emulatorsRule}, {autoencoders, emulators});
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
