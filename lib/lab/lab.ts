/**
 * The laboratory, for the cells of notebooks.
 *
 * Each stage of the paper is a method. It returns what the stage makes, from the artefact store if it is there; nothing is
 * computed twice, whichever notebook asks first.
 */
import {requireInteger} from "../core/check";
import type {Autoencoder} from "../models/autoencoder";
import type {InferenceTime} from "../evaluate/tables/inference-times";
import type {Split} from "../systems/simulate";
import {autoencoderRecipe, obtainAutoencoder, type AutoencoderChanges} from "./stages/autoencoders";
import {Dataset, shipsStandardization} from "./stages/dataset";
import {
  emulatorName,
  freshEmulator,
  obtainEmulator,
  type Emulator,
  type EmulatorChanges,
  type EmulatorSpec,
} from "./stages/emulators";
import {evaluate, evaluateOne, scoredTrajectories, type Evaluation} from "./stages/evaluation";
import {autoencodersOf, chooseMethods, requireMethod, type MethodChoice} from "./stages/method-choice";
import {obtainLatents, type Latents} from "./stages/latents";
import {stepsRemark} from "./autoencoder-steps";
import {changedConfig, type Change} from "./change";
import type {Config} from "./config";
import {Memo} from "./memo";
import {having} from "../core/options/array-rules";
import {checkOptions} from "../core/options/check-options";
import {autoencoderChangesRule, derivedOptionsRule, emulatorChangesRule} from "./schema/config-rules";
import type {Rollout, RolloutSource} from "./stages/rollouts";
import {timeEmulator, timeSimulator} from "./stages/timing";
import {requireTrainingMemory} from "./memory/memory-check";
import {FinishedArtifacts} from "./store/finished-artifacts";
import {says} from "./notebook/says";
import {request} from "./notebook/work";
import type {Space} from "../sweep/space";
import {RunList} from "./runs/run-list";
import {planSweep, type SweepOptions} from "./sweep/sweep-plan";
import {runSweep} from "./sweep/run-sweep";
import type {Sweep} from "./sweep/sweep-result";
import type {TrialLab} from "./sweep/trial-run";
import {Trainer, type Job} from "./workers/trainer";
import type {Parallel, Trained} from "./stages/training";
import {StageInputs} from "./stage-inputs";

/** Most processes that train a model together on one machine. */
const MAX_PARALLEL = 256;

/** What an evaluation scores. */
export interface EvaluationOptions {
  /** Emulators, each optionally with changes and a label. Default: all of the comparison. */
  readonly methods?: readonly MethodChoice[];
  /** Whether trivial forecasts are scored too; their mean needs the training split. Default: true. */
  readonly trivial?: boolean;
}

/** Accept laboratories. */
export const labRule = having("a laboratory", "config", "dataset");

/** An experiment and everything made from its configuration, stage by stage. */
export class Lab extends StageInputs {
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
    return this.derived(changedConfig("with", this.config, change), this.memo, options.name);
  }

  /**
   * Train and measure many variants of this laboratory: values of any options, each with a few seeds.
   *
   * Whatever is trained is kept as any artefact, and measured once: a sweep that was interrupted goes on where it was, and one
   * that has grown trains what is new. Variants are paired by their seeds, which are those of the measured model's weights and
   * batches; data, and the autoencoder under an emulator, are shared, but for the option `autoencoders`.
   *
   * @param space options by their paths with the values to try, each a list or a range {from, to, count, log}; or a list of
   *   variants. A single number for a list, such as `latentChannels`, is a list of it.
   * @returns trials, tables and figures of the sweep.
   * @throws RangeError naming the first option, measure or method that cannot be, before anything is trained, or a sweep of
   *   the same name that was another; InterruptedError.
   * @example
   * const space = {"autoencoder.training.optimiser": ["adamw", "soap"], latentChannels: [64, 16]};
   * const sweep = await lab.sweep(space, {seeds: 3, measure: "mae"});
   * await sweep.showTable(sweep.rows(), sweep.caption, {name: "optimisers"});
   */
  sweep(space: Space, options: SweepOptions = {}): Promise<Sweep> {
    const sweep = planSweep(this.config, space, options);
    return request("sweep", this.artifacts.report, () => runSweep(this, sweep));
  }

  /**
   * List the trainings of the store, the newest first: configuration in words, state, best validation error, steps, size, age.
   *
   * @example await lab.showTable(lab.runs().rows(), "Runs");
   */
  runs(): RunList {
    return RunList.of(this.artifacts.root, this.folder);
  }

  /** Derive a laboratory of another configuration for one trial of a sweep; what it loads is let go with `release`. */
  apart(config: Config): TrialLab {
    const memo = new Memo(this.memo);
    return Object.assign(this.derived(config, memo), {release: () => memo.release()});
  }

  private derived(config: Config, memo: Memo, name?: string): Lab {
    const isSame = config.threads === this.config.threads;
    const trainer = isSame ? this.trainer : this.trainer && new Trainer(config.threads);
    return new Lab(config, this.artifacts, trainer, name, memo);
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
    const {config, artifacts} = this;
    return this.once("dataset", async () =>
      Dataset.obtain(config, artifacts, shipsStandardization(config, artifacts) ? ["valid", "test"] : undefined),
    );
  }

  /**
   * Stage 2: train (or load) the autoencoder with the given number of latent channels.
   *
   * At a rate that the preset has no steps for they are interpolated between its neighbours, which is said.
   *
   * @param changes `parallel`: number of processes that train it together, each on its rows of every batch. Default: 1.
   * @throws RangeError naming a change that is unknown or has a wrong value, or if the training does not fit into memory, naming
   *   the option that helps; AbortedError when interrupted, after saving.
   * @example const {model, history} = await lab.autoencoder(16, {model: {saturation: "tanh"}, steps: 300});
   */
  @says("autoencoder")
  async autoencoder(
    latentChannels: number,
    {parallel = 1, ...changes}: AutoencoderChanges & Parallel = {},
  ): Promise<Trained<Autoencoder>> {
    requireInteger("autoencoder", "latentChannels", latentChannels);
    if (typeof parallel === "number") requireInteger("autoencoder", "parallel", parallel, {max: MAX_PARALLEL});
    checkOptions("autoencoder", autoencoderChangesRule, changes);
    await this.requireMemory({stage: "autoencoder", latentChannels, changes});
    const dataset = await this.dataset();
    return this.once(`autoencoder ${latentChannels} ${JSON.stringify(changes)}`, async () => {
      const recipe = autoencoderRecipe(this.config, dataset, latentChannels, changes);
      // another rank that makes it makes it with this one
      const isThere = await (typeof parallel === "number"
        ? this.artifacts.hasWaited(recipe)
        : this.artifacts.has(recipe));
      const remark = changes.steps === undefined ? stepsRemark(this.config, latentChannels) : undefined;
      if (remark) process.stdout.write(`${remark}\n`);
      return obtainAutoencoder(
        this.config,
        isThere ? dataset : await this.datasetWith("train"),
        this.artifacts,
        latentChannels,
        {...changes, parallel},
        this.runInSubprocess({stage: "autoencoder", latentChannels, changes}, parallel),
      );
    });
  }

  /**
   * Train (or load) all autoencoders, from the lowest to the highest compression rate.
   *
   * @example const autoencoders = await lab.autoencoders();
   */
  @says("autoencoder")
  autoencoders(): Promise<Trained<Autoencoder>[]> {
    return this.trainAutoencoders(this.config.latentChannels.map((latentChannels) => ({latentChannels})));
  }

  /**
   * Stage 3: encode (or load) a split.
   *
   * @param changes of the autoencoder. Default: none.
   * @returns states [N, T, h, w(, d), C] and a label for each of the N trajectories.
   * @example const {states, labels} = await lab.latents(16, "train");
   */
  @says("latents")
  async latents(latentChannels: number, split: Split, changes: AutoencoderChanges = {}): Promise<Latents> {
    const dataset = await this.datasetWith(split);
    const autoencoder = await this.autoencoder(latentChannels, changes);
    return this.once(`latents ${latentChannels} ${split} ${JSON.stringify(changes)}`, () =>
      obtainLatents(this.config, dataset, this.artifacts, autoencoder, split),
    );
  }

  /**
   * Stage 4: train (or load) an emulator.
   *
   * @param changes `parallel`: number of processes that train it together, each on its rows of every batch. Default: 1.
   * @throws RangeError if there is no such emulator, or if its training does not fit into memory, naming the option that helps;
   *   AbortedError when interrupted, after saving.
   * @example const {model} = await lab.emulator({kind: "diffusion", latentChannels: 16}, {network: {hidBlocks: 1}});
   */
  @says("emulator")
  async emulator(
    method: EmulatorSpec,
    {parallel = 1, ...changes}: EmulatorChanges & Parallel = {},
  ): Promise<Trained<Emulator>> {
    checkOptions("emulator", emulatorChangesRule, changes);
    if (typeof parallel === "number") requireInteger("emulator", "parallel", parallel, {max: MAX_PARALLEL});
    const {rollout: _, seeds: __, ...training} = changes;
    requireMethod(this.config, method, training);
    const {autoencoder, network, from} = training;
    await this.requireMemory({stage: "emulator", method, changes: training});
    const data = {
      train: await this.trainingData(method, autoencoder),
      valid: await this.emulatorData(method, "valid", autoencoder),
      solver: from && (await this.emulator({...method, kind: from}, {autoencoder, network})),
    };
    return this.once(`emulator ${emulatorName(method)} ${JSON.stringify(training)}`, () =>
      obtainEmulator(
        this.config,
        this.artifacts,
        method,
        data,
        {...training, parallel},
        this.runInSubprocess({stage: "emulator", method, changes: training}, parallel, data.train),
      ),
    );
  }

  /**
   * Train (or load) all emulators of the comparison, or the given ones.
   *
   * @throws RangeError for an empty list, a method that cannot be, or one that is there twice.
   * @example const emulators = await lab.emulators();
   */
  @says("emulator")
  async emulators(
    methods: readonly MethodChoice[] = this.methods,
  ): Promise<(Trained<Emulator> & {method: EmulatorSpec; label: string})[]> {
    const chosen = chooseMethods(this.config, methods);
    await this.trainAutoencoders(autoencodersOf(chosen));
    return this.together(chosen, async ({spec, changes, label}) => ({
      ...(await this.emulator(spec, changes)),
      method: spec,
      label,
    }));
  }

  /**
   * Stage 5: roll an emulator out on the drawn test trajectories.
   *
   * @param changes of the emulator, its autoencoder and the rollout. Default: none.
   * @returns states [N, K, T, ...grid, C] in latent or pixel space, and the trajectories' indices in the test split.
   * @throws RangeError for options of a rollout that do not fit each other; InterruptedError.
   * @example const rollout = await lab.rollout({kind: "diffusion", latentChannels: 16}, {rollout: {steps: 4}});
   */
  @says("rollout")
  async rollout(method: EmulatorSpec, changes: EmulatorChanges = {}): Promise<Rollout> {
    checkOptions("rollout", emulatorChangesRule, changes);
    return (await this.rolloutSource(method, changes)).open();
  }

  /**
   * Roll out all emulators of the comparison, or the given ones.
   *
   * @throws RangeError for an empty list, a method that cannot be, or one that is there twice.
   * @example const rollouts = await lab.rollouts();
   */
  @says("rollout")
  async rollouts(methods: readonly MethodChoice[] = this.methods): Promise<Rollout[]> {
    await this.emulators(methods); // side by side
    const all: Rollout[] = [];
    for (const {spec, changes, label} of chooseMethods(this.config, methods)) {
      all.push({...(await this.rollout(spec, changes)), label});
    }
    return all;
  }

  /**
   * Stage 6: score emulators, their autoencoders and trivial forecasts, in physical units.
   *
   * @param options `methods`: emulators to score, each optionally with changes and a label. Default: all of the comparison.
   *   `trivial`: whether trivial forecasts are scored too; their mean needs the training split. Default: true.
   * @throws RangeError for an empty list, a method that cannot be, one that is there twice, or a label that is taken.
   * @example
   * const diffusion = {kind: "diffusion", latentChannels: 16} as const;
   * const shallow = {...diffusion, changes: {network: {hidBlocks: 1}}, label: "one block"};
   * const results = (await lab.evaluation({methods: [diffusion, shallow]})).results();
   */
  @says("evaluation")
  async evaluation(options: EvaluationOptions = {}): Promise<Evaluation> {
    const {dataset, contestants} = await this.contestants(options);
    const {methods = this.methods, trivial = true} = options;
    return this.once(`evaluation ${this.name} ${JSON.stringify({methods, trivial})}`, () =>
      evaluate(this.config, dataset, this.artifacts, contestants, this.name),
    );
  }

  /**
   * Score one test trajectory of an evaluation, so that many processes share the work; `evaluation` joins what they have made.
   *
   * @param trajectory its index in the test split, one of `dataset.testTrajectories`.
   * @throws as `evaluation`; RangeError if this trajectory is not scored.
   */
  async evaluateOne(trajectory: number, options: EvaluationOptions = {}): Promise<void> {
    const {dataset, contestants} = await this.contestants(options);
    const known = dataset.testTrajectories;
    if (!known.includes(trajectory)) {
      const expected = `one of the test trajectories ${known.join(", ")}`;
      throw new RangeError(`evaluateOne: expected ${expected}, found ${String(trajectory)}.`);
    }
    await evaluateOne(this.config, dataset, this.artifacts, contestants, trajectory);
  }

  /** List the test trajectories that an evaluation has scored, as indices in the test split. */
  async scored(options: EvaluationOptions = {}): Promise<number[]> {
    const {dataset, contestants} = await this.contestants(options);
    return scoredTrajectories(this.config, dataset, this.artifacts, contestants);
  }

  /** Train (or load) what an evaluation scores; rollouts are made when they are opened. */
  private async contestants({methods = this.methods, trivial = true}: EvaluationOptions) {
    const chosen = chooseMethods(this.config, methods);
    const autoencoders = await this.trainAutoencoders(autoencodersOf(chosen));
    await this.emulators(methods); // side by side
    const rollouts: RolloutSource[] = [];
    for (const {spec, changes, label} of chosen) rollouts.push({...(await this.rolloutSource(spec, changes)), label});
    const training = trivial ? () => this.datasetWith("train") : undefined;
    return {dataset: await this.dataset(), contestants: {autoencoders, rollouts, training}};
  }

  /**
   * Measure seconds per state, and of a whole trajectory, of the simulator (if the data were simulated here) and of every
   * emulator, on this machine; measured once by each laboratory. Beside those of the comparison, a diffusion model in pixel
   * space, where there is a pixel solver: with fresh weights, which take as long as trained ones.
   *
   * @example const times = await lab.timing();
   */
  @says("timing")
  timing(): Promise<InferenceTime[]> {
    return this.once("evaluation timing", async () => {
      const dataset = await this.dataset();
      const {data: simulated} = this.config;
      const times = "source" in simulated ? [] : [timeSimulator(dataset, simulated)];
      for (const method of this.methods) {
        const {model} = await this.emulator(method);
        const data = await this.emulatorData(method, "test");
        const autoencoder = await this.decoder(method);
        times.push(await timeEmulator(this.config, {method, model, data, states: dataset.testWindow, autoencoder}));
      }
      return this.config.pixel ? [...times, await this.timePixelDiffusion(dataset)] : times;
    });
  }

  /** Time a diffusion model in pixel space, which is no method of the comparison, with fresh weights. */
  private async timePixelDiffusion({testWindow: states}: Dataset): Promise<InferenceTime> {
    const method: EmulatorSpec = {kind: "diffusion", latentChannels: null};
    const data = await this.emulatorData(method, "test");
    const model = freshEmulator(this.config, method, data);
    try {
      return await timeEmulator(this.config, {method, model, data, states});
    } finally {
      model.dispose();
    }
  }

  /** Refuse a training that does not fit into memory before its data are made, unless the model is there already. */
  private requireMemory(job: Job): Promise<void> {
    if (this.artifacts instanceof FinishedArtifacts) return Promise.resolve();
    return this.once(`${job.stage} memory ${JSON.stringify(job)}`, async () => {
      try {
        requireTrainingMemory(this.config, job);
      } catch (error) {
        if (!(await this.isTrained(job))) throw error;
      }
    });
  }

  /** Whether a model is there, and all that it was made from. */
  private async isTrained(job: Job): Promise<boolean> {
    const memo = new Memo();
    const found = new Lab(this.config, new FinishedArtifacts(this.artifacts), undefined, undefined, memo);
    try {
      if (job.stage === "autoencoder") await found.autoencoder(job.latentChannels, job.changes);
      else await found.emulator(job.method, job.changes);
      return true;
    } catch {
      return false;
    } finally {
      await memo.release();
    }
  }
}
