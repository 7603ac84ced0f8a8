/** The stages of a laboratory that train: dataset, autoencoders, latents, emulators. */
import {requireInteger} from "../../core/check";
import {checkOptions} from "../../core/options/check-options";
import {oneOf} from "../../core/options/rules";
import type {Autoencoder} from "../../models/autoencoder";
import {SPLITS, type Split} from "../../core/fields";
import {stepsRemark} from "../autoencoder-steps";
import {says} from "../notebook/says";
import {autoencoderChangesRule} from "../stages/autoencoders";
import {emulatorChangesRule} from "../stages/emulators";
import {autoencoderRecipe, obtainAutoencoder, type AutoencoderChanges} from "../stages/autoencoders";
import {Dataset, shipsStandardization} from "../stages/dataset";
import {
  emulatorName,
  emulatorRecipe,
  obtainEmulator,
  type Emulator,
  type EmulatorChanges,
  type EmulatorSpec,
} from "../stages/emulators";
import {obtainLatents, type Latents} from "../stages/latents";
import {autoencodersOf, chooseMethods, methodsRule, requireMethod, type MethodChoice} from "../stages/method-choice";
import type {Parallel, Trained} from "../stages/training";
import type {Job} from "../workers/trainer";
import {StageInputs} from "./stage-inputs";

/** Most processes that train a model together on one machine. */
const MAX_PARALLEL = 256;

const splitRule = oneOf(SPLITS);

/** A laboratory as far as its models. */
export abstract class TrainingStages extends StageInputs {
  /** Refuse a training that does not fit into memory before its data are made, unless the model is there already. */
  protected abstract requireMemory(job: Job): Promise<void>;

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
    requireInteger("latents", "latentChannels", latentChannels);
    checkOptions("latents", splitRule, split, "split");
    checkOptions("latents", autoencoderChangesRule, changes);
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
    const training = trainingChanges(changes);
    requireMethod(this.config, method, training);
    const {autoencoder, network, from} = training;
    await this.requireMemory({stage: "emulator", method, changes: training});
    const data = {
      ...(await this.emulatorInputs(method, autoencoder)),
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
   * Find the key of an emulator's artefact, be it trained or not.
   *
   * @throws RangeError if there is no such emulator, or a change is unknown or has a wrong value.
   */
  async emulatorKey(method: EmulatorSpec, changes: EmulatorChanges = {}): Promise<string> {
    checkOptions("emulator", emulatorChangesRule, changes);
    const training = trainingChanges(changes);
    requireMethod(this.config, method, training);
    const {autoencoder, network, from} = training;
    const data = {
      ...(await this.emulatorInputs(method, autoencoder)),
      solver: from && {key: await this.emulatorKey({...method, kind: from}, {autoencoder, network})},
    };
    return this.artifacts.key(emulatorRecipe(this.config, method, data, training));
  }

  private async emulatorInputs(method: EmulatorSpec, autoencoder?: AutoencoderChanges) {
    return {
      train: await this.trainingData(method, autoencoder),
      valid: await this.emulatorData(method, "valid", autoencoder),
    };
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
    await this.trainAutoencoders(autoencodersOf(chosen));
    return this.together(chosen, async ({spec, changes, label}) => ({
      ...(await this.emulator(spec, changes)),
      method: spec,
      label,
    }));
  }
}

/** Leave out what changes no training. */
function trainingChanges({
  rollout: _,
  seeds: __,
  ...training
}: EmulatorChanges): Omit<EmulatorChanges, "rollout" | "seeds"> {
  return training;
}
