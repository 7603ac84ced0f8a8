/** Which methods are trained, rolled out and scored: emulators, each with its changes and the label that tables show. */
import {records} from "../../core/options/array-rules";
import {checkOptions} from "../../core/options/check-options";
import {optional, section, text} from "../../core/options/rules";
import {baselineMethods, emulatorMethods} from "../../evaluate/tables/results";
import {modelChanges} from "../changes";
import type {Config} from "../config";
import {emulatorChangesRule} from "./emulators";
import type {AutoencoderChanges} from "./autoencoders";
import {emulatorName, type EmulatorChanges, type EmulatorSpec} from "./emulators";
import {emulatorRule, emulatorRules, methodName} from "./method-labels";

/** Names that mean a method as the preset has it. */
const reserved: readonly string[] = ["autoencoder", ...emulatorMethods, ...baselineMethods];

/** An emulator to score, e.g. {kind: "diffusion", latentChannels: 16, changes: {network: {hidBlocks: 1}}}. */
export interface MethodChoice extends EmulatorSpec {
  /** Differences from the preset. Default: none. */
  readonly changes?: EmulatorChanges;
  /** Name in tables and figures. Default: that of the method, followed by its changes if there are any. */
  readonly label?: string;
}

/** A choice that was checked, with its label. */
export interface ChosenMethod {
  readonly spec: EmulatorSpec;
  readonly changes: EmulatorChanges;
  readonly label: string;
}

/** An autoencoder with its changes, and the label that tables show. */
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

/**
 * Check that a configuration can have an emulator.
 *
 * @throws RangeError naming what was expected and what was found.
 */
export function requireMethod(config: Config, method: EmulatorSpec, changes: EmulatorChanges): void {
  checkOptions("emulator", emulatorRule, method, "method");
  const {kind, latentChannels} = method;
  if (changes.from && kind === "diffusion") {
    throw new RangeError('emulator: expected a change "from" of a solver or a stochastic one, found it for diffusion.');
  }
  if (latentChannels !== null) return;
  if (!config.pixel) {
    throw new RangeError(`emulator: expected settings of pixel-space emulators, those of ${config.system} have none.`);
  }
  if (changes.autoencoder) {
    throw new RangeError("emulator: expected changes of an autoencoder for latents only, found some in pixel space.");
  }
}

/**
 * Check a list of methods, and give each its label.
 *
 * @throws RangeError for an empty list, a method that cannot be, one that is there twice, or a label that is taken.
 */
export function chooseMethods(config: Config, methods: readonly MethodChoice[]): ChosenMethod[] {
  if (methods.length === 0) throw new RangeError("methods: expected at least one method, found an empty list.");
  const seen = new Set<string>();
  const claim = (name: string, what: string) => {
    if (seen.has(name)) throw new RangeError(`methods: expected ${what}, found ${name} twice.`);
    seen.add(name);
  };
  methods.forEach((method, i) => checkOptions("lab", choiceRule, method, `methods[${i}]`));
  return methods.map(({kind, latentChannels, changes = {}, label}) => {
    const spec = {kind, latentChannels};
    requireMethod(config, spec, changes);
    claim(named(emulatorName(spec), changes), "different methods");
    if (label === undefined) return {spec, changes, label: named(methodName(spec), changes)};
    if (label.trim() === "" || reserved.includes(label)) {
      throw new RangeError(`methods: expected a label other than "" and ${reserved.join(", ")}, found "${label}".`);
    }
    claim(`the label "${label}"`, "different labels");
    return {spec, changes, label};
  });
}

/** List the autoencoders that methods stand on, each once, with the label of each. */
export function autoencodersOf(methods: readonly ChosenMethod[]): AutoencoderChoice[] {
  const all = methods.flatMap(({spec: {latentChannels}, changes: {autoencoder: changes = {}}}) =>
    latentChannels === null ? [] : [{latentChannels, changes, label: named("autoencoder", changes)}],
  );
  const key = ({latentChannels, label}: (typeof all)[number]) => `${latentChannels} ${label}`;
  return [...new Map(all.map((one) => [key(one), one])).values()];
}

/** Append changes to a name: "diffusion, network.hidBlocks = 1". */
function named(name: string, changes: object): string {
  return [name, ...modelChanges(changes)].join(", ");
}
