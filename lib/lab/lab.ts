/**
 * The laboratory, for the cells of notebooks.
 *
 * Each stage of the paper is a method. It returns what the stage makes, from the artefact store if it is there; nothing is
 * computed twice, whichever notebook asks first.
 */
import {requireInteger} from "../core/check";
import type {Autoencoder} from "../models/autoencoder";
import {MemorySource} from "../data/source";
import type {KarrasDenoiser} from "../diffusion/denoiser";
import type {InferenceTime} from "../evaluate/tables/inference-times";
import type {Split} from "../systems/simulate";
import type {Solver} from "../models/solver";
import type {Artifacts, Stage} from "./store/artifacts";
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
import {stepsRemark} from "./autoencoder-steps";
import {changedConfig, type Change} from "./change";
import type {Config} from "./config";
import {Experiment} from "./experiment";
import {Memo} from "./memo";
import {checkOptions} from "./schema/check-options";
import {autoencoderChangesRule, derivedOptionsRule, emulatorChangesRule} from "./schema/config-rules";
import {obtainRollout, type Rollout} from "./stages/rollouts";
import {timeEmulator, timeSimulator} from "./stages/timing";
import {request} from "./notebook/work";
import {Trainer, type Job} from "./workers/trainer";
import type {Trained} from "./stages/training";

/** An experiment and everything made from its configuration. */
export class Lab extends Experiment {
  constructor(
    config: Config,
    readonly artifacts: Artifacts,
    /** Trains in other processes, side by side; without one, trainings run in this process. */
    private readonly trainer?: Trainer,
    name?: string,
    /** What was made, by what it depends on; labs that were derived from each other share it. */
    private readonly memo = new Memo(),
  ) {
    super(config, name);
  }

  /**
   * Derive a lab in which something differs. Changes add up, and whatever the change does not touch is shared: it is
   * neither read nor computed again.
   *
   * @param change options that differ, at any depth, or a function of the whole configuration, as `change` of `openLab`.
   * @param options `name`: name of the folder under .out/, after system and preset. Default: a hash of the configuration.
   * @throws RangeError naming the first option that is unknown or has a wrong value, or if the name does not make a file's name.
   * @example const fewer = lab.with({rollout: {steps: 4}}, {name: "four-steps"});
   */
  with(change: Change, options: {readonly name?: string} = {}): Lab {
    checkOptions("with", derivedOptionsRule, options);
    const config = changedConfig("with", this.config, change);
    const isSame = config.threads === this.config.threads;
    const trainer = isSame ? this.trainer : this.trainer && new Trainer(config.threads);
    return new Lab(config, this.artifacts, trainer, options.name, this.memo);
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
  @says("dataset")
  dataset(): Promise<Dataset> {
    return this.once("dataset", () => Dataset.obtain(this.config, this.artifacts));
  }

  /**
   * Stage 2: train (or load) the autoencoder with the given number of latent channels.
   *
   * At a rate that the preset has no steps for they are interpolated between its neighbours, which is said.
   *
   * @throws RangeError naming a change that is unknown or has a wrong value; AbortedError when interrupted, after saving.
   * @example const {model, history} = await lab.autoencoder(16, {model: {saturation: "tanh"}, steps: 300});
   */
  @says("autoencoder")
  async autoencoder(latentChannels: number, changes: AutoencoderChanges = {}): Promise<Trained<Autoencoder>> {
    requireInteger("autoencoder", "latentChannels", latentChannels);
    checkOptions("autoencoder", autoencoderChangesRule, changes);
    const dataset = await this.dataset();
    return this.once(`autoencoder ${latentChannels} ${JSON.stringify(changes)}`, () => {
      const remark = changes.steps === undefined ? stepsRemark(this.config, latentChannels) : undefined;
      if (remark) process.stdout.write(`${remark}\n`);
      return obtainAutoencoder(
        this.config,
        dataset,
        this.artifacts,
        latentChannels,
        changes,
        this.runInSubprocess({stage: "autoencoder", latentChannels, changes}),
      );
    });
  }

  /**
   * Train (or load) all autoencoders, from the lowest to the highest compression rate.
   *
   * @example const autoencoders = await lab.autoencoders();
   */
  @says("autoencoder")
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
  @says("latents")
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
  @says("emulator")
  async emulator(method: EmulatorSpec, changes: EmulatorChanges = {}): Promise<Trained<KarrasDenoiser | Solver>> {
    checkOptions("emulator", emulatorChangesRule, changes);
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
  @says("emulator")
  async emulators(): Promise<(Trained<KarrasDenoiser | Solver> & {method: EmulatorSpec})[]> {
    await this.autoencoders();
    for (const method of this.methods) {
      for (const split of ["train", "valid"] as const) await this.emulatorData(method, split);
    }
    return this.together(this.methods, async (method) => ({...(await this.emulator(method)), method}));
  }

  /**
   * Stage 5: roll an emulator out on the drawn test trajectories.
   *
   * @returns states [N, K, T, ...grid, C] in latent or pixel space, and the trajectories' indices in the test split.
   * @throws RangeError for options of a rollout that do not fit each other; InterruptedError.
   * @example const rollout = await lab.rollout({kind: "solver", latentChannels: null});
   */
  @says("rollout")
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
  @says("rollout")
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
  @says("evaluation")
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
  @says("timing")
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

  /** Make something once, called after its stage; labs whose options for that stage are the same share it. */
  private once<T>(name: Parameters<Memo["once"]>[1], make: () => Promise<T>): Promise<T> {
    return this.memo.once(this.config, name, make);
  }
}

/** Let a method of the laboratory say which artefacts of its stage were loaded, unless another method calls it. */
function says(stage: Stage | "timing") {
  return <A extends unknown[], R>(method: (this: Lab, ...options: A) => Promise<R>, _: ClassMethodDecoratorContext) =>
    function (this: Lab, ...options: A): Promise<R> {
      return request(stage, this.artifacts.report, () => method.apply(this, options));
    };
}
