/** What the stages of a laboratory take from those before: made when it is needed, once, side by side where that is possible. */
import type {Autoencoder} from "../../models/autoencoder";
import type {Split} from "../../core/fields";
import type {Ranks} from "../../tensor/ranks";
import type {Artifacts} from "../store/artifacts";
import type {AutoencoderChanges} from "../stages/autoencoders";
import {Dataset} from "../stages/dataset";
import {
  emulatorName,
  latentData,
  pixelData,
  pixelKey,
  type Emulator,
  type EmulatorChanges,
  type EmulatorData,
  type EmulatorSpec,
  type TrainingData,
} from "../stages/emulators";
import type {AutoencoderChoice} from "../stages/method-choice";
import {latentsRecipe, type Latents} from "../stages/latents";
import type {Config} from "../config";
import {Experiment} from "../experiment";
import {Memo} from "../memo";
import {joinedSource} from "./joined-rollouts";
import {SymmetricViews} from "./symmetric-views";
import {
  obtainRolloutFile,
  obtainRolloutOf,
  readRollout,
  rolloutRecipe,
  type RolloutData,
  type RolloutSource,
} from "../stages/rollouts";
import {TaskLimiter} from "../workers/task-limiter";
import type {Trainer, Job} from "../workers/trainer";
import type {Trained} from "../stages/training";

/** An experiment with the inputs of its stages. */
export abstract class StageInputs extends Experiment {
  /** Lets one split be encoded at a time. */
  private readonly preparing = new TaskLimiter(1);

  constructor(
    config: Config,
    readonly artifacts: Artifacts,
    /** Trains in other processes, side by side; without one, trainings run in this process. */
    readonly trainer?: Trainer,
    name?: string,
    /** What was made, by what it depends on; labs that were derived from each other share it. */
    readonly memo = new Memo(),
    /** Folder of figures and tables. Default: that of the configuration. */
    folder?: string,
  ) {
    super(config, name, folder);
  }

  abstract dataset(): Promise<Dataset>;

  abstract autoencoder(latentChannels: number, changes?: AutoencoderChanges): Promise<Trained<Autoencoder>>;

  abstract latents(latentChannels: number, split: Split, changes?: AutoencoderChanges): Promise<Latents>;

  abstract emulator(method: EmulatorSpec, changes?: EmulatorChanges): Promise<Trained<Emulator>>;

  abstract emulatorKey(method: EmulatorSpec, changes?: EmulatorChanges): Promise<string>;

  /**
   * Describe the rollout of an emulator, or of several seeds as one ensemble; it is made, or read, when it is opened, and the
   * emulator is trained, or loaded, then.
   */
  async rolloutSource(method: EmulatorSpec, changes: EmulatorChanges = {}): Promise<RolloutSource> {
    const {seeds = 1, ...own} = changes;
    if (seeds > 1) {
      const {seed = this.config.seed} = own;
      const one = (_: unknown, i: number) => this.rolloutSource(method, {...own, seed: seed + i});
      return joinedSource(await this.together(Array.from({length: seeds}, one), (source) => source));
    }
    const {artifacts} = this;
    const config = {...this.config, rollout: {...this.config.rollout, ...changes.rollout}};
    const emulatorKey = await this.emulatorKey(method, changes);
    const autoencoder = await this.decoder(method, changes.autoencoder);
    const test = await this.rolloutData(config, method, changes.autoencoder);
    const {views} = test;
    const found = {autoencoder, ...(views && {restore: views.restore.bind(views)})};
    const name = `${emulatorName(method)} ${JSON.stringify(changes)}`;
    const emulator = () => this.emulator(method, changes);
    const file = () =>
      this.once(`rollout file ${name}`, async () =>
        obtainRolloutFile(config, artifacts, method, await emulator(), test),
      );
    const read = async (trajectory?: number) => ({...(await readRollout(await file(), trajectory)), ...found});
    const open = (trajectory?: number) =>
      trajectory === undefined ? this.once(`rollout ${name}`, () => read()) : read(trajectory);
    const openOne = async (trajectory: number) => ({
      ...(await obtainRolloutOf(config, artifacts, method, await emulator(), test, trajectory)),
      ...found,
    });
    const {seed = config.seed} = changes;
    const key = artifacts.key(rolloutRecipe(config, method, emulatorKey, test));
    return {method, autoencoder, seed, key, open, openOne};
  }

  /** Train (or load) autoencoders side by side. */
  protected async trainAutoencoders(
    list: readonly AutoencoderChoice[],
  ): Promise<(Trained<Autoencoder> & {label?: string})[]> {
    await this.dataset();
    const longestFirst = [...list].reverse();
    const all = await this.together(longestFirst, async ({latentChannels, changes, label}) => ({
      ...(await this.autoencoder(latentChannels, changes)),
      label,
    }));
    return all.reverse();
  }

  /** The autoencoder of an emulator's latents; none in pixel space. */
  protected async decoder(method: EmulatorSpec, changes?: AutoencoderChanges): Promise<Autoencoder | undefined> {
    return method.latentChannels === null ? undefined : (await this.autoencoder(method.latentChannels, changes)).model;
  }

  /** Get the dataset with a split that may not have been simulated. */
  protected async datasetWith(split: Split): Promise<Dataset> {
    const dataset = await this.dataset();
    return dataset.has(split)
      ? dataset
      : this.once("dataset with all splits", () => Dataset.obtain(this.config, this.artifacts));
  }

  /** Describe the training data of an emulator; they are made when they are opened, one rate after the other. */
  protected async trainingData(method: EmulatorSpec, changes?: AutoencoderChanges): Promise<TrainingData> {
    const {config, artifacts} = this;
    const {latentChannels} = method;
    const dataset = await this.dataset();
    const open = () => this.preparing.run(() => this.emulatorData(method, "train", changes));
    if (latentChannels === null) return {key: pixelKey(dataset, "train"), rolls: false, open};
    const autoencoder = await this.autoencoder(latentChannels, changes);
    const latents = artifacts.key(latentsRecipe(config, latentChannels, "train", autoencoder, dataset));
    const rolls = Boolean(config.latentRolls && autoencoder.model.config.periodic);
    return {key: dataset.labelledKey(latents), rolls, open};
  }

  /** Get the data of an emulator: cached latents, or standardised states. */
  protected async emulatorData(
    {latentChannels}: EmulatorSpec,
    split: Split,
    changes?: AutoencoderChanges,
  ): Promise<EmulatorData> {
    const dataset = await this.datasetWith(split);
    if (latentChannels === null) return pixelData(dataset, split);
    const rolls = split === "train" && this.config.latentRolls;
    const rolled = rolls ? (await this.autoencoder(latentChannels, changes)).model : undefined;
    return latentData(dataset, await this.latents(latentChannels, split, changes), rolled);
  }

  /** Get what an emulator is rolled out on. */
  private async rolloutData(
    {seed, rollout: {symmetries, members}}: Config,
    method: EmulatorSpec,
    changes?: AutoencoderChanges,
  ): Promise<RolloutData> {
    const data = await this.emulatorData(method, "test", changes);
    if (!symmetries) return data;
    const views = new SymmetricViews(await this.dataset(), {seed, members}, await this.decoder(method, changes));
    return {...data, views};
  }

  /** Train side by side where there is a trainer, else one after the other. */
  protected async together<A, B>(list: readonly A[], make: (item: A) => Promise<B>): Promise<B[]> {
    if (this.trainer) return Promise.all(list.map(make));
    const made: B[] = [];
    for (const item of list) made.push(await make(item));
    return made;
  }

  /**
   * Make a training's artefact in other processes, where there is a trainer; its data are made here, before. A process that is
   * a rank itself trains here.
   *
   * @throws RangeError if several processes are wanted and there is no trainer.
   */
  protected runInSubprocess(
    job: Job,
    parallel: number | Ranks,
    data?: TrainingData,
  ): (() => Promise<void>) | undefined {
    const {trainer, config, artifacts} = this;
    if (typeof parallel !== "number") return undefined;
    if (!trainer && parallel > 1) {
      throw new RangeError(
        `${job.stage}: expected parallel to be 1 where trainings run in this process, as on a GPU, found ${parallel}: npm run lola -- train starts one rank for each GPU.`,
      );
    }
    if (!trainer) return undefined;
    return async () => {
      await data?.open();
      await trainer.run({config, root: artifacts.root, job}, parallel);
    };
  }

  /** Make something once, called after its stage; labs whose options for that stage are the same share it. */
  protected once<T>(name: Parameters<Memo["once"]>[1], make: () => Promise<T>): Promise<T> {
    return this.memo.once(this.config, name, make);
  }
}
