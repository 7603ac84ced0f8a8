/**
 * The laboratory, for the cells of notebooks.
 *
 * Each stage of the paper is a method. It returns what the stage makes, from the artefact store if it is there; nothing is
 * computed twice, whichever notebook asks first.
 */
import {chosenRun} from "../core/paths";
import type {Autoencoder} from "../models/autoencoder";
import type {KarrasDenoiser} from "../diffusion/denoiser";
import type {InferenceTime} from "../evaluate/tables/inference-times";
import type {Split} from "../systems/simulate";
import type {Solver} from "../models/solver";
import {Artifacts} from "./store/artifacts";
import {obtainAutoencoder, type AutoencoderChanges} from "./stages/autoencoders";
import {Dataset} from "./stages/dataset";
import {
  emulatorName,
  latentData,
  obtainEmulator,
  pixelData,
  type EmulatorChanges,
  type EmulatorData,
  type EmulatorSpec,
} from "./stages/emulators";
import {evaluate, type Evaluation} from "./stages/evaluation";
import {
  autoencodersOf,
  chooseMethods,
  requireMethod,
  type AutoencoderChoice,
  type MethodChoice,
} from "./stages/method-choice";
import {obtainLatents, type Latents} from "./stages/latents";
import type {Config} from "./config";
import {Experiment} from "./experiment";
import {preset} from "./presets/presets";
import {obtainRollout, type Rollout} from "./stages/rollouts";
import {timeEmulator, timeSimulator} from "./stages/timing";
import {Trainer, type Job} from "./workers/trainer";
import type {Trained} from "./stages/training";
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
  async latents(latentChannels: number, split: Split, changes: AutoencoderChanges = {}): Promise<Latents> {
    const dataset = await this.dataset();
    const autoencoder = await this.autoencoder(latentChannels, changes);
    return this.once(`latents ${latentChannels} ${split} ${JSON.stringify(changes)}`, () =>
      obtainLatents(this.config, dataset, this.artifacts, autoencoder, split),
    );
  }

  /**
   * Stage 4: train (or load) an emulator.
   *
   * @throws RangeError if there is no such emulator; AbortedError when interrupted, after saving.
   * @example const {model} = await lab.emulator({kind: "diffusion", latentChannels: 16}, {network: {hidBlocks: 1}});
   */
  async emulator(
    method: EmulatorSpec,
    {rollout: _, ...changes}: EmulatorChanges = {},
  ): Promise<Trained<KarrasDenoiser | Solver>> {
    requireMethod(this.config, method, changes);
    const {autoencoder} = changes;
    const data = {
      train: await this.emulatorData(method, "train", autoencoder),
      valid: await this.emulatorData(method, "valid", autoencoder),
    };
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
   * Train (or load) all emulators of the comparison, or the given ones.
   *
   * @throws RangeError for an empty list, a method that cannot be, or one that is there twice.
   * @example const emulators = await lab.emulators();
   */
  async emulators(
    methods: readonly MethodChoice[] = this.methods,
  ): Promise<(Trained<KarrasDenoiser | Solver> & {method: EmulatorSpec; label: string})[]> {
    const chosen = chooseMethods(this.config, methods);
    await this.trainAutoencoders(autoencodersOf(chosen));
    for (const {spec, changes} of chosen) {
      for (const split of ["train", "valid"] as const) await this.emulatorData(spec, split, changes.autoencoder);
    }
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
  async rollout(method: EmulatorSpec, changes: EmulatorChanges = {}): Promise<Rollout> {
    const emulator = await this.emulator(method, changes);
    const test = await this.emulatorData(method, "test", changes.autoencoder);
    const config = {...this.config, rollout: {...this.config.rollout, ...changes.rollout}};
    const autoencoder = await this.decoder(method, changes.autoencoder);
    return this.once(`rollout ${emulatorName(method)} ${JSON.stringify(changes)}`, async () => ({
      ...(await obtainRollout(config, this.artifacts, method, emulator, test)),
      autoencoder,
    }));
  }

  /**
   * Roll out all emulators of the comparison, or the given ones.
   *
   * @throws RangeError for an empty list, a method that cannot be, or one that is there twice.
   * @example const rollouts = await lab.rollouts();
   */
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
   * @throws RangeError for an empty list, a method that cannot be, one that is there twice, or a label that is taken.
   * @example
   * const diffusion = {kind: "diffusion", latentChannels: 16} as const;
   * const shallow = {...diffusion, changes: {network: {hidBlocks: 1}}, label: "one block"};
   * const results = (await lab.evaluation({methods: [diffusion, shallow]})).results();
   */
  async evaluation({methods = this.methods}: {methods?: readonly MethodChoice[]} = {}): Promise<Evaluation> {
    const autoencoders = await this.trainAutoencoders(autoencodersOf(chooseMethods(this.config, methods)));
    const contestants = {autoencoders, rollouts: await this.rollouts(methods)};
    const dataset = await this.dataset();
    return this.once(`evaluation ${JSON.stringify(methods)}`, () =>
      evaluate(this.config, dataset, this.artifacts, contestants, this.name),
    );
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
      times.push(timeEmulator(this.config, {method, model, data, autoencoder: await this.decoder(method)}));
    }
    return times;
  }

  /** Train (or load) autoencoders side by side. */
  private async trainAutoencoders(
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
  private async decoder(method: EmulatorSpec, changes?: AutoencoderChanges): Promise<Autoencoder | undefined> {
    return method.latentChannels === null ? undefined : (await this.autoencoder(method.latentChannels, changes)).model;
  }

  /** Get the training data of an emulator: cached latents, or standardised states. */
  private async emulatorData(
    {latentChannels}: EmulatorSpec,
    split: Split,
    changes?: AutoencoderChanges,
  ): Promise<EmulatorData> {
    const dataset = await this.dataset();
    if (latentChannels === null) return pixelData(dataset, split);
    return latentData(dataset, await this.latents(latentChannels, split, changes));
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
