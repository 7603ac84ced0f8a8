import type {Check, System} from "../system";
import {
  gravityCoolingFileName,
  gravityCoolingRules,
  parameterSets,
  planGravityCooling,
  summariseGravityCooling,
  type GravityCoolingDataConfig,
} from "./files";
import {gravityCoolingCurve, gravityCoolingReferences} from "./reference";
import {restartGravityCooling} from "./restart";
import {gravityCoolingSpec} from "./spec";
import {
  expectedGravityCoolingCost,
  simulateGravityCooling,
  type GravityCoolingDiagnostics,
  type GravityCoolingRequest,
} from "./trajectory";

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
  coarser: [1 / 2, 1 / 4],
  cost: expectedGravityCoolingCost,
  summarise: summariseGravityCooling,
  checks,
  references: gravityCoolingReferences,
  referenceCurve: gravityCoolingCurve,
  describe,
};
