/**
 * The laboratory, for the cells of notebooks.
 *
 * Each stage of the paper is a method. It returns what the stage makes, from the artefact store if it is there; nothing is
 * computed twice, whichever notebook asks first. What depends on what is in the files of stages/.
 */
import {inspect} from "node:util";
import {requireInteger, checkOptions, checkParts, flag, having, oneOf, optional, section, text} from "@lola-ts/core";
import {SPLITS, type Split, type TableRow} from "@lola-ts/core";
import type {InferenceTime} from "lola/evaluate";
import type {Autoencoder} from "lola/models";
import {systemOf, type System} from "@lola-ts/simulators";
import {
  type Artifacts,
  current,
  interruptible,
  Memo,
  MissingArtifactError,
  node,
  type Progress,
  says,
  track,
} from "@lola-ts/cache";
import {type Change, changedConfig, changesOf, type OptionChange} from "./changes";
import type {Config} from "./config";
import {captionOf, folderOf, nameOf} from "./description";
import {explained, type ExplainedStage} from "./explain";
import {Presenter} from "./notebook/display";
import {costInWords, missingParts, modelParts, WHAT_IF, type Part} from "./parts";
import {
  autoencoderChangesRule,
  type AutoencoderChanges,
  emulatorChangesRule,
  type EmulatorChanges,
  type EmulatorSpec,
  type Job,
} from "./model-changes";
import {autoencoderStage} from "./stages/autoencoders";
import {datasetWith, openContext, openDataset, type Context} from "./stages/context";
import type {Dataset} from "./stages/dataset";
import {emulatorStage, type Emulator} from "./stages/emulators";
import {rolloutSource} from "./stages/ensembles";
import {contestantsOf, evaluate, evaluationRule, type Evaluation, type EvaluationOptions} from "./stages/evaluation";
import {latentsStage, type Latents} from "./stages/latents";
import {
  autoencodersOf,
  chooseMethods,
  methodsRule,
  middleRate,
  requireMethod,
  type AutoencoderChoice,
  type MethodChoice,
} from "./stages/methods";
import type {Rollout} from "./stages/rollouts";
import {obtainTimes} from "./stages/timing";
import {type Parallel, type Trained} from "./stages/training";
import type {TestSet} from "./test-set";
import {requireMemory} from "./training-memory";
import {Trainer} from "./workers/trainer";

export interface TimingOptions {
  /** Whether to measure even if it was done before. Default: false. */
  readonly again?: boolean;
}

/** Steps of a notebook's own training between two moments in which it can be interrupted. */
const PAUSE = 20;

const MAX_PARALLEL = 256;

const splitRule = oneOf(SPLITS);
const timingRule = section<TimingOptions>({again: optional(flag)});

export const labRule = having("a laboratory", "config", "dataset");

export interface LabParts extends Partial<Pick<Context, "memo" | "testSet">> {
  readonly name?: string;
  readonly folder?: string;
}

/** An experiment and everything made from its configuration, stage by stage. */
export class Lab extends Presenter implements Context {
  /** Name of the experiment: "euler-tour", or "euler-tour-1a2b3c4d" if its configuration was changed. */
  readonly name: string;
  /** Folder of its figures and tables: the run's, or .out/name/figures for a changed configuration. */
  readonly folder: string;
  readonly memo: Memo;
  readonly testSet?: TestSet;

  /** @throws RangeError if the given name does not make a file's name. */
  constructor(
    readonly config: Config,
    readonly artifacts: Artifacts,
    /** Trains in other processes, side by side; without one, trainings run in this process. */
    readonly trainer?: Trainer,
    {name, folder, memo = new Memo(), testSet}: LabParts = {},
  ) {
    super();
    this.name = nameOf(config, name);
    this.folder = folder ?? folderOf(config, name);
    this.memo = memo;
    this.testSet = testSet;
  }

  /** The system: fields, parameters, names. */
  get system(): System {
    return systemOf(this.config.system);
  }

  /** The middle compression rate, in latent channels; of an even number of rates the lower one of the middle two. */
  get middleRate(): number {
    return middleRate(this.config);
  }

  /** Options that differ from the preset, one row each: option, preset, here. */
  get changes(): OptionChange[] {
    return changesOf(this.config);
  }

  /** One line for captions: system, preset, up to three changes or their number, seed, sizes and training steps. */
  get caption(): string {
    return this.testSet?.captionOf(this.config) ?? captionOf(this.config);
  }

  [inspect.custom](): string {
    return `Lab ${this.name}: ${this.caption}`;
  }

  /**
   * Check a claim of a notebook: print it with a tick if it holds. @throws Error naming the claim if it does not.
   *
   * @param options `trained`: whether the claim is about trained models, which a smoke run does not have. Default: false.
   * @example lab.check("mass is conserved", Math.abs(after / before - 1) < 1e-9);
   */
  check(claim: string, holds: boolean, options: {readonly trained?: boolean} = {}): void {
    checkParts("check", {claim: text, holds: flag}, {claim, holds});
    checkOptions("check", section({trained: optional(flag)}), options);
    if (options.trained && this.config.preset === "smoke") {
      process.stdout.write(`– ${claim} (not checked: a smoke run learns nothing)\n`);
    } else if (holds) process.stdout.write(`✓ ${claim}\n`);
    else throw new Error(`check: expected that ${claim}, found that it is not so.`);
  }

  /**
   * Repeat a step of a training written in a notebook, with a progress line that shows its loss. @returns the loss of each step.
   *
   * @throws LabError `interrupted`: what the steps have learned stays.
   * @example const losses = await lab.repeat("toy", 1000, () => optimiser.minimize(loss, true)!.dataSync()[0]);
   */
  async repeat(label: string, steps: number, step: (index: number) => number): Promise<number[]> {
    requireInteger("repeat", "steps", steps);
    const losses: number[] = [];
    await interruptible((signal) =>
      track(label, steps, async (progress) => {
        for (let index = 0; index < steps; index++) {
          losses.push(step(index));
          progress.update(index + 1, {loss: losses[index]});
          if (index % PAUSE === 0) await new Promise(setImmediate);
          signal.throwIfAborted();
        }
      }),
    );
    return losses;
  }

  /**
   * Say what a stage's results depend on: each artefact with the options and the inputs that its key names. Nothing is made but
   * the dataset.
   *
   * @param stage Default: none, and the laboratory's main options, seeds and changes are listed.
   * @example await lab.showTable(await lab.explain("rollouts"), "Options that forecasts depend on");
   */
  async explain(stage?: ExplainedStage): Promise<TableRow[]> {
    return explained(this, this.methods, stage);
  }

  /** Every emulator of the comparison: diffusion and solver at each compression rate, and the pixel solver. */
  get methods(): EmulatorSpec[] {
    const latent = (["diffusion", "solver"] as const).flatMap((kind) =>
      this.config.latentChannels.map((latentChannels) => ({kind, latentChannels})),
    );
    return this.config.pixel ? [...latent, {kind: "solver", latentChannels: null}] : latent;
  }

  /**
   * Derive a lab in which something differs. Changes add up, and whatever the change does not touch is shared: it is
   * neither read nor computed again.
   *
   * @param change as in `openLab`.
   * @param options `name`: name of the folder under .out/, after system and preset. Default: a hash of the configuration.
   * @throws RangeError naming the first option that is unknown or has a wrong value, or if the name does not make a file's name.
   * @example const fewer = lab.with({rollout: {steps: 4}}, {name: "four-steps"});
   */
  with(change: Change, options: {readonly name?: string} = {}): Lab {
    checkOptions("with", section({name: optional(text)}), options);
    return derivedLab(this, changedConfig("with", this.config, change), options);
  }

  /**
   * Stage 1: simulate (or open) the data.
   *
   * @param split that has to be there. Default: all are, except where trained models are shipped, which need the test split alone.
   * @throws RangeError if there is no such split; Error naming the folders of The Well's own files that are missing; LabError
   *   `interrupted`.
   * @example const dataset = await lab.dataset();
   */
  @says("dataset")
  async dataset(split?: Split): Promise<Dataset> {
    checkOptions("dataset", optional(oneOf(SPLITS)), split, "split");
    const context = await openContext(this);
    return split ? datasetWith(context, split) : context.dataset;
  }

  /**
   * Stage 2: train (or load) the autoencoder with the given number of latent channels; at a rate that the preset has no steps for
   * they are interpolated between its neighbours, which is said.
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
    await requireMemoryOf(this, {stage: "autoencoder", latentChannels, changes});
    return node(autoencoderStage, await openContext(this), {latentChannels, changes, parallel}).get();
  }

  /**
   * Train (or load) all autoencoders, from the lowest to the highest compression rate.
   *
   * @example const autoencoders = await lab.autoencoders();
   */
  @says("autoencoder")
  autoencoders(): Promise<Trained<Autoencoder>[]> {
    return trainAutoencoders(
      this,
      this.config.latentChannels.map((latentChannels) => ({latentChannels})),
    );
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
    requireInteger("latents", "latentChannels", latentChannels);
    checkOptions("latents", splitRule, split, "split");
    checkOptions("latents", autoencoderChangesRule, changes);
    await requireMemoryOf(this, {stage: "autoencoder", latentChannels, changes});
    return node(latentsStage, await openContext(this), {latentChannels, split, changes}).get();
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
    requireMethod(this.config, method, changes);
    await requireMemoryOf(this, {stage: "emulator", method, changes});
    return node(emulatorStage, await openContext(this), {method, changes, parallel}).get();
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
    checkOptions("emulators", methodsRule, methods, "methods");
    const chosen = chooseMethods(this.config, methods);
    const context = await openContext(this);
    const models: Part[] = [];
    for (const {spec, changes} of chosen) models.push(...(await modelParts(context, {...spec, changes})));
    const missing = new Set(missingParts(models).map(({key}) => key));
    const total = missing.size;
    const isSaid = current().request?.stage === WHAT_IF;
    if (total > 1 && !isSaid) process.stdout.write(`${costInWords("To train", models)}\n`);
    const work = async (progress?: Progress) => {
      const count = ({key}: {readonly key: string}) => missing.delete(key) && progress?.update(total - missing.size);
      (await trainAutoencoders(this, autoencodersOf(chosen))).forEach(count);
      return together(this, chosen, async ({spec, changes, label}) => {
        const emulator = await this.emulator(spec, changes);
        count(emulator);
        return {...emulator, method: spec, label};
      });
    };
    return total < 2 ? work() : track("trainings", total, work);
  }

  /**
   * Stage 5: roll emulators out on the drawn test trajectories.
   *
   * @param methods Default: all of the comparison. Changes of a method are of its emulator, its autoencoder and the rollout.
   * @param trajectory index in the test split of the only one that is needed. Default: all drawn ones.
   * @returns states [N, K, T, ...grid, C] in latent or pixel space, and the trajectories' indices in the test split.
   * @throws RangeError for an empty list, a method that cannot be, or one that is there twice; for a trajectory that is not drawn;
   *   for options of a rollout that do not fit each other; LabError `interrupted`.
   * @example
   * const diffusion = {kind: "diffusion", latentChannels: 16} as const;
   * const [rollout] = await lab.rollouts([{...diffusion, changes: {rollout: {steps: 4}}}]);
   */
  @says("rollout")
  async rollouts(methods: readonly MethodChoice[] = this.methods, trajectory?: number): Promise<Rollout[]> {
    checkOptions("rollouts", methodsRule, methods, "methods");
    await this.emulators(methods); // side by side
    const context = await openContext(this);
    const all: Rollout[] = [];
    for (const {spec, changes, label} of chooseMethods(this.config, methods)) {
      const source = rolloutSource(context, spec, changes);
      all.push({...(await source.open(trajectory, trajectory !== undefined)), label});
    }
    return all;
  }

  /**
   * Stage 6: score emulators, their autoencoders and trivial forecasts, in physical units.
   *
   * @throws RangeError for an empty list, a method that cannot be, one that is there twice, or a label that is taken; for
   *   simulators of data that are not simulated here.
   * @example
   * const diffusion = {kind: "diffusion", latentChannels: 16} as const;
   * const shallow = {...diffusion, changes: {network: {hidBlocks: 1}}, label: "one block"};
   * const results = (await lab.evaluation({methods: [diffusion, shallow]})).results();
   */
  @says("evaluation")
  async evaluation(options: EvaluationOptions = {}): Promise<Evaluation> {
    checkOptions("evaluation", evaluationRule, options);
    const context = await openContext(this);
    const {contestants, missing} = await contestantsOf(context, {methods: this.methods, ...options});
    await trainAutoencoders(this, missing.autoencoders); // side by side, as the emulators
    if (missing.methods.length > 0) await this.emulators(missing.methods);
    return evaluate(context, contestants, {name: this.name, climate: options.climate});
  }

  /**
   * Measure seconds per state, and of a whole trajectory, of the simulator (if the data were simulated here) and of every
   * emulator, on this machine, and of a diffusion model in pixel space with fresh weights where there is a pixel solver; what was
   * measured is kept.
   *
   * @example const times = await lab.timing();
   */
  @says("timing")
  async timing(options: TimingOptions = {}): Promise<InferenceTime[]> {
    checkOptions("timing", timingRule, options);
    await this.emulators(); // side by side
    return obtainTimes(await openContext(this), this.methods, options);
  }
}

/**
 * Derive a laboratory of another configuration. @throws RangeError for trained models on other trajectories if they would be others.
 */
export function derivedLab(lab: Lab, config: Config, parts: LabParts = {}): Lab {
  const {memo, testSet} = lab;
  if (!parts.testSet) testSet?.requireSameModels(lab.config, config);
  const isSame = config.threads === lab.config.threads;
  const trainer = isSame ? lab.trainer : lab.trainer && new Trainer(config.threads);
  return new Lab(config, lab.artifacts, trainer, {memo, testSet, ...parts});
}

/** Train (or load) autoencoders side by side, first the autoencoders of the highest compression rates, which train longest. */
async function trainAutoencoders(
  lab: Lab,
  list: readonly AutoencoderChoice[],
): Promise<(Trained<Autoencoder> & {label?: string})[]> {
  await lab.dataset();
  const all = await together(lab, [...list].reverse(), async ({latentChannels, changes, label}) => ({
    ...(await lab.autoencoder(latentChannels, changes)),
    label,
  }));
  return all.reverse();
}

/** Make several results at once where trainings have processes of their own, else one after the other. */
async function together<A, B>({trainer}: Lab, list: readonly A[], make: (item: A) => Promise<B>): Promise<B[]> {
  if (trainer) return Promise.all(list.map(make));
  const results: B[] = [];
  for (const item of list) results.push(await make(item));
  return results;
}

/** Refuse a training that does not fit into memory before its data are simulated, unless its model is there. */
async function requireMemoryOf(lab: Lab, job: Job): Promise<void> {
  const {config, testSet} = lab;
  if (testSet) return;
  const files = "source" in config.data ? (await openDataset(lab)).wells.test.grid : undefined;
  await requireMemory(config, job, () => isTrained(lab, job), files);
}

/** Whether the model of a training is there; nothing is made to find out. */
async function isTrained({config, artifacts}: Lab, job: Job): Promise<boolean> {
  try {
    const context = await openContext({config, artifacts: artifacts.finished(), memo: new Memo()});
    const {recipe} =
      job.stage === "autoencoder" ? node(autoencoderStage, context, job) : node(emulatorStage, context, job);
    return await artifacts.has(recipe);
  } catch (error) {
    if (error instanceof MissingArtifactError) return false;
    throw error;
  }
}
