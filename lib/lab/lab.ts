/**
 * The laboratory: what a notebook's cell calls.
 *
 * Each method is a stage of the paper. It returns what the stage makes, from the artefact store if it is there; nothing is
 * computed twice, whichever notebook asks first.
 */
import type {TableRow} from "../core/table";
import type {Autoencoder} from "../models/autoencoder";
import {MemorySource} from "../data/source";
import {systemOf, type System} from "../systems/registry";
import type {KarrasDenoiser} from "../diffusion/denoiser";
import type {InferenceTime} from "../evaluate/paper-tables";
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
import {dataInWords, gridInWords} from "./notebook/captions";
import type {Config} from "./config";
import {preset} from "./presets/presets";
import {obtainRollout, type Rollout} from "./stages/rollouts";
import {timeEmulator, timeSimulator} from "./stages/timing";
import {Trainer, type Job} from "./workers/trainer";
import type {Trained} from "./stages/training";
import {isUsingGpu} from "../tensor/backend";

export interface LabOptions {
  /** By default the environment variable LOLA_SYSTEM, or "euler". */
  system?: string;
  /** By default the environment variable LOLA_PRESET, or "tour". */
  preset?: string;
  /** Change the preset: a "what if". Whatever depends on the change is computed anew. */
  change?: (config: Config) => Config;
}

/**
 * Open the laboratory.
 *
 * @throws Error naming the known systems or presets.
 */
export function openLab(options: LabOptions = {}): Lab {
  const {LOLA_SYSTEM = "euler", LOLA_PRESET = "tour"} = process.env;
  const config = preset(options.system ?? LOLA_SYSTEM, options.preset ?? LOLA_PRESET);
  const changed = options.change ? options.change(config) : config;
  // A GPU belongs to one process: there, trainings run in this one, one after the other.
  return new Lab(changed, new Artifacts(), isUsingGpu() ? undefined : new Trainer(changed.threads));
}

/** An experiment: its configuration and everything made from it. */
export class Lab {
  private readonly made = new Map<string, Promise<unknown>>();

  constructor(
    readonly config: Config,
    readonly artifacts: Artifacts,
    /** Trains in other processes, side by side; without one, trainings run in this process. */
    private readonly trainer?: Trainer,
  ) {}

  /** Facts of the system: fields, label, names. */
  get system(): System {
    return systemOf(this.config.system);
  }

  /** Every emulator of the comparison: diffusion and solver at each compression rate, and the pixel solver. */
  get methods(): EmulatorSpec[] {
    const latent = (["diffusion", "solver"] as const).flatMap((kind) =>
      this.config.latentChannels.map((latentChannels) => ({kind, latentChannels})),
    );
    return this.config.pixel ? [...latent, {kind: "solver", latentChannels: null}] : latent;
  }

  /** One line for captions: which numbers these are. */
  get caption(): string {
    const {system, preset, seed, data} = this.config;
    const own = `${system}, preset ${preset}, seed ${seed}`;
    if ("source" in data) return `${own}, The Well's data`;
    const {train, test} = data.trajectories;
    return `${own}, ${gridInWords(data)} states, ${train} training and ${test} test trajectories`;
  }

  /** The main knobs as a table. */
  describe(): TableRow[] {
    const {system, data, stride, autoencoder, latent, pixel, rollout, latentChannels, window} = this.config;
    return [
      {
        part: "data",
        setting:
          "source" in data
            ? `The Well's files of ${system}, every ${stride === 1 ? "state" : `${stride}th state`}`
            : `${dataInWords(data)}, ${gridInWords(data)} cells, ${data.frames} frames to t = ${data.endTime}`,
      },
      {
        part: "autoencoder",
        setting: `channels ${autoencoder.model.hidChannels.join(", ")}; latent channels ${latentChannels.join(", ")}`,
      },
      {
        part: "training",
        setting: `${autoencoder.training.optimiser}, ${Object.values(autoencoder.steps).join(", ")} steps`,
      },
      {
        part: "latent emulators",
        setting: `width ${latent.hidChannels}, ${latent.hidBlocks} blocks, ${latent.training.steps} steps`,
      },
      {
        part: "pixel solver",
        setting: pixel ? `width ${pixel.hidChannels}, patch ${pixel.patchSize}, ${pixel.training.steps} steps` : "none",
      },
      {
        part: "rollouts",
        setting: `${window - 1} states a call, ${rollout.members} members, ${rollout.steps} sampler steps`,
      },
    ];
  }

  /** Stage 1: simulate (or open) the data. */
  dataset(): Promise<Dataset> {
    return this.once("dataset", () => Dataset.obtain(this.config, this.artifacts));
  }

  /** Stage 2: train (or load) the autoencoder with so many latent channels. */
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

  /** All autoencoders, from the lowest to the highest compression rate. */
  async autoencoders(): Promise<Trained<Autoencoder>[]> {
    await this.dataset();
    const longestFirst = [...this.config.latentChannels].reverse();
    const all = await this.together(longestFirst, (channels) => this.autoencoder(channels));
    return all.reverse();
  }

  /** Stage 3: encode (or load) a split. */
  async latents(latentChannels: number, split: Split): Promise<Latents> {
    const [dataset, autoencoder] = [await this.dataset(), await this.autoencoder(latentChannels)];
    return this.once(`latents ${latentChannels} ${split}`, () =>
      obtainLatents(this.config, dataset, this.artifacts, autoencoder, split),
    );
  }

  /** Stage 4: train (or load) an emulator. */
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

  /** All emulators of the comparison. */
  async emulators(): Promise<(Trained<KarrasDenoiser | Solver> & {method: EmulatorSpec})[]> {
    await this.autoencoders();
    for (const method of this.methods) {
      for (const split of ["train", "valid"] as const) await this.emulatorData(method, split);
    }
    return this.together(this.methods, async (method) => ({...(await this.emulator(method)), method}));
  }

  /** Stage 5: roll an emulator out on the test trajectories. */
  async rollout(method: EmulatorSpec): Promise<Rollout> {
    const [emulator, test] = [await this.emulator(method), await this.emulatorData(method, "test")];
    return this.once(`rollout ${emulatorName(method)}`, () =>
      obtainRollout(this.config, this.artifacts, method, emulator, test),
    );
  }

  /** All rollouts of the comparison. */
  async rollouts(): Promise<Rollout[]> {
    const all: Rollout[] = [];
    for (const method of this.methods) all.push(await this.rollout(method));
    return all;
  }

  /** Stage 6: score autoencoders, emulators and trivial forecasts. */
  async evaluation(): Promise<Evaluation> {
    const contestants = {autoencoders: await this.autoencoders(), rollouts: await this.rollouts()};
    const dataset = await this.dataset();
    return this.once("evaluation", () => evaluate(this.config, dataset, this.artifacts, contestants));
  }

  /** Inference time per state of the simulator (if the data were simulated here) and of every emulator. */
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

  /** What an emulator learns from: cached latents, or standardised states. */
  private async emulatorData({latentChannels}: EmulatorSpec, split: Split): Promise<EmulatorData> {
    if (latentChannels !== null) {
      const latents = await this.latents(latentChannels, split);
      return {...latents, states: new MemorySource(latents.states)};
    }
    const dataset = await this.dataset();
    return {
      get states() {
        return dataset.source(split);
      },
      labels: dataset.labels(split),
      key: `${dataset.key} ${split}`,
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

  /** How to make a training's artefact in another process. */
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
