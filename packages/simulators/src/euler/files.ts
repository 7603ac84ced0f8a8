/** The Euler dataset: the trajectories to simulate, and the files of The Well that they go to. */
import type {Boundary} from "../gas/ghosts";
import {count, either, list, number, oneOf, optional, type RulesOf} from "@lola-ts/core";
import {cellCentres, checkPlan, commonRules, layOut, pairOf, type CommonDataConfig, type FilePlan} from "../plan";
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

export const eulerRules: RulesOf<EulerDataConfig> = {
  ...commonRules,
  system: optional(oneOf(["euler"])),
  boundaries: list(oneOf(["open", "periodic"]), {repeats: false}),
  gammas: optional(list(number({above: 1}), {repeats: false})),
  grid: either(count, list(count, {length: 2})),
  oversampling: count,
  lines: oneOf(["few", "well"]),
};

/** Name the file of a ratio of heat capacities, e.g. `euler_multi_quadrants_openBC_gamma_1.4_Dry_air_20.hdf5`. */
export function eulerFileName(folder: string, gamma: number): string {
  const gas = EULER_GASES.find((entry) => entry.gamma === gamma)?.gas;
  return `${folder}_gamma_${gamma}${gas === undefined ? "" : `_${gas}`}.hdf5`;
}

/**
 * Lay out the files of a dataset: one per split, boundary and gamma.
 *
 * @throws RangeError if the configuration makes no sense.
 */
export function planEuler(config: EulerDataConfig): FilePlan<EulerRequest>[] {
  checkPlan("planEuler", eulerRules, config);
  const {boundaries, gammas = EULER_GASES.map(({gamma}) => gamma), oversampling, lines} = config;
  const grid = pairOf(config.grid);
  const files = boundaries.flatMap((boundary) => {
    const dataset = EULER_FOLDERS[boundary];
    const axes = eulerSpec.axes.map((name, i) => ({name, coordinates: cellCentres(grid[i]), boundary}));
    return gammas.map((gamma) => ({
      dataset,
      name: eulerFileName(dataset, gamma),
      scalars: {gamma},
      axes,
      request: () => ({gamma, boundary, lines, grid, oversampling}),
    }));
  });
  return layOut<EulerRequest>(eulerSpec.name, config, files);
}

/** Sum up the repairs of all trajectories, and find the largest drift of a conserved total, if any box is closed. */
export function summariseEuler(all: readonly EulerDiagnostics[]): Record<string, number> {
  const sum = (key: "floors" | "fallbacks") => all.reduce((total, diagnostics) => total + diagnostics[key], 0);
  const drifts = all.flatMap((diagnostics) => Object.values(diagnostics.drift ?? {}));
  return {floors: sum("floors"), fallbacks: sum("fallbacks"), ...(drifts.length > 0 && {drift: Math.max(...drifts)})};
}
