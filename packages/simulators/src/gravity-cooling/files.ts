/** The dataset of turbulence with gravity and cooling: the trajectories to simulate, and the files that they go to. */
import {cellCentres, ConfigCheck, distribute, type CommonDataConfig, type FilePlan} from "../plan";
import {SPLITS, type Split} from "@lola-ts/core";
import {frameTimes} from "../result";
import {gravityCoolingSpec} from "./spec";
import type {GravityCoolingDiagnostics, GravityCoolingRequest} from "./trajectory";

/** Configuration of a dataset. */
export interface GravityCoolingDataConfig extends CommonDataConfig {
  readonly system: "gravity-cooling";
  /** Initial densities in hydrogen atoms per cubic centimetre. */
  readonly rho0: readonly number[];
  /** Metallicities in units of the sun's; 0 neither cools nor heats. */
  readonly metallicity: readonly number[];
  /** Initial temperatures in kelvin. */
  readonly temperature: readonly number[];
  /** Output cells along each axis of the cube. */
  readonly grid: number;
  /** Simulation cells per output cell and axis. */
  readonly oversampling: number;
  /** Side of the simulated cube in units of the stored one's. */
  readonly side: number;
}

/** Parameters of a file. */
type FileParameters = Pick<GravityCoolingRequest, "rho0" | "Z" | "T0">;

/** Name the file of a choice of parameters, e.g. `turbulence_gravity_cooling_rho0_44.5_Z_0.1_T0_100.hdf5`. */
export function gravityCoolingFileName(folder: string, {rho0, Z, T0}: FileParameters): string {
  return `${folder}_rho0_${rho0}_Z_${Z}_T0_${T0}.hdf5`;
}

/** Combine all densities, metallicities and temperatures. */
export function parameterSets(
  rho0: readonly number[],
  metallicity: readonly number[],
  temperature: readonly number[],
): FileParameters[] {
  return rho0.flatMap((r) => metallicity.flatMap((Z) => temperature.map((T0) => ({rho0: r, Z, T0}))));
}

function checkConfig(config: GravityCoolingDataConfig): void {
  const {rho0, metallicity, temperature, grid, oversampling, side} = config;
  const check = new ConfigCheck("planGravityCooling");
  check.distinct("rho0", rho0, "distinct and positive", (value) => value > 0);
  check.distinct("metallicity", metallicity, "distinct and not negative", (value) => value >= 0);
  check.distinct("temperature", temperature, "distinct and positive", (value) => value > 0);
  check.whole("grid", [grid], 1);
  check.whole("oversampling", [oversampling], 1);
  check.require(side >= 2, "side", "2 or more, so that the sphere fits in", side);
  check.common(config);
}

/** Lay out one file. */
function filePlan(
  config: GravityCoolingDataConfig,
  scalars: FileParameters,
  split: Split,
  count: number,
): FilePlan<GravityCoolingRequest> {
  const {grid, oversampling, side, frames, endTime, seed} = config;
  const [dataset] = gravityCoolingSpec.folders;
  const name = gravityCoolingFileName(dataset, scalars);
  return {
    system: gravityCoolingSpec.name,
    dataset,
    split,
    name,
    scalars: {...scalars},
    times: Float32Array.from(frameTimes(config)),
    axes: gravityCoolingSpec.axes.map((axis) => ({name: axis, coordinates: cellCentres(grid), boundary: "open"})),
    requests: Array.from({length: count}, (_, index) => ({
      system: gravityCoolingSpec.name,
      ...scalars,
      grid: [grid, grid, grid],
      oversampling,
      side,
      frames,
      endTime,
      seed: [dataset, name, split, index, seed],
    })),
  };
}

/**
 * Lay out the files of a dataset: one per split, density, metallicity and temperature.
 *
 * @throws RangeError if the configuration makes no sense.
 */
export function planGravityCooling(config: GravityCoolingDataConfig): FilePlan<GravityCoolingRequest>[] {
  checkConfig(config);
  const {rho0, metallicity, temperature, trajectories} = config;
  const sets = parameterSets(rho0, metallicity, temperature);
  return SPLITS.flatMap((split) => {
    const counts = distribute(trajectories[split], sets.length);
    return sets.map((set, i) => filePlan(config, set, split, counts[i]));
  });
}

/** Sum up the repairs of all trajectories, and find the largest relative change of the mass. */
export function summariseGravityCooling(
  all: readonly GravityCoolingDiagnostics[],
): Record<"floors" | "fallbacks" | "massChange", number> {
  const sum = (key: "floors" | "fallbacks") => all.reduce((total, diagnostics) => total + diagnostics[key], 0);
  const massChange = Math.max(0, ...all.map(({massChange}) => Math.abs(massChange)));
  return {floors: sum("floors"), fallbacks: sum("fallbacks"), massChange};
}
