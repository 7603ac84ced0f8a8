/**
 * The laboratory, for the cells of notebooks.
 *
 * Each stage of the paper is a method. It returns what the stage makes, from the artefact store if it is there; nothing is
 * computed twice, whichever notebook asks first.
 */
import {having} from "../core/options/array-rules";
import {checkOptions} from "../core/options/check-options";
import {flag, optional, section, text} from "../core/options/rules";
import type {InferenceTime} from "../evaluate/tables/inference-times";
import type {Space} from "../sweep/space";
import {changedConfig, type Change} from "./change";
import type {Config} from "./config";
import {Memo} from "./memo";
import {requireTrainingMemory} from "./memory/memory-check";
import {says} from "./notebook/says";
import {request} from "./notebook/work";
import {timeMethods, timesRecipe} from "./parts/method-times";
import {TrainingStages} from "./parts/training-stages";
import {RunList} from "./runs/run-list";
import {emulatorChangesRule, type EmulatorChanges, type EmulatorSpec} from "./stages/emulators";
import {areScored, evaluate, evaluateOne, scoredTrajectories, type Evaluation} from "./stages/evaluation";
import {autoencodersOf, chooseMethods, methodsRule, type MethodChoice} from "./stages/method-choice";
import {emulatorRule} from "./stages/method-labels";
import type {Rollout, RolloutSource} from "./stages/rollouts";
import {FinishedArtifacts, MissingArtifactError} from "./store/finished-artifacts";
import {runSweep} from "./sweep/run-sweep";
import {planSweep, type SweepOptions} from "./sweep/sweep-plan";
import type {Sweep} from "./sweep/sweep-result";
import type {TrialLab} from "./sweep/trial-run";
import {Trainer, type Job} from "./workers/trainer";

/** What an evaluation scores. */
export interface EvaluationOptions {
  /** Emulators, each optionally with changes and a label. Default: all of the comparison. */
  readonly methods?: readonly MethodChoice[];
  /** Whether trivial forecasts are scored too; their mean needs the training split. Default: true. */
  readonly trivial?: boolean;
}

/** How times are measured. */
export interface TimingOptions {
  /** Whether to measure even if it was done before. Default: false. */
  readonly again?: boolean;
}

const evaluationRule = section<EvaluationOptions>({methods: optional(methodsRule), trivial: optional(flag)});
const timingRule = section<TimingOptions>({again: optional(flag)});

/** What a derived laboratory does not take from the one that it is derived from. */
export interface Derivation {
  readonly memo?: Memo;
  readonly name?: string;
  readonly folder?: string;
}

/** Accept laboratories. */
export const labRule = having("a laboratory", "config", "dataset");

/** An experiment and everything made from its configuration, stage by stage. */
export class Lab extends TrainingStages {
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
    checkOptions("with", section({name: optional(text)}), options);
    return this.derived(changedConfig("with", this.config, change), options);
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
    return Object.assign(this.derived(config, {memo}), {release: () => memo.release()});
  }

  /**
   * Derive a laboratory of another configuration.
   *
   * @param options `memo`: what was made. Default: shared with this laboratory. `name` and `folder`: as of the constructor.
   */
  derived(config: Config, {memo = this.memo, name, folder}: Derivation = {}): Lab {
    const isSame = config.threads === this.config.threads;
    const trainer = isSame ? this.trainer : this.trainer && new Trainer(config.threads);
    return new Lab(config, this.artifacts, trainer, name, memo, folder);
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
    checkOptions("rollout", emulatorRule, method, "method");
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
    checkOptions("rollouts", methodsRule, methods, "methods");
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
    const {dataset, contestants} = await this.contestants("evaluation", options);
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
    const {dataset, contestants} = await this.contestants("evaluateOne", options);
    const known = dataset.testTrajectories;
    if (!known.includes(trajectory)) {
      const expected = `one of the test trajectories ${known.join(", ")}`;
      throw new RangeError(`evaluateOne: expected ${expected}, found ${String(trajectory)}.`);
    }
    await evaluateOne(this.config, dataset, this.artifacts, contestants, trajectory);
  }

  /** List the test trajectories that an evaluation has scored, as indices in the test split. */
  async scored(options: EvaluationOptions = {}): Promise<number[]> {
    const {dataset, contestants} = await this.contestants("scored", options);
    return scoredTrajectories(this.config, dataset, this.artifacts, contestants);
  }

  /**
   * Train (or load) what an evaluation scores, but for emulators whose scores are there; rollouts are made when they are
   * opened.
   */
  private async contestants(where: string, options: EvaluationOptions) {
    checkOptions(where, evaluationRule, options);
    const {methods = this.methods, trivial = true} = options;
    const {config, artifacts} = this;
    const chosen = chooseMethods(config, methods);
    const autoencoders = await this.trainAutoencoders(autoencodersOf(chosen));
    const rollouts: RolloutSource[] = [];
    for (const {spec, changes, label} of chosen) rollouts.push({...(await this.rolloutSource(spec, changes)), label});
    const dataset = await this.dataset();
    const isScored = await areScored(config, dataset, artifacts, rollouts);
    const needed = methods.filter((_, i) => !isScored[i]);
    if (needed.length > 0) await this.emulators(needed); // side by side
    const training = trivial ? () => this.datasetWith("train") : undefined;
    return {dataset, contestants: {autoencoders, rollouts, training}};
  }

  /**
   * Measure seconds per state, and of a whole trajectory, of the simulator (if the data were simulated here) and of every
   * emulator, on this machine; what was measured is kept. Beside the emulators of the comparison, a diffusion model in pixel
   * space, where there is a pixel solver: with fresh weights, which take as long as trained ones.
   *
   * @param options `again`: whether to measure once more, as after other work of the machine. Default: false.
   * @throws RangeError for an option that is unknown or has a wrong value.
   * @example const times = await lab.timing();
   */
  @says("timing")
  async timing(options: TimingOptions = {}): Promise<InferenceTime[]> {
    checkOptions("timing", timingRule, options);
    const dataset = await this.dataset();
    const emulators = await this.emulators();
    const recipe = timesRecipe(this.config, [dataset.key, ...emulators.map(({key}) => key)]);
    const measure = () =>
      timeMethods(this.config, dataset, this.methods, {
        model: async (method) => (await this.emulator(method)).model,
        data: (method) => this.emulatorData(method, "test"),
        decoder: (method) => this.decoder(method),
      });
    return this.artifacts.obtainJson(recipe, measure, options);
  }

  /** Refuse a training that does not fit into memory before its data are made, unless the model is there already. */
  protected requireMemory(job: Job): Promise<void> {
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
    } catch (error) {
      if (error instanceof MissingArtifactError) return false;
      throw error;
    } finally {
      await memo.release();
    }
  }
}
