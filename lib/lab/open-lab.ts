/** The way into the laboratory: a preset, and what differs from it. */
import {chosenRun} from "../core/paths";
import {isUsingGpu} from "../tensor/backend";
import {changedConfig, type Change} from "./change";
import {Lab} from "./lab";
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
  /** Name of the folder under .out/ for a changed configuration, after system and preset. Default: a hash of it. */
  name?: string;
}

/**
 * Open the laboratory.
 *
 * @throws Error naming the known systems or presets; RangeError naming the first option that is unknown or has a wrong value,
 *   or if the name does not make a file's name.
 * @example
 * const lab = openLab({change: {rollout: {steps: 4}}, name: "four-steps"});
 * const results = (await lab.evaluation()).results();
 */
export function openLab(options: LabOptions = {}): Lab {
  checkOptions("openLab", labOptionsRule, options);
  const chosen = chosenRun();
  const config = preset(options.system ?? chosen.system, options.preset ?? chosen.preset);
  const {change = {}, name} = options;
  const changed = changedConfig("openLab", config, change);
  // A GPU belongs to one process: there, trainings run in this one, one after the other.
  const trainer = isUsingGpu() ? undefined : new Trainer(changed.threads);
  return new Lab(changed, new Artifacts(), trainer, name);
}
