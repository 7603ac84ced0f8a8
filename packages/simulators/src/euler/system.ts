import type {Check, System} from "../system";
import {eulerCurve, eulerReferences} from "./reference";
import {EULER_GASES, eulerSpec, EULER_FOLDERS} from "./spec";
import {
  restartEuler,
  expectedEulerCost,
  simulateEulerTrajectory,
  type EulerDiagnostics,
  type EulerRequest,
} from "./trajectory";
import type {Boundary} from "../gas";
import {count, either, list, number, oneOf, optional, type RulesOf} from "@lola-ts/core";
import {cellCentres, checkPlan, commonRules, layOut, pairOf, type CommonDataConfig, type FilePlan} from "../plan";
import type {Lines} from "./initial";

/** Configuration of a dataset; each boundary gets the number of trajectories of a split. */
export interface EulerDataConfig extends CommonDataConfig {
  /** Name of the system. Default: "euler". */
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

const eulerRules: RulesOf<EulerDataConfig> = {
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

const checks: readonly Check[] = [
  {
    key: "drift",
    check: "largest drift of mass, momentum, energy",
    max: 1e-12,
    expected: "rounding, below 1e-12",
  },
  {key: "floors", check: "repairs of a negative density or pressure", max: 0, expected: "0"},
];

/** The Euler equations of an ideal gas in two dimensions, from random quadrants. */
export const euler: System<"euler", EulerDataConfig, EulerRequest, EulerDiagnostics> = {
  ...eulerSpec,
  rules: eulerRules,
  plan: planEuler,
  fileNames: (folder) => EULER_GASES.map(({gamma}) => eulerFileName(folder, gamma)),
  version: 1,
  simulate: simulateEulerTrajectory,
  restart: restartEuler,
  coarser: [1 / 2, 1 / 4, 1 / 8],
  cost: expectedEulerCost,
  summarise: summariseEuler,
  checks,
  references: eulerReferences,
  referenceCurve: eulerCurve,
  describe: ({boundaries}) => `${boundaries.join(" and ")} Euler`,
};
