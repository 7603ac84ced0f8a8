/** The way into the laboratory: a preset, and what differs from it. */
import {chosenRun, checkOptions, anything, choose, count, flag, oneOf, optional, section, text} from "@lola-ts/core";
import {isUsingGpu} from "@lola-ts/engine";
import type {SimulationConfig, SystemName} from "@lola-ts/simulators";
import {type Change, changedConfig, changesOf, type Part} from "./changes";
import {configRule, type Config, type PresetName} from "./config";
import {derivedLab, Lab, labRule} from "./lab";
import {Memo, artifactKey, Artifacts} from "@lola-ts/cache";
import {findShipped, TRAIN, usesShipped} from "./pretrained/find-shipped";
import {Shipped, shippedFolder, shippedSweepsFolder, unpackedFolder} from "./pretrained/shipped";
import {preset, RECIPES, withRecipeOfPaper, type RecipeName} from "./presets/presets";
import {TestSet} from "./test-set";
import {Trainer} from "./workers/trainer";

type Named<T extends string> = T | (string & {});

export interface LabOptions {
  /** Default: the environment variable LOLA_SYSTEM, or the default system. */
  system?: Named<SystemName>;
  /** Default: the environment variable LOLA_PRESET, or the default preset. */
  preset?: Named<PresetName>;
  /**
   * Change the preset, a "what if": the options that differ, at any depth, or a function of the whole configuration. Lists
   * are replaced whole, and `undefined` takes an option out. Whatever depends on the change is computed again, and figures
   * go to .out/.
   */
  change?: Change;
  /**
   * How models are trained: as the preset says, or by the paper's loss, optimiser, learning rates, regularisation, contexts
   * and symmetries at the preset's size. `change` comes after it. Default: "own".
   */
  recipe?: RecipeName;
  /**
   * Whether models that come with the project are used in place of trained ones, and trials of sweeps: true requires the
   * models, false trains. Default: they are used where the preset has some, unless the environment variable LOLA_TRAIN is 1.
   */
  pretrained?: boolean;
  /** Name of the folder under .out/ for a changed configuration, after system and preset. Default: a hash of it. */
  name?: string;
}

const {system: _system, preset: _preset, ...changeable} = configRule.shape;

/** Rule of the options of `openLab`. A change is checked with the configuration that it makes. */
export const labOptionsRule = section<LabOptions>({
  system: optional(text),
  preset: optional(text),
  change: optional(choose((change) => (change === undefined ? section(changeable) : anything))),
  recipe: optional(oneOf(RECIPES)),
  pretrained: optional(flag),
  name: optional(text),
});

/** Options of {@link openTrained}. */
export interface TrainedOptions {
  /** Test trajectories to roll out and score, if the preset has more. Default: the preset's. */
  trajectories?: number;
}

/**
 * Open the best models that can be had without training: those that come with the project for the system of a laboratory.
 * Figures and tables go to that laboratory's folder.
 *
 * @returns the laboratory of those models; the given one where there are none, where everything is to be trained
 *   (LOLA_TRAIN is 1), or where its preset is smoke, which only checks the plumbing.
 * @throws RangeError for an option that is unknown or has a wrong value.
 * @example const trained = openTrained(openLab(), {trajectories: 8});
 */
export function openTrained(lab: Lab, options: TrainedOptions = {}): Lab {
  checkOptions("openTrained", labRule, lab, "lab");
  checkOptions("openTrained", section({trajectories: optional(count)}), options);
  const trained = shippedLab(lab, lab.config.system) ?? lab;
  const {config} = trained;
  const {trajectories = Infinity} = options;
  const rollout = {...config.rollout, trajectories: Math.min(trajectories, config.rollout.trajectories)};
  return derivedLab(trained, {...config, rollout}, {folder: lab.folder});
}

/** Open the laboratory of a system's models that come with the project; undefined if there are none, or `lab` wants none. */
export function shippedLab({config}: Pick<Lab, "config">, system: string): Lab | undefined {
  const isOwn = config.preset === "smoke" || process.env[TRAIN] === "1";
  const shipped = isOwn ? undefined : Shipped.open(shippedFolder(system));
  return shipped && openLab({system, preset: shipped.index.preset});
}

interface Store {
  readonly artifacts: Artifacts;
  readonly memo: Memo;
}

const shippedStores = new Map<string, Store>();

/** Open the store of artefacts; what is made from shipped models has one that all laboratories of this process share. */
function storeOf(shipped: Shipped | undefined, sweeps: string | undefined): Store {
  const open = (folder?: string) => ({
    artifacts: new Artifacts(folder, undefined, shipped, sweeps),
    memo: new Memo(),
  });
  if (!shipped) return open();
  const place = artifactKey({folder: unpackedFolder(), shipped: shipped.folder, index: shipped.index});
  const store = shippedStores.get(place) ?? open(unpackedFolder());
  shippedStores.set(place, store);
  return store;
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
  const {change = {}, name, pretrained, recipe = "own"} = options;
  const own = preset(options.system ?? chosen.system, options.preset ?? chosen.preset);
  const config = recipe === "paper" ? withRecipeOfPaper(own) : own;
  const changed = changedConfig("openLab", config, change);
  const shipped = findShipped(changed, pretrained, changesOf(changed).length > 0);
  // A GPU belongs to one process: there, trainings run in this one, one after the other.
  const trainer = isUsingGpu() ? undefined : new Trainer(changed.threads);
  const sweeps = usesShipped(pretrained) ? shippedSweepsFolder() : undefined;
  const {artifacts, memo} = storeOf(shipped, sweeps);
  return new Lab(changed, artifacts, trainer, {name, memo});
}

/** Test trajectories that are not the models' own. */
export interface OtherTrajectories {
  /** Options of the simulation that differ, e.g. `{boundaries: ["open"]}`. Default: none. */
  readonly data?: Part<SimulationConfig>;
  /** Number of test trajectories, all of which are rolled out. Default: 1. */
  readonly trajectories?: number;
  /** Members of each ensemble. Default: the laboratory's. */
  readonly members?: number;
}

/** Derive a laboratory that tests a laboratory's models on other trajectories. @throws RangeError that begins with `where`. */
export function onTrajectories(where: string, lab: Lab, options: OtherTrajectories): Lab {
  const {data = {}, trajectories = 1, members = lab.config.rollout.members} = options;
  if ("source" in lab.config.data) {
    throw new RangeError(`${where}: expected a laboratory of simulated data, found The Well's own files.`);
  }
  const {train, valid} = lab.config.data.trajectories;
  const change = {
    data: {...data, trajectories: {train, valid, test: trajectories}} as Part<Config>["data"],
    rollout: {trajectories, members},
  };
  const testSet = new TestSet(lab.testSet?.models ?? lab.config, lab.caption);
  return derivedLab(lab, changedConfig(where, lab.config, change), {testSet, folder: lab.folder});
}
