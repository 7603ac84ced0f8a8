/** The Euler dataset: the trajectories to simulate, and the files of The Well that they go to. */
import type {Boundary} from "../gas/ghosts";
import {cellCentres, ConfigCheck, distribute, type CommonDataConfig, type FilePlan} from "../plan";
import {SPLITS, type Split} from "@lola-ts/core";
import {frameTimes} from "../result";
import type {Lines} from "./initial";
import {EULER_FOLDERS, EULER_GASES, eulerSpec} from "./spec";
import type {EulerDiagnostics, EulerRequest} from "./trajectory";

/** Configuration of a dataset; each boundary gets the number of trajectories of a split. */
export interface EulerDataConfig extends CommonDataConfig {
  readonly system?: "euler";
  /** Boundaries, one folder of files each. */
  readonly boundaries: readonly Boundary[];
  /** Ratios of heat capacities. Default: The Well's ten. */
  readonly gammas?: readonly number[];
  /** Output cells along $x$ and $y$; one number for both. */
  readonly grid: number | readonly [number, number];
  /** Simulation cells per output cell and axis. */
  readonly oversampling: number;
  /** Number of lines along which initial states jump: as in The Well, or fewer, for small grids. */
  readonly lines: Lines;
}

/** Output cells along each axis. */
function gridOf({grid}: EulerDataConfig): readonly [number, number] {
  return typeof grid === "number" ? [grid, grid] : grid;
}

/** Name the file of a ratio of heat capacities, e.g. `euler_multi_quadrants_openBC_gamma_1.4_Dry_air_20.hdf5`. */
export function eulerFileName(folder: string, gamma: number): string {
  const gas = EULER_GASES.find((entry) => entry.gamma === gamma)?.gas;
  return `${folder}_gamma_${gamma}${gas === undefined ? "" : `_${gas}`}.hdf5`;
}

function checkConfig(config: EulerDataConfig, gammas: readonly number[]): void {
  const {boundaries, oversampling, lines} = config;
  const grid = gridOf(config);
  const check = new ConfigCheck("planEuler");
  const known = (boundary: Boundary) => boundary === "open" || boundary === "periodic";
  check.distinct("boundaries", boundaries, 'a list of "open" and "periodic" without repetition', known);
  check.distinct("gammas", gammas, "distinct and above 1", (gamma) => gamma > 1);
  check.require(grid.length === 2, "grid", "two positive whole numbers", grid);
  check.whole("grid", grid, 1);
  check.whole("oversampling", [oversampling], 1);
  check.require(lines === "well" || lines === "few", "lines", '"well" or "few"', lines);
  check.common(config);
}

/** Lay out one file. */
function filePlan(
  config: EulerDataConfig,
  boundary: Boundary,
  gamma: number,
  split: Split,
  count: number,
): FilePlan<EulerRequest> {
  const {oversampling, frames, endTime, lines, seed} = config;
  const grid = gridOf(config);
  const dataset = EULER_FOLDERS[boundary];
  const name = eulerFileName(dataset, gamma);
  return {
    system: eulerSpec.name,
    dataset,
    split,
    name,
    scalars: {gamma},
    times: Float32Array.from(frameTimes(config)),
    axes: eulerSpec.axes.map((axis, i) => ({name: axis, coordinates: cellCentres(grid[i]), boundary})),
    requests: Array.from({length: count}, (_, index) => ({
      system: eulerSpec.name,
      gamma,
      boundary,
      lines,
      grid,
      oversampling,
      frames,
      endTime,
      seed: [dataset, name, split, index, seed],
    })),
  };
}

/**
 * Lay out the files of a dataset: one per split, boundary and gamma.
 *
 * @throws RangeError if the configuration makes no sense.
 */
export function planEuler(config: EulerDataConfig): FilePlan<EulerRequest>[] {
  const gammas = config.gammas ?? EULER_GASES.map(({gamma}) => gamma);
  checkConfig(config, gammas);
  return SPLITS.flatMap((split) => {
    const counts = distribute(config.trajectories[split], gammas.length);
    return config.boundaries.flatMap((boundary) =>
      gammas.map((gamma, g) => filePlan(config, boundary, gamma, split, counts[g])),
    );
  });
}

/** Sum up the repairs of all trajectories, and find the largest drift of a conserved total, if any box is closed. */
export function summariseEuler(all: readonly EulerDiagnostics[]): Record<string, number> {
  const sum = (key: "floors" | "fallbacks") => all.reduce((total, diagnostics) => total + diagnostics[key], 0);
  const drifts = all.flatMap((diagnostics) => Object.values(diagnostics.drift ?? {}));
  return {floors: sum("floors"), fallbacks: sum("fallbacks"), ...(drifts.length > 0 && {drift: Math.max(...drifts)})};
}
