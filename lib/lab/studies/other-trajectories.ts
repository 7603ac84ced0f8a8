/** Trained models on test trajectories of other data: other boundaries or parameters than they have seen, or only a few. */
import {checkOptions} from "../../core/options/check-options";
import {anything, count, oneOf, optional, section} from "../../core/options/rules";
import type {TrajectorySource} from "../../data/source";
import type {Autoencoder} from "../../models/autoencoder";
import type {SimulationConfig} from "../../systems/simulate";
import {type Split, BOUNDARY} from "../../core/fields";
import {changedConfig, type Part} from "../change";
import {differences, inWords} from "../changes";
import type {Config} from "../config";
import {Lab, labRule, type Derivation} from "../lab";
import {isUntrained} from "../memo";
import type {AutoencoderChanges} from "../stages/autoencoders";
import {Dataset} from "../stages/dataset";
import {pixelData, pixelKey, type Emulator, type EmulatorData, type EmulatorSpec} from "../stages/emulators";
import {keyOn, latentsRecipe} from "../stages/latents";
import type {Trained} from "../stages/training";
import {artifactKey} from "../store/artifacts";
import {FinishedArtifacts} from "../store/finished-artifacts";

export interface OtherTrajectories {
  /** Options of the simulation that differ, e.g. `{boundaries: ["open"]}`. Default: none. */
  readonly data?: Part<SimulationConfig>;
  /** Number of test trajectories, all of which are rolled out. Default: 1. */
  readonly trajectories?: number;
  /** Members of each ensemble. Default: those of the laboratory. */
  readonly members?: number;
  /** Boundaries on all sides that labels tell the models, where labels have any. Default: the trajectories' own. */
  readonly labelled?: BoundaryName;
}

type BoundaryName = Lowercase<keyof typeof BOUNDARY>;

const boundaryNames = Object.keys(BOUNDARY).map((name) => name.toLowerCase() as BoundaryName);

const rule = section<OtherTrajectories>({
  data: optional(anything),
  trajectories: optional(count),
  members: optional(count),
  labelled: optional(oneOf(boundaryNames)),
});

/**
 * Keep the trained models of a laboratory, and test them on other trajectories, which are simulated: under conditions that the
 * models have never seen, or a few of their own test trajectories without the rest of their data. Nothing is trained: states
 * are standardised, and labels made, as for the models' own data. Its `with` changes how forecasts are made and scored.
 *
 * @returns a laboratory whose `dataset`, `rollouts` and `evaluation` are those of the trajectories; it has a test split only.
 * @throws RangeError for an option that is unknown or has a wrong value, or if the laboratory's data are not simulated; Error, when
 *   a model is asked for, if it is not trained.
 * @example
 * const away = onOtherTrajectories(openTrained(openLab()), {data: {boundaries: ["open"]}, trajectories: 10, members: 4});
 * const view = await viewRollouts(away);
 */
export function onOtherTrajectories(lab: Lab, options: OtherTrajectories = {}): Lab {
  checkOptions("onOtherTrajectories", labRule, lab, "lab");
  checkOptions("onOtherTrajectories", rule, options);
  const {data = {}, trajectories = 1, members = lab.config.rollout.members} = options;
  if ("source" in lab.config.data) {
    throw new RangeError("onOtherTrajectories: expected a laboratory of simulated data, found The Well's own files.");
  }
  const {train, valid} = lab.config.data.trajectories;
  const change = {
    data: {...data, trajectories: {train, valid, test: trajectories}} as Part<Config>["data"],
    rollout: {trajectories, members},
  };
  return new OtherTrajectoriesLab(lab, changedConfig("onOtherTrajectories", lab.config, change), options.labelled);
}

class OtherTrajectoriesLab extends Lab {
  private readonly models: ModelsLab;

  constructor(
    private readonly trained: Lab,
    config: Config,
    private readonly labelled?: BoundaryName,
    {memo, name, folder}: Derivation = {folder: trained.folder},
  ) {
    super(config, trained.artifacts, undefined, name, memo, folder);
    this.models = new ModelsLab(trained, async () => (await this.dataset()).ofModels);
  }

  /** The models in words, then the trajectories. */
  override get caption(): string {
    const {rollout} = this.config;
    const all = differences(this.trained.config, this.config, "").filter(
      ({option}) => !/trajectories|members/.test(option),
    );
    const found = all.filter(({option}) => !isUntrained(option));
    const others = all.filter(({option}) => isUntrained(option));
    const labels = this.labelled ? `, labelled as ${this.labelled}` : "";
    const what = (found.length > 0 ? ` of other data (${inWords(found).join("; ")})` : "") + labels;
    const many = `${rollout.trajectories} test ${rollout.trajectories > 1 ? "trajectories" : "trajectory"}${what}`;
    const how = [`ensembles of ${rollout.members}`, ...(others.length > 0 ? [inWords(others).join("; ")] : [])];
    return `Here: ${many}, ${how.join(", ")}. Models: ${this.trained.caption}`;
  }

  /** Derive a laboratory with the same models. @throws RangeError for a change of what they are trained on or how. */
  override derived(config: Config, derivation: Derivation = {}): Lab {
    const [other] = inWords(differences(this.config, config, "").filter(({option}) => !isUntrained(option)));
    if (other !== undefined) {
      throw new RangeError(
        `with: expected a change of rollouts or scores, because trained models stay as they are; found ${other}.`,
      );
    }
    return new OtherTrajectoriesLab(this.trained, config, this.labelled, {memo: this.memo, ...derivation});
  }

  /** @throws RangeError, because a sweep trains. */
  override sweep(): never {
    throw new RangeError("sweep: expected a laboratory that trains, found trained models on other trajectories.");
  }

  override dataset(): Promise<Dataset> {
    const {artifacts, config, trained} = this;
    return this.once("dataset", () => Dataset.beside(config, trained.config, artifacts));
  }

  /** Load an autoencoder, under a key that holds for these trajectories alone: their latents are others than the models'. */
  override async autoencoder(...options: Parameters<Lab["autoencoder"]>): Promise<Trained<Autoencoder>> {
    const dataset = await this.dataset();
    const found = await this.models.autoencoder(...options);
    return {...found, key: keyOn(found, dataset), data: dataset.key};
  }

  override emulator(...options: Parameters<Lab["emulator"]>): Promise<Trained<Emulator>> {
    return this.models.emulator(...options);
  }

  override emulatorKey(...options: Parameters<Lab["emulatorKey"]>): Promise<string> {
    return this.models.emulatorKey(...options);
  }

  protected override async emulatorData(...options: [EmulatorSpec, Split, AutoencoderChanges?]): Promise<EmulatorData> {
    const {states, labels, key} = await super.emulatorData(...options);
    if (!this.labelled || this.config.label?.boundary === false) return {states, labels, key};
    const codes = BOUNDARY[this.labelled.toUpperCase() as keyof typeof BOUNDARY];
    const sides = 2 * this.system.axes.length;
    const others = labels.map((label) => Float32Array.from(label).fill(codes, label.length - sides));
    return {states, labels: others, key: artifactKey({codes}, [key])};
  }
}

/** The models of a laboratory, found by what identifies their data: these themselves are not needed. */
class ModelsLab extends Lab {
  constructor(
    {config, artifacts, memo}: Lab,
    private readonly data: () => Promise<Dataset>,
  ) {
    super(config, new FinishedArtifacts(artifacts), undefined, undefined, memo);
  }

  override dataset(): Promise<Dataset> {
    return this.data();
  }

  protected override async emulatorData(
    {latentChannels}: EmulatorSpec,
    split: Split,
    changes?: AutoencoderChanges,
  ): Promise<EmulatorData> {
    const dataset = await this.dataset();
    const {states, labels} = pixelData(dataset, "test");
    if (latentChannels === null) return {states: sizesOf(states.shape), labels, key: pixelKey(dataset, split)};
    const autoencoder = await this.autoencoder(latentChannels, changes);
    const latents = this.artifacts.key(latentsRecipe(this.config, latentChannels, split, autoencoder, dataset));
    return {
      states: sizesOf([...states.shape.slice(0, -1), latentChannels]),
      labels,
      key: dataset.labelledKey(latents),
    };
  }
}

/** The sizes of states that are never read. */
function sizesOf(shape: readonly number[]): TrajectorySource {
  const read = () => {
    throw new Error("onOtherTrajectories: expected trained models, found one that is not.");
  };
  return {shape, read};
}
