/**
 * Stage 1: the dataset. Simulated when it is first needed, then opened as any dataset of The Well; or The Well's own files.
 */
import {statSync} from "node:fs";
import {readFile, writeFile} from "node:fs/promises";
import {totalmem} from "node:os";
import path from "node:path";
import type {NdArray} from "ndarray";
import {sizeOf} from "../../core/shape";
import type {TableRow} from "../../core/table";
import type {RandomAugmentationOptions} from "../../data/augment";
import {fitStandardization} from "../../data/fit";
import {keepTrajectories} from "../../systems/trajectory-cache";
import {writeSimulated} from "../../well/export-simulated";
import {MemorySource, type Source} from "../../data/source";
import {standardize, type Standardization} from "../../data/standardize";
import {systemOf, type System} from "../../systems/registry";
import {findWell, openWell, type WellDataset} from "../../well/well-dataset";
import {WellSource} from "../../data/well-source";
import {summariseWell} from "../../data/well-statistics";
import type {AugmentOptions} from "../../data/batches";
import {shown, wellFolder} from "../../core/paths";
import {
  datasetNames,
  planFiles,
  simulateDataset,
  SPLITS,
  type SimulationConfig,
  type SimulationSummary,
  type Split,
} from "../../systems/simulate";
import type {Artifacts, Recipe} from "../store/artifacts";
import {checkPhysics, type Checks} from "../../systems/checks";
import {interruptible} from "../workers/interrupt";
import type {Config} from "../config";
import {track} from "../notebook/progress";

/** A dataset's splits, its standardisation, and what its simulation cost. */
export class Dataset {
  private readonly standardised = new Map<Split, NdArray<Float32Array>>();

  private constructor(
    readonly key: string,
    readonly system: System,
    readonly wells: Readonly<Record<Split, WellDataset>>,
    /** Constants fitted on the training split; those of the official configurations for The Well's own files. */
    readonly standardization: Standardization,
    private readonly origin: {
      readonly summary?: SimulationSummary;
      readonly stride?: number;
    } & Pick<Config, "mirrors" | "memory">,
  ) {}

  /** What the simulation cost. @throws Error for data that were not simulated here. */
  get summary(): SimulationSummary {
    const {summary} = this.origin;
    if (!summary) throw new Error("dataset: expected simulated data, The Well's own files have no summary.");
    return summary;
  }

  /** What the equations demand of simulated data, and what was found; of The Well's own files nothing is known. */
  checks(): Checks {
    const {summary} = this.origin;
    return checkPhysics(this.system.name, summary);
  }

  /** Open the dataset of a configuration; simulate it first if it is not there. */
  static async obtain(config: Config, artifacts: Artifacts): Promise<Dataset> {
    const {data} = config;
    return "source" in data ? Dataset.open(config, artifacts) : Dataset.simulate(config, data, artifacts);
  }

  /** Open The Well's own files. @throws Error naming the folders that are missing. */
  private static async open(config: Config, artifacts: Artifacts): Promise<Dataset> {
    const {system, preset, mirrors, memory} = config;
    const [facts, root] = [systemOf(system), wellFolder()];
    requireFolders(facts, preset, root);
    const open = (split: Split) => openWell(root, {datasets: [...facts.folders], split, system: facts});
    const [train, valid, test] = await Promise.all(SPLITS.map(open));
    const stride = storedStride(config.stride, train);
    const paths = new Set([train, valid, test].flatMap(({trajectories}) => trajectories.map((one) => one.path)));
    const files = [...paths].map((file) => [path.relative(root, file), statSync(file).size]);
    const key = artifacts.key({stage: "dataset", name: system, config: {files, stride}});
    return new Dataset(keyOf(key, mirrors), facts, {train, valid, test}, facts.standardization, {
      stride,
      mirrors,
      memory,
    });
  }

  private static async simulate(
    {system, preset, mirrors, memory}: Config,
    data: SimulationConfig,
    artifacts: Artifacts,
  ): Promise<Dataset> {
    const facts = systemOf(system);
    const recipe: Recipe = {stage: "dataset", name: `${system}-${preset}`, config: data};
    const {path: folder, key} = await artifacts.obtain(recipe, async (temporary) => {
      const summary = await simulateInto(temporary, data, artifacts.partial(recipe));
      for (const name of datasetNames(data)) await summariseWell(temporary, name);
      await writeFile(path.join(temporary, "summary.json"), JSON.stringify(summary));
    });

    const open = (split: Split) => openWell(folder, {datasets: datasetNames(data), split, system: facts});
    const [train, valid, test] = await Promise.all(SPLITS.map(open));
    const fit = {transform: facts.standardization.transform, fields: facts.fields};
    const constants = await artifacts.obtainJson(
      {stage: "dataset", name: `${system}-${preset}-standardization`, config: fit, inputs: [key]},
      () => interruptible((signal) => fitStandardization(new WellSource(train), {...fit, signal})),
    );
    const summary = JSON.parse(await readFile(path.join(folder, "summary.json"), "utf8")) as SimulationSummary;
    return new Dataset(keyOf(key, mirrors), facts, {train, valid, test}, constants, {summary, mirrors, memory});
  }

  /** Symmetries under which training sees a trajectory: what augmentations draw from. */
  symmetries(split: Split, trajectory: number): RandomAugmentationOptions {
    const {augment, mirrors} = this.system;
    const {grid, gridType, trajectories} = this.wells[split];
    const flip = augment.flip && (this.origin.mirrors === "all" || mirrors);
    return {...augment, flip, grid, gridType, boundary: trajectories[trajectory].boundary};
  }

  /** The same for {@link Batches}. */
  augmentation(split: Split): AugmentOptions {
    const {flip, permute, roll} = this.symmetries(split, 0);
    const {fields, gridType, trajectories} = this.wells[split];
    return {flip, permute, roll, fields, gridType, boundaries: trajectories.map(({boundary}) => boundary)};
  }

  /** One trajectory in physical units, [T, X, Y(, Z), C]. */
  read(split: Split, trajectory: number): NdArray<Float32Array> {
    return this.wells[split].read(trajectory, {stride: this.origin.stride});
  }

  /** Shape of all states of a split, [N, T, X, Y(, Z), C], without reading them. */
  shape(split: Split): number[] {
    const {trajectories, grid, channels} = this.wells[split];
    const {stride = 1} = this.origin;
    return [trajectories.length, Math.ceil(trajectories[0].frames / stride), ...grid, channels.length];
  }

  /** Trajectories of a split, standardised: out of memory if they fit into the configuration's `memory`, else from the disk. */
  source(split: Split): Source {
    const {stride, memory = totalmem() / 4} = this.origin;
    if (this.bytes(split) <= memory) return new MemorySource(this.states(split));
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
    const [found, room] = [this.bytes(split), totalmem()].map((size) => `${Math.ceil(size / 2 ** 30)} GiB`);
    if (this.bytes(split) > totalmem()) {
      throw new Error(
        `dataset: expected states of the ${split} split that fit into ${room} of memory, found ${found}.`,
      );
    }
    const {stride} = this.origin;
    const states = standardize(this.wells[split].readAll({stride}), this.standardization);
    this.standardised.set(split, states);
    return states;
  }

  /** Memory that all states of a split would take. */
  private bytes(split: Split): number {
    return 4 * sizeOf(this.shape(split));
  }

  /** Labels of a split's trajectories: scalars and boundary codes. */
  labels(split: Split): Float32Array[] {
    const well = this.wells[split];
    return well.trajectories.map((_, i) => well.label(i));
  }

  /** What the dataset holds, as a table. */
  describe(): TableRow[] {
    return SPLITS.map((split) => {
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

/** Stored states from one to the next, of files that may have left some out. @throws Error if these would be needed. */
function storedStride(stride: number, {files: [{path: file, metadata}]}: WellDataset): number {
  const {frameStride} = metadata;
  if (stride % frameStride === 0) return stride / frameStride;
  throw new Error(
    `${file}: expected a frame_stride that divides the stride of ${stride} between states, found ${frameStride}.`,
  );
}

/** Key of what is learned from: data and, where it is not the default, how they are mirrored. */
const keyOf = (key: string, mirrors: Config["mirrors"]) => (mirrors === "all" ? `${key} mirrors all` : key);

/** Simulate into a folder, going on from the trajectories that an earlier, stopped attempt kept. */
function simulateInto(folder: string, data: SimulationConfig, partial: string): Promise<SimulationSummary> {
  const total = planFiles(data).reduce((sum, {requests}) => sum + requests.length, 0);
  return track("simulating", total, (progress) =>
    interruptible((signal) =>
      simulateDataset(data, async (file) => void (await writeSimulated(folder, file)), {
        progress: ({done}) => progress.update(done),
        store: keepTrajectories(partial),
        signal,
      }),
    ),
  );
}

/** @throws Error naming the folders of a system in The Well that are not there. */
function requireFolders({folders}: System, preset: string, root: string): void {
  const missing = folders.flatMap((dataset) =>
    SPLITS.filter((split) => !isThere(root, dataset, split)).map((split) => path.join(dataset, "data", split)),
  );
  if (missing.length === 0) return;
  throw new Error(
    `${shown(root)}: preset ${preset} reads The Well's own files, expected the folders ${missing.join(", ")} with files ` +
      "*.hdf5 or *.h5, found none; the environment variable LOLA_WELL names another place.",
  );
}

function isThere(root: string, dataset: string, split: Split): boolean {
  try {
    return findWell(root, {datasets: [dataset], split}).length > 0;
  } catch {
    return false;
  }
}
