import type {Check, System} from "../system";
import {gravityCoolingCurve, gravityCoolingReferences} from "./reference";
import {gravityCoolingSpec} from "./spec";
import {
  restartGravityCooling,
  expectedGravityCoolingCost,
  simulateGravityCooling,
  type GravityCoolingDiagnostics,
  type GravityCoolingRequest,
} from "./trajectory";
import {count, list, number, oneOf, type RulesOf} from "@lola-ts/core";
import {cellCentres, checkPlan, commonRules, layOut, positives, type CommonDataConfig, type FilePlan} from "../plan";

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

const gravityCoolingRules: RulesOf<GravityCoolingDataConfig> = {
  ...commonRules,
  system: oneOf(["gravity-cooling"]),
  rho0: positives,
  metallicity: list(number({min: 0}), {repeats: false}),
  temperature: positives,
  grid: count,
  oversampling: count,
  side: number({min: 2}),
};

type FileParameters = Pick<GravityCoolingRequest, "rho0" | "Z" | "T0">;

/** Name the file of a choice of parameters, e.g. `turbulence_gravity_cooling_rho0_44.5_Z_0.1_T0_100.hdf5`. */
export function gravityCoolingFileName(folder: string, {rho0, Z, T0}: FileParameters): string {
  return `${folder}_rho0_${rho0}_Z_${Z}_T0_${T0}.hdf5`;
}

function parameterSets(
  rho0: readonly number[],
  metallicity: readonly number[],
  temperature: readonly number[],
): FileParameters[] {
  return rho0.flatMap((r) => metallicity.flatMap((Z) => temperature.map((T0) => ({rho0: r, Z, T0}))));
}

/**
 * Lay out the files of a dataset: one per split, density, metallicity and temperature.
 *
 * @throws RangeError if the configuration makes no sense.
 */
export function planGravityCooling(config: GravityCoolingDataConfig): FilePlan<GravityCoolingRequest>[] {
  checkPlan("planGravityCooling", gravityCoolingRules, config);
  const {rho0, metallicity, temperature, grid, oversampling, side} = config;
  const [dataset] = gravityCoolingSpec.folders;
  const coordinates = cellCentres(grid);
  const axes = gravityCoolingSpec.axes.map((name) => ({name, coordinates, boundary: "open" as const}));
  const files = parameterSets(rho0, metallicity, temperature).map((scalars) => ({
    dataset,
    name: gravityCoolingFileName(dataset, scalars),
    scalars: {...scalars},
    axes,
    request: () => ({...scalars, grid: [grid, grid, grid] as const, oversampling, side}),
  }));
  return layOut<GravityCoolingRequest>(gravityCoolingSpec.name, config, files);
}

/** Sum up the repairs of all trajectories, and find the largest relative change of the mass. */
export function summariseGravityCooling(
  all: readonly GravityCoolingDiagnostics[],
): Record<"floors" | "fallbacks" | "massChange", number> {
  const sum = (key: "floors" | "fallbacks") => all.reduce((total, diagnostics) => total + diagnostics[key], 0);
  const massChange = Math.max(0, ...all.map(({massChange}) => Math.abs(massChange)));
  return {floors: sum("floors"), fallbacks: sum("fallbacks"), massChange};
}

const checks: readonly Check[] = [
  {key: "floors", check: "repairs of a negative density or pressure", max: 0, expected: "0"},
  {
    key: "massChange",
    check: "largest change of the mass in the simulated cube",
    expected: "small: what reaches its walls leaves",
  },
];

function fileNames(folder: string): string[] {
  const [rho0, metallicity, temperature] = gravityCoolingSpec.scalars.map(({values}) => values);
  return parameterSets(rho0, metallicity, temperature).map((set) => gravityCoolingFileName(folder, set));
}

function describe({rho0, metallicity, temperature}: GravityCoolingDataConfig): string {
  const [densities, metallicities, temperatures] = [rho0, metallicity, temperature].map((list) => list.join(", "));
  return `turbulence, density ${densities}, metallicity ${metallicities}, temperature ${temperatures}`;
}

/** A turbulent cloud that radiates and collapses under its own gravity. */
export const gravityCooling: System<
  "gravity-cooling",
  GravityCoolingDataConfig,
  GravityCoolingRequest,
  GravityCoolingDiagnostics
> = {
  ...gravityCoolingSpec,
  rules: gravityCoolingRules,
  plan: planGravityCooling,
  fileNames,
  version: 1,
  simulate: simulateGravityCooling,
  restart: restartGravityCooling,
  surrounded: true,
  coarser: [1 / 2, 1 / 4],
  cost: expectedGravityCoolingCost,
  summarise: summariseGravityCooling,
  checks,
  references: gravityCoolingReferences,
  referenceCurve: gravityCoolingCurve,
  describe,
};
