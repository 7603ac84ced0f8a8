/**
 * The laboratory, for the cells of notebooks.
 *
 * Each stage of the paper is a method. It returns what the stage makes, from the artefact store if it is there; nothing is
 * computed twice, whichever notebook asks first.
 */
import {chosenRun} from "../core/paths";
import type {Autoencoder} from "../models/autoencoder";
import {MemorySource} from "../data/source";
import type {KarrasDenoiser} from "../diffusion/denoiser";
import type {InferenceTime} from "../evaluate/tables/inference-times";
import type {Split} from "../systems/simulate";
import type {Solver} from "../models/solver";
import {Artifacts} from "./store/artifacts";
import {obtainAutoencoder, type AutoencoderChanges} from "./stages/autoencoders";
import {Dataset} from "./stages/dataset";
import {
  emulatorName,
  obtainEmulator,
  type EmulatorChanges,
  type EmulatorData,
  type EmulatorSpec,
} from "./stages/emulators";
import {evaluate, type Evaluation} from "./stages/evaluation";
import {obtainLatents, type Latents} from "./stages/latents";
import type {Config} from "./config";
import {Experiment} from "./experiment";
import {preset} from "./presets/presets";
import {obtainRollout, type Rollout} from "./stages/rollouts";
import {timeEmulator, timeSimulator} from "./stages/timing";
import {Trainer, type Job} from "./workers/trainer";
import {printTraining, type Trained} from "./stages/training";
import {isUsingGpu} from "../tensor/backend";

export interface LabOptions {
  /** Default: the environment variable LOLA_SYSTEM, or the default system. */
  system?: string;
  /** Default: the environment variable LOLA_PRESET, or the default preset. */
  preset?: string;
  /** Change the preset: a "what if". Whatever depends on the change is computed anew, and figures go to .out/. */
  change?: (config: Config) => Config;
  /** Name of the folder under .out/ for a changed configuration, after system and preset. Default: a hash of it. */
  name?: string;
}

/**
 * Open the laboratory.
 *
 * @throws Error naming the known systems or presets; RangeError if the name does not make a file's name.
 * @example
 * const lab = openLab({change: (config) => ({...config, contexts: codeContext})});
 * const results = (await lab.evaluation()).results();
 */
export function openLab(options: LabOptions = {}): Lab {
  const chosen = chosenRun();
  const config = preset(options.system ?? chosen.system, options.preset ?? chosen.preset);
  const changed = options.change ? options.change(config) : config;
  // A GPU belongs to one process: there, trainings run in this one, one after the other.
  const trainer = isUsingGpu() ? undefined : new Trainer(changed.threads);
  return new Lab(changed, new Artifacts(), trainer, options.name);
}

/** An experiment and everything made from its configuration. */
export class Lab extends Experiment {
  private readonly made = new Map<string, Promise<unknown>>();

  constructor(
    config: Config,
    readonly artifacts: Artifacts,
    /** Trains in other processes, side by side; without one, trainings run in this process. */
    private readonly trainer?: Trainer,
    name?: string,
  ) {
    super(config, name);
  }

  /** Every emulator of the comparison: diffusion and solver at each compression rate, and the pixel solver. */
  get methods(): EmulatorSpec[] {
    const latent = (["diffusion", "solver"] as const).flatMap((kind) =>
      this.config.latentChannels.map((latentChannels) => ({kind, latentChannels})),
    );
    return this.config.pixel ? [...latent, {kind: "solver", latentChannels: null}] : latent;
  }

  /**
   * Stage 1: simulate (or open) the data.
   *
   * @throws Error naming the folders of The Well's own files that are missing; InterruptedError.
   * @example const dataset = await lab.dataset();
   */
  dataset(): Promise<Dataset> {
    return this.once("dataset", () => Dataset.obtain(this.config, this.artifacts));
  }

  /**
   * Stage 2: train (or load) the autoencoder with the given number of latent channels.
   *
   * @throws RangeError if the preset has no steps for this number; AbortedError when interrupted, after saving.
   * @example const {model, history} = await lab.autoencoder(16, {model: {saturation: "tanh"}, steps: 300});
   */
  async autoencoder(latentChannels: number, changes: AutoencoderChanges = {}): Promise<Trained<Autoencoder>> {
    const dataset = await this.dataset();
    return this.once(`autoencoder ${latentChannels} ${JSON.stringify(changes)}`, () =>
      obtainAutoencoder(
        this.config,
        dataset,
        this.artifacts,
        latentChannels,
        changes,
        this.runInSubprocess({stage: "autoencoder", latentChannels, changes}),
      ),
    );
  }

  /**
   * Train (or load) all autoencoders, from the lowest to the highest compression rate.
   *
   * @example const autoencoders = await lab.autoencoders();
   */
  async autoencoders(): Promise<Trained<Autoencoder>[]> {
    await this.dataset();
    const longestFirst = [...this.config.latentChannels].reverse();
    const all = await this.together(longestFirst, (channels) => this.autoencoder(channels));
    return all.reverse();
  }

  /**
   * Stage 3: encode (or load) a split.
   *
   * @returns states [N, T, h, w(, d), C] and a label for each of the N trajectories.
   * @example const {states, labels} = await lab.latents(16, "train");
   */
  async latents(latentChannels: number, split: Split): Promise<Latents> {
    const dataset = await this.dataset();
    const autoencoder = await this.autoencoder(latentChannels);
    return this.once(`latents ${latentChannels} ${split}`, () =>
      obtainLatents(this.config, dataset, this.artifacts, autoencoder, split),
    );
  }

  /**
   * Stage 4: train (or load) an emulator.
   *
   * @throws Error if the system has no such emulator; AbortedError when interrupted, after saving.
   * @example const {model} = await lab.emulator({kind: "diffusion", latentChannels: 16}, {network: {hidBlocks: 1}});
   */
  async emulator(method: EmulatorSpec, changes: EmulatorChanges = {}): Promise<Trained<KarrasDenoiser | Solver>> {
    const data = {train: await this.emulatorData(method, "train"), valid: await this.emulatorData(method, "valid")};
    return this.once(`emulator ${emulatorName(method)} ${JSON.stringify(changes)}`, () =>
      obtainEmulator(
        this.config,
        this.artifacts,
        method,
        data,
        changes,
        this.runInSubprocess({stage: "emulator", method, changes}),
      ),
    );
  }

  /**
   * Train (or load) all emulators of the comparison.
   *
   * @example const emulators = await lab.emulators();
   */
  async emulators(): Promise<(Trained<KarrasDenoiser | Solver> & {method: EmulatorSpec})[]> {
    await this.autoencoders();
    for (const method of this.methods) {
      for (const split of ["train", "valid"] as const) await this.emulatorData(method, split);
    }
    return this.together(this.methods, async (method) => printTraining({...(await this.emulator(method)), method}));
  }

  /**
   * Stage 5: roll an emulator out on the drawn test trajectories.
   *
   * @returns states [N, K, T, ...grid, C] in latent or pixel space, and the trajectories' indices in the test split.
   * @throws RangeError for options of a rollout that do not fit each other; InterruptedError.
   * @example const rollout = await lab.rollout({kind: "solver", latentChannels: null});
   */
  async rollout(method: EmulatorSpec): Promise<Rollout> {
    const emulator = await this.emulator(method);
    const test = await this.emulatorData(method, "test");
    return this.once(`rollout ${emulatorName(method)}`, () =>
      obtainRollout(this.config, this.artifacts, method, emulator, test),
    );
  }

  /**
   * Roll out all emulators of the comparison.
   *
   * @example const rollouts = await lab.rollouts();
   */
  async rollouts(): Promise<Rollout[]> {
    const all: Rollout[] = [];
    for (const method of this.methods) all.push(await this.rollout(method));
    return all;
  }

  /**
   * Stage 6: score autoencoders, emulators and trivial forecasts, in physical units.
   *
   * @example const results = (await lab.evaluation()).results();
   */
  async evaluation(): Promise<Evaluation> {
    const contestants = {autoencoders: await this.autoencoders(), rollouts: await this.rollouts()};
    const dataset = await this.dataset();
    return this.once("evaluation", () => evaluate(this.config, dataset, this.artifacts, contestants));
  }

  /**
   * Measure seconds per state of the simulator (if the data were simulated here) and of every emulator, on this machine.
   *
   * @example const times = await lab.timing();
   */
  async timing(): Promise<InferenceTime[]> {
    const times = "source" in this.config.data ? [] : [timeSimulator(await this.dataset())];
    for (const method of this.methods) {
      const {model} = await this.emulator(method);
      const data = await this.emulatorData(method, "test");
      const {latentChannels} = method;
      const autoencoder = latentChannels === null ? undefined : (await this.autoencoder(latentChannels)).model;
      times.push(timeEmulator(this.config, {method, model, data, autoencoder}));
    }
    return times;
  }

  /** Get the training data of an emulator: cached latents, or standardised states. */
  private async emulatorData({latentChannels}: EmulatorSpec, split: Split): Promise<EmulatorData> {
    const dataset = await this.dataset();
    if (latentChannels !== null) {
      const {states, labels, key} = await this.latents(latentChannels, split);
      return {states: new MemorySource(states), labels, key: dataset.labelledKey(key)};
    }
    return {
      get states() {
        return dataset.source(split);
      },
      labels: dataset.labels(split),
      key: dataset.labelledKey(`${dataset.key} ${split}`),
      augment: split === "train" ? dataset.augmentation(split) : undefined,
    };
  }

  /** Train side by side where there is a trainer, else one after the other. */
  private async together<A, B>(list: readonly A[], make: (item: A) => Promise<B>): Promise<B[]> {
    if (this.trainer) return Promise.all(list.map(make));
    const made: B[] = [];
    for (const item of list) made.push(await make(item));
    return made;
  }

  /** Make a training's artefact in another process, where there is a trainer. */
  private runInSubprocess(job: Job): (() => Promise<void>) | undefined {
    const {trainer, config, artifacts} = this;
    return trainer && (() => trainer.run({config, root: artifacts.root, job}));
  }

  private once<T>(name: string, make: () => Promise<T>): Promise<T> {
    const known = this.made.get(name);
    if (known) return known as Promise<T>;
    const promise = make();
    this.made.set(name, promise);
    promise.catch(() => this.made.delete(name));
    return promise;
  }
}
