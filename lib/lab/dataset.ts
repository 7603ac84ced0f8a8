/**
 * Stage 1: the dataset. Simulated when it is first needed, then opened as any dataset of The Well.
 */
import {readFile, writeFile} from "node:fs/promises";
import path from "node:path";
import type {NdArray} from "ndarray";
import {writeSimulated} from "../data/simulated";
import {fitStandardization, standardize, type Standardization} from "../data/standardize";
import {systemOf, type System} from "../data/systems";
import {openWell, type WellDataset} from "../data/well";
import type {TableRow} from "../evaluate/tables";
import {eulerDatasetName, simulateEuler, type EulerSummary, type Split} from "../simulate/dataset";
import type {Artifacts, Recipe} from "./artifacts";
import {interruptible} from "./interrupt";
import type {Config} from "./presets";
import {track} from "./progress";

const SPLITS = ["train", "valid", "test"] as const;

/** A dataset's splits, its standardisation, and what its simulation cost. */
export class Dataset {
  private readonly standardised = new Map<Split, NdArray<Float32Array>>();

  private constructor(
    readonly key: string,
    readonly system: System,
    readonly wells: Readonly<Record<Split, WellDataset>>,
    /** Constants fitted on the training split. */
    readonly standardization: Standardization,
    readonly summary: EulerSummary,
  ) {}

  /** Open the dataset of a configuration; simulate it first if it is not there. */
  static async obtain({system, preset, data}: Config, artifacts: Artifacts): Promise<Dataset> {
    const facts = systemOf(system);
    const recipe: Recipe = {stage: "dataset", name: `${system}-${preset}`, config: data};
    const {path: folder, key} = await artifacts.obtain(recipe, async (temporary) => {
      const total = data.boundaries.length * SPLITS.reduce((sum, split) => sum + data.trajectories[split], 0);
      const summary = await track("simulating", total, (progress) =>
        interruptible((signal) =>
          simulateEuler(data, async (file) => void (await writeSimulated(temporary, file)), {
            progress: ({done}) => progress.update(done),
            signal,
          }),
        ),
      );
      await writeFile(path.join(temporary, "summary.json"), JSON.stringify(summary));
    });

    const datasets = data.boundaries.map(eulerDatasetName);
    const open = (split: Split) => openWell(folder, {datasets, split, system: facts});
    const [train, valid, test] = await Promise.all(SPLITS.map(open));
    const constants = fitStandardization(train, {transform: facts.standardization.transform, fields: facts.fields});
    const summary = JSON.parse(await readFile(path.join(folder, "summary.json"), "utf8")) as EulerSummary;
    return new Dataset(key, facts, {train, valid, test}, constants, summary);
  }

  /** All states of a split, standardised: [N, T, X, Y, C]. Kept in memory. */
  states(split: Split): NdArray<Float32Array> {
    const known = this.standardised.get(split);
    if (known) return known;
    const states = standardize(this.wells[split].readAll(), this.standardization);
    this.standardised.set(split, states);
    return states;
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
        "values, 10⁶": (trajectories.length * frames * grid.reduce((a, b) => a * b, 1) * channels.length) / 1e6,
      };
    });
  }
}
