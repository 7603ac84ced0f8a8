/**
 * The laboratory, for the cells of notebooks.
 *
 * Each stage of the paper is a method. It returns what the stage makes, from the artefact store if it is there; nothing is
 * computed twice, whichever notebook asks first. What depends on what stands in stage-graph.ts.
 */
import {inspect} from "node:util";
import {
  requireInteger,
  having,
  checkOptions,
  checkParts,
  flag,
  oneOf,
  optional,
  section,
  text,
  type TableRow,
  SPLITS,
  type Split,
} from "@lola-ts/core";
import type {InferenceTime} from "lola/evaluate";
import type {Autoencoder} from "lola/models";
import {systemOf, type System} from "@lola-ts/simulators";
import {type Change, changedConfig, changesOf, type OptionChange} from "./changes";
import type {Config} from "./config";
import {captionOf, describeConfig, folderOf, nameOf} from "./description";
import {Graph, openDataset, type Context, type Node} from "./stage-graph";
import {
  Memo,
  track,
  type Progress,
  current,
  says,
  artifactKey,
  MissingArtifactError,
  type Artifacts,
  interruptible,
} from "@lola-ts/cache";
import {requireMemory} from "./training-memory";
import {Presenter} from "./notebook/display";
import {costInWords, missingParts, WHAT_IF, type MethodParts, type Part} from "./parts";
import {scoringSeconds} from "./scoring/score";
import {autoencoderChangesRule, type AutoencoderChanges} from "./stages/autoencoders";
import type {Dataset} from "./stages/dataset";
import {
  emulatorChangesRule,
  emulatorName,
  type Emulator,
  type EmulatorChanges,
  type EmulatorSpec,
} from "./stages/emulators";
import {
  areScored,
  evaluate,
  evaluateOne,
  obtainClimate,
  scoredTrajectories,
  type Evaluation,
} from "./stages/evaluation";
import {keyOn, type Latents} from "./stages/latents";
import {
  autoencodersOf,
  chooseMethods,
  emulatorRule,
  methodsRule,
  middleRate,
  requireMethod,
  type AutoencoderChoice,
  type MethodChoice,
} from "./stages/methods";
import type {Rollout, RolloutSource} from "./stages/rollouts";
import {checkSimulators, simulatorsRule, type SimulatorChoice} from "./stages/simulators";
import {obtainTimes} from "./stages/timing";
import {timeOfStep, type Parallel, type Trained} from "./stages/training";
import type {TestSet} from "./test-set";
import {Trainer, type Job} from "./workers/trainer";

export interface EvaluationOptions {
  /** Emulators, each optionally with changes and a label. Default: all of the comparison. */
  readonly methods?: readonly MethodChoice[];
  /** Whether trivial forecasts are scored too; their mean needs the training split. Default: true. */
  readonly trivial?: boolean;
  /**
   * Whether `crpsClimate` and `energyClimate` are added: scores by the climate's deviation, for the training split. Default: false.
   */
  readonly climate?: boolean;
  /** Simulators to score beside them, started from the stored state or an autoencoder's, which is scored too. Default: none. */
  readonly simulators?: readonly SimulatorChoice[];
}

export interface TimingOptions {
  /** Whether to measure even if it was done before. Default: false. */
  readonly again?: boolean;
}

/** Steps of a notebook's own training between two moments in which it can be interrupted. */
const PAUSE = 20;

const MAX_PARALLEL = 256;

const splitRule = oneOf(SPLITS);
const evaluationRule = section<EvaluationOptions>({
  methods: optional(methodsRule),
  trivial: optional(flag),
  climate: optional(flag),
  simulators: optional(simulatorsRule),
});
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

  /** Tabulate the main options, the seeds, and every change. */
  describe(): TableRow[] {
    return describeConfig(this.config);
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
    return this.derived(changedConfig("with", this.config, change), options);
  }

  /**
   * Derive a laboratory of another configuration. @throws RangeError for trained models on other trajectories if they would be others.
   */
  derived(config: Config, parts: LabParts = {}): Lab {
    if (!parts.testSet) this.testSet?.requireSameModels(this.config, config);
    const {memo, testSet} = this;
    const isSame = config.threads === this.config.threads;
    const trainer = isSame ? this.trainer : this.trainer && new Trainer(config.threads);
    return new Lab(config, this.artifacts, trainer, {memo, testSet, ...parts});
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
    const dataset = await openDataset(this);
    return split ? new Graph(this, dataset).datasetWith(split) : dataset;
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
    await this.requireMemory({stage: "autoencoder", latentChannels, changes});
    return (await this.graph()).autoencoder(latentChannels, changes, parallel).get();
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
    requireInteger("latents", "latentChannels", latentChannels);
    checkOptions("latents", splitRule, split, "split");
    checkOptions("latents", autoencoderChangesRule, changes);
    return (await this.graph()).latents(latentChannels, split, changes).get();
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
    await this.requireMemory({stage: "emulator", method, changes});
    return (await this.graph()).emulator(method, changes, parallel).get();
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
    const graph = await this.graph();
    const models: Part[] = [];
    for (const {spec, changes} of chosen) models.push(...(await this.modelsOf(graph, {...spec, changes})));
    const missing = new Set(missingParts(models).map(({key}) => key));
    const total = missing.size;
    const isSaid = current().request?.stage === WHAT_IF;
    if (total > 1 && !isSaid) process.stdout.write(`${costInWords("To train", models)}\n`);
    const work = async (progress?: Progress) => {
      const count = ({key}: {readonly key: string}) => missing.delete(key) && progress?.update(total - missing.size);
      (await this.trainAutoencoders(autoencodersOf(chosen))).forEach(count);
      return this.together(chosen, async ({spec, changes, label}) => {
        const emulator = await this.emulator(spec, changes);
        count(emulator);
        return {...emulator, method: spec, label};
      });
    };
    return total < 2 ? work() : track("trainings", total, work);
  }

  /**
   * Stage 5: roll an emulator out on the drawn test trajectories.
   *
   * @param changes of the emulator, its autoencoder and the rollout. Default: none.
   * @returns states [N, K, T, ...grid, C] in latent or pixel space, and the trajectories' indices in the test split.
   * @throws RangeError for options of a rollout that do not fit each other; LabError `interrupted`.
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
   * @param trajectory index in the test split of the only one that is needed. Default: all drawn ones.
   * @throws RangeError for an empty list, a method that cannot be, or one that is there twice; for a trajectory that is not drawn.
   * @example const rollouts = await lab.rollouts();
   */
  @says("rollout")
  async rollouts(methods: readonly MethodChoice[] = this.methods, trajectory?: number): Promise<Rollout[]> {
    checkOptions("rollouts", methodsRule, methods, "methods");
    await this.emulators(methods); // side by side
    const all: Rollout[] = [];
    for (const {spec, changes, label} of chooseMethods(this.config, methods)) {
      const source = await this.rolloutSource(spec, changes);
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
    const {context, contestants, training} = await this.contestants("evaluation", options);
    const evaluation = await evaluate(context, contestants, this.name);
    return options.climate ? evaluation.onClimate(await obtainClimate(context, training)) : evaluation;
  }

  /** Score one test trajectory of an evaluation, which `evaluation` joins with the others. @throws as `evaluation`. */
  async evaluateOne(trajectory: number, options: EvaluationOptions = {}): Promise<void> {
    const {context, contestants} = await this.contestants("evaluateOne", options);
    const known = context.dataset.testTrajectories;
    if (!known.includes(trajectory)) {
      const expected = `one of the test trajectories ${known.join(", ")}`;
      throw new RangeError(`evaluateOne: expected ${expected}, found ${String(trajectory)}.`);
    }
    await evaluateOne(context, contestants, trajectory);
  }

  /** List the test trajectories that an evaluation has scored, as indices in the test split. */
  async scored(options: EvaluationOptions = {}): Promise<number[]> {
    const {context, contestants} = await this.contestants("scored", options);
    return scoredTrajectories(context, contestants);
  }

  /**
   * Train (or load) what an evaluation scores, except emulators whose scores are there; rollouts are made when they are opened.
   */
  private async contestants(where: string, options: EvaluationOptions) {
    checkOptions(where, evaluationRule, options);
    const {methods = this.methods, trivial = true, simulators: started = []} = options;
    const {config, artifacts, memo} = this;
    const chosen = chooseMethods(config, methods);
    checkSimulators(config, started);
    const graph = await this.graph();
    const {dataset} = graph;
    const rollouts: RolloutSource[] = [];
    for (const {spec, changes, label} of chosen) rollouts.push({...(await graph.rollout(spec, changes)), label});
    const context = {config, dataset, artifacts, memo};
    const choices = autoencodersOf(chosen, started);
    const autoencoders = choices.map(({latentChannels, changes, label}) => {
      const source = graph.autoencoderSource(latentChannels, changes);
      return {...source, label, key: keyOn(source.key, dataset)};
    });
    const isScored = await areScored(context, {autoencoders, rollouts});
    await this.trainAutoencoders(choices.filter((_, i) => !isScored[i])); // side by side, as the emulators
    const needed = methods.filter((_, i) => !isScored[choices.length + i]);
    if (needed.length > 0) await this.emulators(needed);
    const training = () => graph.datasetWith("train");
    const simulators = started.map((choice) => ({
      choice,
      autoencoder: autoencoders.find(
        (one) => one.latentChannels === choice.latentChannels && one.label === "autoencoder",
      ),
    }));
    const contestants = {autoencoders, rollouts, simulators, training: trivial ? training : undefined};
    return {context, training, contestants};
  }

  /** Describe the rollout of an emulator, or of several seeds as one ensemble; all is made, or read, when it is opened. */
  async rolloutSource(method: EmulatorSpec, changes: EmulatorChanges = {}): Promise<RolloutSource> {
    return (await this.graph()).rollout(method, changes);
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
    const graph = await this.graph();
    await this.emulators(); // side by side
    return obtainTimes(this, graph, this.methods, options);
  }

  /**
   * List the artefacts that methods need, whether each is new, and about how long it takes by earlier work; none is made.
   *
   * @example const [{models, forecast}] = await lab.parts([{kind: "diffusion", latentChannels: 16}]);
   */
  async parts(methods: readonly MethodChoice[] = this.methods): Promise<MethodParts[]> {
    const graph = await this.graph();
    const {config, artifacts} = this;
    const parts: MethodParts[] = [];
    for (const method of methods) {
      const name = emulatorName(method);
      const {recipe, seconds} = graph.forecast(method, method.changes);
      const scoring = scoringSeconds({config, artifacts, dataset: graph.dataset}, {name});
      const {dressing, average} = {...config.rollout, ...method.changes?.rollout}; // made of the rollouts, whose key has none of them
      const forecast = {
        key: artifactKey({dressing, average}, [artifacts.key(recipe)]),
        name,
        isNew: !(await artifacts.has(recipe)),
        seconds: seconds + scoring,
      };
      parts.push({method, models: await this.modelsOf(graph, method), forecast});
    }
    return parts;
  }

  /** List a method's autoencoder, if it has one, and its emulator. */
  private async modelsOf(graph: Graph, {kind, latentChannels, changes}: MethodChoice): Promise<Part[]> {
    const {artifacts} = this;
    const training = async (name: string, {key, recipe}: Node<unknown>): Promise<Part> => ({
      ...{key, name},
      isNew: !(await artifacts.has(recipe)),
      seconds:
        Number((recipe.config as {training: {steps: number}}).training.steps) * timeOfStep(artifacts, recipe).seconds,
    });
    const emulator = await training(
      emulatorName({kind, latentChannels}),
      graph.emulator({kind, latentChannels}, changes),
    );
    if (latentChannels === null) return [emulator];
    const autoencoder = graph.autoencoder(latentChannels, changes?.autoencoder);
    return [await training(`autoencoder-c${latentChannels}`, autoencoder), emulator];
  }

  private async graph(): Promise<Graph> {
    return new Graph(this, await this.dataset());
  }

  /** Train (or load) autoencoders side by side, first the autoencoders of the highest compression rates, which train longest. */
  private async trainAutoencoders(
    list: readonly AutoencoderChoice[],
  ): Promise<(Trained<Autoencoder> & {label?: string})[]> {
    await this.dataset();
    const all = await this.together([...list].reverse(), async ({latentChannels, changes, label}) => ({
      ...(await this.autoencoder(latentChannels, changes)),
      label,
    }));
    return all.reverse();
  }

  private async together<A, B>(list: readonly A[], make: (item: A) => Promise<B>): Promise<B[]> {
    if (this.trainer) return Promise.all(list.map(make));
    const results: B[] = [];
    for (const item of list) results.push(await make(item));
    return results;
  }

  private async requireMemory(job: Job): Promise<void> {
    if (this.testSet) return;
    const files = "source" in this.config.data ? (await openDataset(this)).wells.test.grid : undefined;
    await requireMemory(this.config, job, () => this.isTrained(job), files);
  }

  /** Whether the model of a training is there; nothing is made to find out. */
  private async isTrained(job: Job): Promise<boolean> {
    try {
      const context = {config: this.config, artifacts: this.artifacts.finished(), memo: new Memo()};
      const {recipe} = new Graph(context, await openDataset(context)).job(job);
      return await this.artifacts.has(recipe);
    } catch (error) {
      if (error instanceof MissingArtifactError) return false;
      throw error;
    }
  }
}
