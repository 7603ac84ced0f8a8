/** The dataset of Kolmogorov flow: the trajectories to simulate, and the files that they go to. */
import {frameTimes} from "../result";
import {cellCentres, ConfigCheck, distribute, type CommonDataConfig, type FilePlan} from "../plan";
import {SPLITS, type Split} from "@lola-ts/core";
import {DRAG} from "./solver";
import {kolmogorovSpec} from "./spec";
import {MIN_POINTS, SPIN_UP, type KolmogorovDiagnostics, type KolmogorovRequest} from "./trajectory";

/** Configuration of a dataset. */
export interface KolmogorovDataConfig extends CommonDataConfig {
  readonly system: "kolmogorov";
  /** Reynolds numbers, one file each. */
  readonly reynolds: readonly number[];
  /** Output cells along $x$ and $y$; one number for both. */
  readonly grid: number | readonly [number, number];
  /** Simulation points per output cell and axis. */
  readonly oversampling: number;
  /** Drag $\mu$. Default: {@link DRAG}. */
  readonly drag?: number;
  /** Time between the random initial vorticity and the first frame. Default: {@link SPIN_UP}. */
  readonly spinUp?: number;
}

/** Name the file of a Reynolds number, e.g. `kolmogorov_flow_Reynolds_100.hdf5`. */
export function kolmogorovFileName(folder: string, reynolds: number): string {
  return `${folder}_Reynolds_${reynolds}.hdf5`;
}

/** Output cells along each axis. */
function gridOf({grid}: KolmogorovDataConfig): readonly [number, number] {
  return typeof grid === "number" ? [grid, grid] : grid;
}

function checkConfig(config: KolmogorovDataConfig): void {
  const {reynolds, oversampling, drag = DRAG, spinUp = SPIN_UP} = config;
  const grid = gridOf(config);
  const check = new ConfigCheck("planKolmogorov");
  check.distinct("reynolds", reynolds, "distinct and positive", (value) => value > 0);
  check.require(grid.length === 2, "grid", "two whole numbers above 3", grid);
  check.whole("grid", grid, 4);
  check.whole("oversampling", [oversampling], 1);
  const points = grid.map((cells) => cells * oversampling);
  const enough = points.every((count) => count >= MIN_POINTS);
  check.require(enough, "grid times oversampling", `${MIN_POINTS} or more`, points);
  check.require(drag >= 0, "drag", "0 or more", drag);
  check.require(spinUp >= 0, "spinUp", "0 or more", spinUp);
  check.common(config);
}

/** Lay out one file. */
function filePlan(
  config: KolmogorovDataConfig,
  reynolds: number,
  split: Split,
  count: number,
): FilePlan<KolmogorovRequest> {
  const {oversampling, drag = DRAG, spinUp = SPIN_UP, frames, endTime, seed} = config;
  const grid = gridOf(config);
  const [dataset] = kolmogorovSpec.folders;
  const name = kolmogorovFileName(dataset, reynolds);
  return {
    system: kolmogorovSpec.name,
    dataset,
    split,
    name,
    scalars: {Reynolds: reynolds},
    times: Float32Array.from(frameTimes(config)),
    axes: ["x", "y"].map((axis, i) => ({
      name: axis,
      coordinates: cellCentres(grid[i]).map((centre) => 2 * Math.PI * centre),
      boundary: "periodic",
    })),
    requests: Array.from({length: count}, (_, index) => ({
      system: kolmogorovSpec.name,
      seed: [dataset, name, split, index, seed],
      reynolds,
      drag,
      grid,
      oversampling,
      spinUp,
      frames,
      endTime,
    })),
  };
}

/**
 * Lay out the files of a dataset: one per split and Reynolds number.
 *
 * @throws RangeError if the configuration makes no sense.
 */
export function planKolmogorov(config: KolmogorovDataConfig): FilePlan<KolmogorovRequest>[] {
  checkConfig(config);
  const {reynolds, trajectories} = config;
  return SPLITS.flatMap((split) => {
    const counts = distribute(trajectories[split], reynolds.length);
    return reynolds.map((value, i) => filePlan(config, value, split, counts[i]));
  });
}

/** Numbers about all trajectories of a dataset, see {@link KolmogorovDiagnostics}. */
export interface KolmogorovSummary {
  /** Share of trajectories that their grid does not resolve. */
  readonly unresolvedShare: number;
  /** Largest share of the enstrophy in the last third of the modes. */
  readonly tail: number;
  /** Largest relative residual of the budget of energy. */
  readonly budget: number;
  /** Largest relative divergence. */
  readonly divergence: number;
  /** Change of the mean energy from the first to the second half of the frames, relative to it: noise if stationary. */
  readonly energyDrift: number;
  /** Mean slope of the energy spectrum. */
  readonly slope: number;
}

/** Summarise the diagnostics of a dataset's trajectories. */
export function summariseKolmogorov(all: readonly KolmogorovDiagnostics[]): Record<keyof KolmogorovSummary, number> {
  const largest = (key: "tail" | "budget" | "divergence") => Math.max(0, ...all.map((one) => one[key]));
  const [first, second] = [0, 1].map((half) => all.reduce((sum, {energy}) => sum + energy[half], 0));
  return {
    unresolvedShare: all.filter(({resolved}) => !resolved).length / Math.max(1, all.length),
    tail: largest("tail"),
    budget: largest("budget"),
    divergence: largest("divergence"),
    energyDrift: first > 0 ? Math.abs(second / first - 1) : 0,
    slope: all.reduce((sum, {slope}) => sum + slope, 0) / Math.max(1, all.length),
  };
}
