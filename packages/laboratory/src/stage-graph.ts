/**
 * The graph of stages, from an opened dataset on: autoencoders, latents, emulators, rollouts.
 *
 * A node is one artefact of an experiment. Its recipe names the options that it reads and the keys of the nodes that it is made
 * from, so that every key is known before anything is made. A node is made once, whichever laboratory asks for it: in memory and
 * on the disk it is found by its key.
 */
import {Autoencoder} from "lola/models";
import {latentStride} from "lola/nn";
import {SPLITS, type Split} from "@lola-ts/core";
import type {Ranks} from "@lola-ts/engine";
import type {Config} from "./config";
import {type Memo, type Progress, artifactKey, type Artifacts, type Recipe} from "@lola-ts/cache";
import {requireMemory} from "./training-memory";
import {
  autoencoderRecipe,
  autoencoderSettings,
  obtainAutoencoder,
  stepsRemark,
  type AutoencoderChanges,
  type AutoencoderSource,
} from "./stages/autoencoders";
import {Dataset, datasetOptions, shipsStandardization} from "./stages/dataset";
import {
  emulatorRecipe,
  latentData,
  obtainEmulator,
  pixelData,
  pixelKey,
  type Emulator,
  type EmulatorChanges,
  type EmulatorData,
  type EmulatorSpec,
  type TrainingData,
} from "./stages/emulators";
import {averagedSource, dressedSource, joinedSource, SymmetricViews} from "./stages/ensembles";
import {latentsRecipe, obtainLatents, type DataKeys, type Latents} from "./stages/latents";
import {
  describeRollout,
  isDeterministic,
  noiseOf,
  obtainRolloutFile,
  obtainRolloutOf,
  readRollout,
  rolloutSeconds,
  type RolloutData,
  type RolloutSource,
  type TestSizes,
} from "./stages/rollouts";
import type {Trained} from "./stages/training";
import type {TestSet} from "./test-set";
import type {Job, Trainer} from "./workers/trainer";

export interface Context {
  readonly config: Config;
  readonly artifacts: Artifacts;
  readonly memo: Memo;
  readonly trainer?: Trainer;
  /** Where trained models are tested on other trajectories: which models. Default: the dataset's own are trained. */
  readonly testSet?: TestSet;
}

export interface Node<T> {
  readonly recipe: Recipe;
  readonly key: string;
  readonly get: () => Promise<T>;
}

/** Open the dataset of a context. @param splits Default: all, or the test split where the constants of shipped models are there. */
export function openDataset({config, artifacts, memo, testSet}: Context, splits?: readonly Split[]): Promise<Dataset> {
  const key = artifactKey({options: datasetOptions(config), models: testSet?.models.data, splits});
  return memo.once(key, () => {
    if (testSet) return Dataset.beside(config, testSet.models, artifacts, splits);
    return Dataset.obtain(config, artifacts, shipsStandardization(config, artifacts) ? (splits ?? ["test"]) : SPLITS);
  });
}

export class Graph {
  /** Store of trained models: one that makes none where these are only tested. */
  private readonly models: Artifacts;

  constructor(
    private readonly context: Context,
    readonly dataset: Dataset,
  ) {
    const {artifacts, testSet} = context;
    this.models = testSet ? artifacts.finished() : artifacts;
  }

  job(job: Job): Node<Trained<Autoencoder | Emulator>> {
    return job.stage === "autoencoder"
      ? this.autoencoder(job.latentChannels, job.changes)
      : this.emulator(job.method, job.changes);
  }

  autoencoder(
    latentChannels: number,
    changes: AutoencoderChanges = {},
    parallel: number | Ranks = 1,
  ): Node<Trained<Autoencoder>> {
    const {models: store, dataset} = this;
    const {config} = this.context;
    const job: Job = {stage: "autoencoder", latentChannels, changes};
    const recipe = autoencoderRecipe(config, dataset, latentChannels, changes);
    return this.node(recipe, async () => {
      const remark = changes.steps === undefined ? stepsRemark(config, latentChannels) : undefined;
      if (remark) process.stdout.write(`${remark}\n`);
      await this.requireMemory(recipe, job);
      // A rank does not wait for the lock: the rank that holds it is waiting for this one.
      const isThere = await (typeof parallel === "number" ? store.hasWaited(recipe) : store.has(recipe));
      const data = isThere ? dataset : await this.datasetWith("train");
      const elsewhere = this.elsewhere(job, parallel);
      return obtainAutoencoder(config, data, store, latentChannels, {...changes, parallel}, elsewhere);
    });
  }

  latents(latentChannels: number, split: Split, changes: AutoencoderChanges = {}): Node<Latents> {
    const {config, artifacts} = this.context;
    const autoencoder = this.autoencoder(latentChannels, changes);
    const recipe = latentsRecipe(config, latentChannels, split, autoencoder.key, this.dataset);
    const labelled = this.dataset.labelledKey(artifacts.key(recipe));
    return this.node(
      recipe,
      async () => obtainLatents(config, await this.datasetWith(split), artifacts, await autoencoder.get(), split),
      labelled,
    );
  }

  /** An emulator. @param changes changes of rollouts change nothing here. */
  emulator(method: EmulatorSpec, changes: EmulatorChanges = {}, parallel: number | Ranks = 1): Node<Trained<Emulator>> {
    const {config} = this.context;
    const {rollout: _rollout, seeds: _seeds, ...training} = changes;
    const {autoencoder, network, from} = training;
    const solver = from && this.emulator({...method, kind: from}, {autoencoder, network});
    const train = this.trainingData(method, "train", autoencoder);
    const valid = this.trainingData(method, "valid", autoencoder);
    const job: Job = {stage: "emulator", method, changes: training};
    const recipe = emulatorRecipe(config, method, {train, valid, solver}, training);
    return this.node(recipe, async () => {
      await this.requireMemory(recipe, job);
      const inputs = {train, valid, solver: await solver?.get()};
      const elsewhere = this.elsewhere(job, parallel, [train, valid]);
      return obtainEmulator(config, this.models, method, inputs, {...training, parallel}, elsewhere);
    });
  }

  /** The recipe of a forecast, and the seconds that it takes by the time of earlier ones. */
  forecast(method: EmulatorSpec, changes: EmulatorChanges = {}): {recipe: Recipe; seconds: number} {
    const {config: own, artifacts} = this.context;
    const config = {...own, rollout: {...own.rollout, ...changes.rollout}};
    const sizes = this.testSizes(method, changes.autoencoder);
    const described = describeRollout(config, method, this.emulator(method, changes).key, sizes);
    return {recipe: described.recipe, seconds: rolloutSeconds({config, artifacts, method}, described)};
  }

  async rollout(method: EmulatorSpec, changes: EmulatorChanges = {}): Promise<RolloutSource> {
    const {artifacts, memo} = this.context;
    const {seeds = 1, ...single} = changes;
    const {seed = this.context.config.seed} = changes;
    if (seeds > 1) {
      const sources: RolloutSource[] = [];
      for (let i = 0; i < seeds; i++) sources.push(await this.rollout(method, {...single, seed: seed + i}));
      return joinedSource(sources);
    }
    const config = {...this.context.config, rollout: {...this.context.config.rollout, ...changes.rollout}};
    const emulator = this.emulator(method, changes);
    const autoencoder = this.decoder(method, changes.autoencoder);
    const {symmetries, members} = config.rollout;
    const viewsOn = (model?: Autoencoder) =>
      symmetries
        ? new SymmetricViews(this.dataset, {seed: noiseOf(config, "members", seed), members}, model)
        : undefined;
    const views = viewsOn();
    const key = artifacts.key(this.forecast(method, changes).recipe);
    const shared = async () => ({
      autoencoder: await autoencoder?.get(),
      ...(views && {restore: views.restore.bind(views)}),
    });
    const open = async (): Promise<RolloutData> => ({
      ...(await this.data(method, "test", changes.autoencoder)),
      views: viewsOn(await autoencoder?.get()),
    });
    const work = async () => {
      const trained = await emulator.get();
      return {config, artifacts, method, trained, trainingSeed: seed, test: await open()};
    };
    const file = () => memo.once(`${key} file`, async () => obtainRolloutFile(await work()));
    const read = async (trajectory?: number) => ({
      ...(await readRollout(await file(), trajectory)),
      ...(await shared()),
    });
    const readAlone = async (trajectory: number) => ({
      ...(await obtainRolloutOf(await work(), trajectory)),
      ...(await shared()),
    });
    const source: RolloutSource = {
      method,
      autoencoder,
      seed,
      key,
      open: (trajectory, alone) => {
        if (trajectory === undefined) return memo.once(key, () => read());
        return alone ? readAlone(trajectory) : read(trajectory);
      },
    };
    const {dressing, average} = config.rollout;
    if (average) return averagedSource(source);
    if (!dressing) return source;
    if (!isDeterministic(config.rollout, method)) {
      const found = `${method.kind} with members of its own`;
      throw new RangeError(`rollout.dressing: expected a solver with one answer, found ${found}.`);
    }
    return dressedSource(source, dressing, {
      ...{config, artifacts, method, autoencoder, trainingSeed: seed},
      emulator: () => emulator.get(),
      dataset: () => this.datasetWith("valid"),
      valid: () => this.data(method, "valid", changes.autoencoder),
    });
  }

  decoder({latentChannels}: EmulatorSpec, changes?: AutoencoderChanges): AutoencoderSource | undefined {
    return latentChannels === null ? undefined : this.autoencoderSource(latentChannels, changes);
  }

  autoencoderSource(latentChannels: number, changes: AutoencoderChanges = {}): AutoencoderSource {
    const {key, get} = this.autoencoder(latentChannels, changes);
    const {config} = this.context;
    const {model} = autoencoderSettings(config, this.dataset.wells.test.channels.length, latentChannels, changes);
    const {compression} = new Autoencoder(model); // it has no weights
    return {latentChannels, compression, key, get: async () => (await get()).model};
  }

  async data(method: EmulatorSpec, split: Split, changes?: AutoencoderChanges): Promise<EmulatorData> {
    const {latentChannels} = method;
    const dataset = await this.datasetWith(split);
    if (latentChannels === null) return pixelData(dataset, split);
    const latents = await this.latents(latentChannels, split, changes).get();
    return latentData(dataset, latents, split === "train" && this.rolls(method, changes));
  }

  datasetWith(split: Split): Promise<Dataset> {
    if (this.dataset.has(split)) return Promise.resolve(this.dataset);
    return openDataset(this.context, split === "train" && !this.context.testSet ? SPLITS : [split]);
  }

  private testSizes({latentChannels}: EmulatorSpec, changes?: AutoencoderChanges): TestSizes {
    const {dataset} = this;
    const {config} = this.context;
    const sizes = (key: string, shape: readonly number[]): TestSizes => ({key, states: {shape}});
    const [count, frames, ...state] = dataset.shape("test");
    if (latentChannels === null) return sizes(pixelKey(dataset, "test"), [count, frames, ...state]);
    const {key} = this.latents(latentChannels, "test", changes);
    const stride = latentStride({...config.autoencoder.model, ...changes?.model});
    const grid = state.slice(0, -1).map((cells) => cells / stride);
    return sizes(dataset.labelledKey(key), [count, frames, ...grid, latentChannels]);
  }

  private trainingData(method: EmulatorSpec, split: Split, changes?: AutoencoderChanges): TrainingData {
    const {config, artifacts} = this.context;
    const {dataset} = this;
    const {latentChannels} = method;
    const channels = latentChannels ?? dataset.wells.test.channels.length;
    const purpose = {channels, labelFeatures: dataset.labels("test")[0].length, space: dataset.system.axes.length};
    const open = () => this.data(method, split, changes);
    if (latentChannels === null) return {key: pixelKey(dataset, split, dataset.modelsKey), purpose, open};
    const keys: DataKeys = {key: dataset.modelsKey, modelsKey: dataset.modelsKey};
    const {key: autoencoder} = this.autoencoder(latentChannels, changes);
    const latents = artifacts.key(latentsRecipe(config, latentChannels, split, autoencoder, keys));
    const rolls = split === "train" && this.rolls(method, changes);
    return {key: dataset.labelledKey(latents), purpose, rolls, open};
  }

  /** Whether windows of an emulator's latents are rolled while it trains: only a periodic autoencoder's latents are. */
  private rolls({latentChannels}: EmulatorSpec, changes?: AutoencoderChanges): boolean {
    const {latentRolls, autoencoder} = this.context.config;
    const {periodic} = {...autoencoder.model, ...changes?.model};
    return latentChannels !== null && Boolean(latentRolls && periodic);
  }

  private async requireMemory(recipe: Recipe, job: Job): Promise<void> {
    const {config, testSet} = this.context;
    const files = "source" in config.data ? this.dataset.wells.test.grid : undefined;
    if (!testSet) await requireMemory(config, job, () => this.models.has(recipe), files);
  }

  /** Make a training's artefact in other processes; its data are made here, before. A process that is a rank itself trains here. */
  private elsewhere(job: Job, parallel: number | Ranks, data: readonly TrainingData[] = []) {
    const {trainer, config, artifacts, testSet} = this.context;
    if (typeof parallel !== "number" || testSet) return undefined;
    if (!trainer && parallel > 1) {
      throw new RangeError(
        `${job.stage}: expected parallel to be 1 where trainings run in this process, as on a GPU, found ${parallel}: npm run lola -- train starts one rank for each GPU.`,
      );
    }
    if (!trainer) return undefined;
    return async (line: Progress) => {
      for (const {open} of data) await open();
      await trainer.run({config, root: artifacts.root, job}, parallel, line);
    };
  }

  /** @param id identifies the result in memory. Default: the artefact's key. */
  private node<T>(recipe: Recipe, make: () => Promise<T>, id?: string): Node<T> {
    const {artifacts, memo} = this.context;
    const key = artifacts.key(recipe);
    return {recipe, key, get: () => memo.once(id ?? key, make)};
  }
}
