/** The Euler data set: which trajectories are simulated, and the files of The Well that they go to. */
import type {Boundary} from "./solver";
import type {EulerDiagnostics} from "./trajectory";
import {cellCentres, ConfigCheck, distribute, SPLITS, type CommonDataConfig, type FilePlan, type Split} from "../plan";
import type {Lines} from "./initial";
import {frameTimes} from "../result";

/** The Well's ratios of heat capacities, each with the gas and temperature (in degrees Celsius) it stands for. */
export const EULER_GASES: readonly {readonly gamma: number; readonly gas: string}[] = [
  {gamma: 1.13, gas: "C3H8_16"},
  {gamma: 1.22, gas: "C2H6_15"},
  {gamma: 1.3, gas: "CO2_20"},
  {gamma: 1.33, gas: "H2O_20"},
  {gamma: 1.365, gas: "Dry_air_1000"},
  {gamma: 1.4, gas: "Dry_air_20"},
  {gamma: 1.404, gas: "H2_100_Dry_air_-15"},
  {gamma: 1.453, gas: "H2_-76"},
  {gamma: 1.597, gas: "H2_-181"},
  {gamma: 1.76, gas: "Ar_-180"},
];

/** What to simulate; the trajectories of a split are so many for each boundary. */
export interface EulerDataConfig extends CommonDataConfig {
  /** Need not be said: data without it are Euler's. */
  readonly system?: "euler";
  readonly boundaries: readonly Boundary[];
  /** Ratios of heat capacities; by default The Well's ten. */
  readonly gammas?: readonly number[];
  /** Output cells along $x$ and $y$; one number for both. */
  readonly grid: number | readonly [number, number];
  /** Simulation cells per output cell and axis. */
  readonly oversampling: number;
  readonly lines: Lines;
}

/** Output cells along each axis. */
function gridOf({grid}: EulerDataConfig): readonly [number, number] {
  return typeof grid === "number" ? [grid, grid] : grid;
}

/** Name The Well's data set of a boundary. */
export function eulerDatasetName(boundary: Boundary): string {
  return `euler_multi_quadrants_${boundary === "open" ? "openBC" : "periodicBC"}`;
}

/** Name the file of a boundary and gamma, e.g. `euler_multi_quadrants_openBC_gamma_1.4_Dry_air_20.hdf5`. */
export function eulerFileName(boundary: Boundary, gamma: number): string {
  const gas = EULER_GASES.find((entry) => entry.gamma === gamma)?.gas;
  return `${eulerDatasetName(boundary)}_gamma_${gamma}${gas === undefined ? "" : `_${gas}`}.hdf5`;
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
function filePlan(config: EulerDataConfig, boundary: Boundary, gamma: number, split: Split, count: number): FilePlan {
  const {oversampling, frames, endTime, lines, seed} = config;
  const grid = gridOf(config);
  const dataset = eulerDatasetName(boundary);
  const name = eulerFileName(boundary, gamma);
  return {
    ...{system: "euler", dataset, split, name, scalars: {gamma}},
    times: Float32Array.from(frameTimes(config)),
    axes: ["x", "y"].map((axis, i) => ({name: axis, coordinates: cellCentres(grid[i]), boundary})),
    requests: Array.from({length: count}, (_, index) => ({
      system: "euler",
      ...{gamma, boundary, lines, grid, oversampling, frames, endTime},
      seed: [dataset, name, split, index, seed],
    })),
  };
}

/**
 * Lay out the files of a data set: one per split, boundary and gamma.
 *
 * @throws RangeError if the configuration makes no sense.
 */
export function planEuler(config: EulerDataConfig): FilePlan[] {
  const gammas = config.gammas ?? EULER_GASES.map(({gamma}) => gamma);
  checkConfig(config, gammas);
  return SPLITS.flatMap((split) => {
    const counts = distribute(config.trajectories[split], gammas.length);
    return config.boundaries.flatMap((boundary) =>
      gammas.map((gamma, g) => filePlan(config, boundary, gamma, split, counts[g])),
    );
  });
}

/** What all trajectories together say about the solver: repairs, and the largest drift of a conserved total. */
export function summariseEuler(all: readonly EulerDiagnostics[]): Record<"floors" | "fallbacks" | "drift", number> {
  const sum = (key: "floors" | "fallbacks") => all.reduce((total, diagnostics) => total + diagnostics[key], 0);
  const drift = Math.max(0, ...all.flatMap((diagnostics) => Object.values(diagnostics.drift ?? {})));
  return {floors: sum("floors"), fallbacks: sum("fallbacks"), drift};
}
