/** Stage 1: the dataset. Simulated when it is first needed, then opened as any dataset of The Well; or The Well's own files. */
import {readFile, writeFile} from "node:fs/promises";
import path from "node:path";
import {inspect} from "node:util";
import type {NdArray} from "ndarray";
import {
  fromJsonText,
  LabError,
  machineMemory,
  shapeInWords,
  sizeOf,
  toJsonText,
  type TableRow,
  Rng,
  wellFolder,
  SPLITS,
  type Split,
} from "@lola-ts/core";
import {
  type RandomAugmentationOptions,
  evaluationWindow,
  type AugmentOptions,
  type EvaluationWindow,
  fitStandardization,
  MemorySource,
  type TrajectorySource,
  type StateWindow,
  standardization,
  standardize,
  type Standardization,
} from "lola/data";
import {
  label,
  systemOf,
  type System,
  datasetNames,
  type SimulationConfig,
  type SimulationSummary,
  checkPhysics,
  type Checks,
} from "@lola-ts/simulators";
import {openWell, type WellDataset, WellSource, summariseWell} from "@lola-ts/well";
import {artifactKey, type Artifacts, StepTime, currentWork, interruptible} from "@lola-ts/cache";
import {DATASET_OPTIONS, type Config, type DatasetConfig} from "../config";
import {RESERVED} from "../presets/presets";
import {
  checkLines,
  identifyFiles,
  requireFolders,
  simulateInto,
  storedStride,
  type FileIdentity,
} from "./dataset-files";

/** Raise it when a standardisation is fitted to other numbers; see packages/laboratory/test/drift.test.ts. */
export const STANDARDIZATION_VERSION = 1;

/** A dataset of a configuration: its splits, standardisation, symmetries and labels. States are in physical units. */
export class Dataset {
  private readonly standardised = new Map<Split, NdArray<Float32Array>>();

  private constructor(
    readonly key: string,
    readonly system: System,
    /**
     * Files of each split, with metadata, parameters and times of trajectories; a split that is not there, see {@link has}, throws.
     */
    readonly wells: Readonly<Record<Split, WellDataset>>,
    /** Constants that states are standardised with: fitted on the training split, or the official ones. */
    readonly standardization: Standardization,
    private readonly config: DatasetConfig,
    private readonly origin: Origin,
    /** Key of the dataset whose constants these states are standardised with, and which models of them are trained on. */
    readonly modelsKey: string,
  ) {}

  /** Cost of the simulation. @throws Error for data that were not simulated here. */
  get summary(): SimulationSummary {
    const {summary} = this.origin;
    if (!summary) throw new Error("dataset: expected simulated data, The Well's own files have no summary.");
    return summary;
  }

  /** Test trajectories that are rolled out and scored: indices in the test split, drawn from the seed, ascending. */
  get testTrajectories(): readonly number[] {
    return drawTestTrajectories(this.config, this.wells.test.length);
  }

  /** States of a test trajectory that are rolled out: start and length, at the configuration's stride; all splits are as long. */
  get testWindow(): EvaluationWindow {
    return testWindow(this.config, this.shape(this.has("test") ? "test" : this.splits[0])[1]);
  }

  /** Splits that are there: all, or those that were asked for where trained models are shipped. */
  get splits(): Split[] {
    return SPLITS.filter((split) => this.has(split));
  }

  has(split: Split): boolean {
    return this.origin.splits.includes(split);
  }

  /** Compare simulated data with what the equations require; The Well's own files have no checks. */
  checks(): Checks {
    return checkPhysics(this.system, this.origin.summary);
  }

  /**
   * Open the dataset of a configuration, or simulate it. @param splits without "train", the constants have to be among the artefacts.
   */
  static async obtain(
    config: DatasetConfig,
    artifacts: Artifacts,
    splits: readonly Split[] = SPLITS,
  ): Promise<Dataset> {
    const {data} = config;
    if (config.standardization === "official") standardization(systemOf(config.system)); // refused before any work
    return "source" in data ? Dataset.open(config, artifacts) : Dataset.simulate(config, data, artifacts, splits);
  }

  /**
   * Simulate the test trajectories of a configuration for models of another one: standardised with the constants of these models,
   * whose own data are needed only where those constants are not among the artefacts.
   *
   * @param config of the trajectories, of simulated data.
   * @param models configuration of the models, of the same system.
   * @param splits to simulate. Default: the test split.
   * @throws LabError `interrupted`.
   */
  static async beside(
    config: DatasetConfig,
    models: DatasetConfig,
    artifacts: Artifacts,
    splits: readonly Split[] = ["test"],
  ): Promise<Dataset> {
    const fitted = artifacts.key(simulationRecipe(models, models.data as SimulationConfig));
    const isOfficial = models.standardization === "official";
    if (!isOfficial && !(await artifacts.has(standardizationRecipe(models, fitted))))
      await Dataset.obtain(models, artifacts);
    return Dataset.simulate(config, config.data as SimulationConfig, artifacts, splits, fitted);
  }

  private static async open(config: DatasetConfig, artifacts: Artifacts): Promise<Dataset> {
    const system = systemOf(config.system);
    const root = wellFolder();
    requireFolders(system, config.preset, root);
    const open = (split: Split) => openWell(root, {datasets: [...system.folders], split, system});
    const [train, valid, test] = await Promise.all(SPLITS.map(open));
    const stride = storedStride(config.stride, train);
    const files: FileIdentity[] = [];
    for (const [i, well] of [train, valid, test].entries()) {
      const name = `${config.system}-${config.preset}-${SPLITS[i]}-samples`;
      files.push(...(await identifyFiles(well, {root, name, artifacts})));
    }
    const key = artifacts.key({stage: "dataset", name: system.name, version: 2, config: {files, stride}});
    noteOpened("opened", [train, valid, test]);
    return Dataset.finish({config, artifacts, key, wells: {train, valid, test}, origin: {stride, splits: SPLITS}});
  }

  /** Simulate the wanted splits. The key identifies the whole dataset: a trajectory does not depend on how many there are. */
  private static async simulate(
    config: DatasetConfig,
    data: SimulationConfig,
    artifacts: Artifacts,
    wanted: readonly Split[],
    fitted?: string,
  ): Promise<Dataset> {
    const system = systemOf(config.system);
    const whole = simulationRecipe(config, data);
    const splits = wanted.length < SPLITS.length && (await artifacts.has(whole)) ? SPLITS : wanted;
    const recipe = simulationRecipe(config, data, splits);
    const {path: folder, fresh} = await artifacts.obtain(recipe, async (temporary) => {
      const {config: simulated} = recipe;
      const time = new StepTime(artifacts.root, `${recipe.name} trajectory`);
      const summary = await simulateInto(temporary, simulated, artifacts.partial(recipe), time);
      // The Well's statistics describe the training split.
      for (const name of splits.includes("train") ? datasetNames(simulated) : []) await summariseWell(temporary, name);
      await writeFile(path.join(temporary, "summary.json"), toJsonText(summary));
    });

    const open = async (split: Split) =>
      [split, await openWell(folder, {datasets: datasetNames(data), split, system})] as const;
    const opened = await Promise.all(splits.map(open));
    const summary = fromJsonText(await readFile(path.join(folder, "summary.json"), "utf8")) as SimulationSummary;
    noteOpened(
      fresh ? "simulated" : "loaded",
      opened.map(([, well]) => well),
    );
    const wells = refusing(new Map(opened));
    return Dataset.finish({config, artifacts, key: artifacts.key(whole), wells, origin: {summary, splits}, fitted});
  }

  /** Standardise the dataset of a key: its files, constants and symmetries together have another one. */
  private static async finish({config, artifacts, key, wells, origin, fitted = key}: Opened): Promise<Dataset> {
    const system = systemOf(config.system);
    const fields = system.fields.map(({name, order}) => ({name, order}));
    const fit = {transform: system.transform, fields, vector: config.vector};
    const constants =
      config.standardization === "official"
        ? standardization(system)
        : await artifacts.obtainJson(standardizationRecipe(config, fitted, origin.stride), () =>
            interruptible((signal) =>
              fitStandardization(new WellSource(wells.train, {stride: origin.stride}), {...fit, signal}),
            ),
          );
    for (const line of checkLines(origin.splits.map((split) => wells[split]))) {
      currentWork()?.note({stage: "dataset", fresh: false, sentence: `dataset: ${line}`, isFinding: true});
    }
    const identity = {constants, symmetries: symmetriesOf(config, system)};
    const [ownKey, modelsKey] = [key, fitted].map((files) => artifactKey(identity, [files]));
    return new Dataset(ownKey, system, wells, constants, config, origin, modelsKey);
  }

  /** Symmetries under which training sees a trajectory: the options that `randomAugmentation` draws from. */
  symmetries(split: Split, trajectory: number): RandomAugmentationOptions {
    const {grid, gridType, trajectories} = this.wells[split];
    return {...symmetriesOf(this.config, this.system), grid, gridType, boundary: trajectories[trajectory].boundary};
  }

  /** Symmetries of all trajectories of a split, for {@link Batches}. */
  augmentation(split: Split): AugmentOptions {
    const {flip, permute, roll} = this.symmetries(split, 0);
    const {fields, gridType, trajectories} = this.wells[split];
    return {flip, permute, roll, fields, gridType, boundaries: trajectories.map(({boundary}) => boundary)};
  }

  /**
   * Read one trajectory, or a window of its states, in physical units.
   *
   * @param trajectory index in the split.
   * @param window first state and number of states, at the configuration's stride. Default: all.
   * @returns [T, X, Y(, Z), C].
   * @throws RangeError if there is no such trajectory or state; WellError if a value is not finite.
   * @example const states = dataset.read("train", 0);
   */
  read(split: Split, trajectory: number, {start = 0, length}: StateWindow = {}): NdArray<Float32Array> {
    const {stride = 1} = this.origin;
    return this.wells[split].read(trajectory, {start: stride * start, length, stride});
  }

  /** Shape of all states of a split, [N, T, X, Y(, Z), C], without reading them. */
  shape(split: Split): number[] {
    const {trajectories, grid, channels} = this.wells[split];
    const {stride = 1} = this.origin;
    return [trajectories.length, Math.ceil(trajectories[0].frames / stride), ...grid, channels.length];
  }

  /**
   * Trajectories of a split, standardised: in memory if they fit into the configuration's `memory`, else from the disk. Those
   * of the test split are read one by one, and stay on the disk.
   */
  source(split: Split): TrajectorySource {
    const {stride} = this.origin;
    const {memory = machineMemory() / 4} = this.config;
    if (split !== "test" && this.bytes(split) <= memory) return new MemorySource(this.states(split));
    return new WellSource(this.wells[split], {stride, standardization: this.standardization});
  }

  /**
   * All states of a split, standardised: [N, T, X, Y(, Z), C]. Kept in memory.
   *
   * @throws Error if they are larger than this machine's memory.
   */
  states(split: Split): NdArray<Float32Array> {
    const known = this.standardised.get(split);
    if (known) return known;
    const gibibytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 30)} GiB`;
    const found = this.bytes(split);
    if (found > machineMemory()) {
      throw new Error(
        `dataset: expected states of the ${split} split that fit into ${gibibytes(machineMemory())} of memory, ` +
          `found ${gibibytes(found)}.`,
      );
    }
    const {stride} = this.origin;
    const states = this.wells[split].readAll({stride}, (one) => standardize(one, this.standardization));
    this.standardised.set(split, states);
    return states;
  }

  private bytes(split: Split): number {
    return 4 * sizeOf(this.shape(split));
  }

  /** Labels of a split's trajectories, one vector each: scalars, then boundary codes; see `label` of the configuration. */
  labels(split: Split): Float32Array[] {
    const {boundary: codes = true, logT0} = this.config.label ?? {};
    return this.wells[split].trajectories.map(({scalars, boundary}) => label(scalars, codes ? boundary : [], {logT0}));
  }

  /** Identify states and labels together: the key of `states` joined with the options of the labels. */
  labelledKey(states: string): string {
    const {boundary = true, logT0 = false} = this.config.label ?? {};
    return artifactKey({boundary, logT0}, [states]);
  }

  [inspect.custom](): string {
    return `Dataset of ${this.system.name}: ${this.splits.map((split) => `${split} ${shapeInWords(this.shape(split))}`).join(", ")}`;
  }

  /** Tabulate the splits: trajectories, frames, grid, channels. */
  describe(): TableRow[] {
    return this.splits.map((split) => {
      const {trajectories, grid, channels} = this.wells[split];
      const frames = trajectories[0].frames;
      return {
        split,
        trajectories: trajectories.length,
        frames,
        grid: grid.join(" × "),
        channels: channels.length,
        "values, 10⁶": (trajectories.length * frames * sizeOf(grid) * channels.length) / 1e6,
      };
    });
  }
}

export function datasetOptions(config: Config): Record<string, unknown> {
  const {trajectories, start, context} = config.rollout;
  const options = DATASET_OPTIONS.map((name) => [name, config[name]] as const);
  return {...Object.fromEntries(options), rollout: {trajectories, start, context}};
}

interface Origin {
  readonly splits: readonly Split[];
  readonly summary?: SimulationSummary;
  /** Stored states from one to the next. */
  readonly stride?: number;
}

interface Opened {
  readonly config: DatasetConfig;
  readonly artifacts: Artifacts;
  readonly key: string;
  readonly wells: Readonly<Record<Split, WellDataset>>;
  readonly origin: Origin;
  /** Identifies the files that the constants are fitted to. Default: its own. */
  readonly fitted?: string;
}

/** Make a record of splits that throws a sentence for one that is not there. */
function refusing(opened: ReadonlyMap<Split, WellDataset>): Record<Split, WellDataset> {
  const wells = {};
  for (const split of SPLITS) {
    const get = () => {
      const well = opened.get(split);
      if (well) return well;
      throw new Error(
        `dataset: expected the ${split} split, found ${[...opened.keys()].join(" and ")}; where trained models are shipped, ` +
          `lab.dataset("${split}") simulates it.`,
      );
    };
    Object.defineProperty(wells, split, {enumerable: true, get});
  }
  return wells as Record<Split, WellDataset>;
}

function noteOpened(verb: "simulated" | "loaded" | "opened", wells: readonly WellDataset[]): void {
  const count = wells.reduce((sum, {trajectories}) => sum + trajectories.length, 0);
  const sentence = `dataset: ${verb}, ${count} ${count === 1 ? "trajectory" : "trajectories"}`;
  currentWork()?.note({stage: "dataset", fresh: verb === "simulated", sentence});
}

function simulationRecipe({system, preset}: DatasetConfig, data: SimulationConfig, splits: readonly Split[] = SPLITS) {
  const isWhole = splits.length === SPLITS.length;
  const counts = SPLITS.map((split) => [split, splits.includes(split) ? data.trajectories[split] : 0]);
  const config = isWhole ? data : {...data, trajectories: Object.fromEntries(counts) as Record<Split, number>};
  const name = [system, preset, ...(isWhole ? [] : splits)].join("-");
  return {stage: "dataset" as const, name, version: systemOf(system).version, config};
}

function standardizationRecipe({system: name, preset, vector}: DatasetConfig, dataset: string, stride?: number) {
  const {transform, fields} = systemOf(name);
  return {
    stage: "dataset" as const,
    name: `${name}-${preset}-standardization`,
    version: STANDARDIZATION_VERSION,
    config: {transform, fields: fields.map(({name, order}) => ({name, order})), vector, stride},
    inputs: [dataset],
  };
}

/** Whether the constants of a configuration's standardisation are shipped, so that it needs no training split. */
export function shipsStandardization(config: DatasetConfig, artifacts: Artifacts): boolean {
  if ("source" in config.data || config.standardization === "official") return false;
  const dataset = artifacts.key(simulationRecipe(config, config.data));
  return artifacts.ships(standardizationRecipe(config, dataset));
}

function symmetriesOf({augment, mirrors}: DatasetConfig, system: System) {
  const {flip, permute, roll} = {...system.augment, ...augment};
  return {flip: flip && (mirrors === "all" || system.mirrors), permute, roll: roll && system.rolls};
}

/**
 * Draw test trajectories at random from the seed, without replacement (paper, section 4): indices in the test split, ascending.
 *
 * @throws LabError `usage` for data that are {@link RESERVED}.
 */
export function drawTestTrajectories(
  {rollout, seed, system, data}: Pick<DatasetConfig, "rollout" | "seed" | "system" | "data">,
  available: number,
) {
  if (!("source" in data) && data.seed === RESERVED.seed && RESERVED.systems.includes(system)) {
    throw new LabError(
      "usage",
      `expected test trajectories that no plan reserves, found data.seed ${data.seed}: data/study/models.json reserves them ` +
        "until its models have been trained.",
    );
  }
  const all = Array.from({length: available}, (_, i) => i);
  const drawn = Rng.from("test trajectories", seed).shuffle(all).slice(0, rollout.trajectories);
  return drawn.sort((a, b) => a - b);
}

/** Choose the states of a test trajectory that are rolled out: the context, whose last state is at lead time 0, and all that follow. */
export function testWindow({rollout, stride}: Pick<DatasetConfig, "rollout" | "stride">, frames: number) {
  const {start = 0, context = 1} = rollout;
  if (start % stride !== 0) {
    throw new RangeError(`rollout: expected a start that is a multiple of the stride ${stride}, found ${start}`);
  }
  return evaluationWindow(frames, {start: start / stride, context});
}
