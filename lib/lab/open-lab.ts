/** The way into the laboratory: a preset, and what differs from it. */
import path from "node:path";
import {chosenRun, dataFolder} from "../core/paths";
import {isUsingGpu} from "../tensor/backend";
import {changedConfig, type Change} from "./change";
import {Lab} from "./lab";
import {changesOf} from "./changes";
import {findShipped} from "./pretrained/find-shipped";
import type {Shipped} from "./pretrained/shipped";
import {preset} from "./presets/presets";
import {checkOptions} from "../core/options/check-options";
import {labOptionsRule} from "./schema/config-rules";
import {Artifacts} from "./store/artifacts";
import {Trainer} from "./workers/trainer";

export interface LabOptions {
  /** Default: the environment variable LOLA_SYSTEM, or the default system. */
  system?: string;
  /** Default: the environment variable LOLA_PRESET, or the default preset. */
  preset?: string;
  /**
   * Change the preset, a "what if": the options that differ, at any depth, or a function of the whole configuration. Lists
   * are replaced whole, and `undefined` takes an option out. Whatever depends on the change is computed anew, and figures
   * go to .out/.
   */
  change?: Change;
  /**
   * Whether models that come with the project are used in place of trained ones: true requires them, false trains. Default:
   * they are used where the preset has some, unless the environment variable LOLA_TRAIN is 1.
   */
  pretrained?: boolean;
  /** Name of the folder under .out/ for a changed configuration, after system and preset. Default: a hash of it. */
  name?: string;
}

/** Open the store of artefacts; what is made from shipped models has one of its own, since trained ones differ in rounding. */
function storeOf(shipped?: Shipped): Artifacts {
  return shipped ? new Artifacts(path.join(dataFolder(), "unpacked"), undefined, shipped) : new Artifacts();
}

/**
 * Open the laboratory.
 *
 * @throws Error naming the known systems or presets, or shipped models that are of another version; RangeError naming the
 *   first option that is unknown or has a wrong value, if the name does not make a file's name, or if models are required
 *   that are not shipped.
 * @example
 * const lab = openLab({change: {rollout: {steps: 4}}, name: "four-steps"});
 * const results = (await lab.evaluation()).results();
 */
export function openLab(options: LabOptions = {}): Lab {
  checkOptions("openLab", labOptionsRule, options);
  const chosen = chosenRun();
  const config = preset(options.system ?? chosen.system, options.preset ?? chosen.preset);
  const {change = {}, name, pretrained} = options;
  const changed = changedConfig("openLab", config, change);
  const shipped = findShipped(changed, pretrained, changesOf(changed).length > 0);
  // A GPU belongs to one process: there, trainings run in this one, one after the other.
  const trainer = isUsingGpu() ? undefined : new Trainer(changed.threads);
  return new Lab(changed, storeOf(shipped), trainer, name);
}
