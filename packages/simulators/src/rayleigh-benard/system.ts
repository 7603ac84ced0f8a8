import type {Check, System} from "../system";
import {
  planRayleighBenard,
  rayleighBenardFileName,
  rayleighBenardRules,
  summariseRayleighBenard,
  type RayleighBenardDataConfig,
} from "./files";
import {rayleighBenardCurve, rayleighBenardReferences} from "./reference";
import {restartRayleighBenard} from "./restart";
import {rayleighBenardSpec} from "./spec";
import {
  expectedRayleighBenardCost,
  RESOLVED_TAIL,
  simulateRayleighBenard,
  type RayleighBenardDiagnostics,
  type RayleighBenardRequest,
} from "./trajectory";

const checks: readonly Check[] = [
  {key: "unresolved", check: "trajectories that their grid does not resolve", max: 0, expected: "0"},
  {
    key: "tail",
    check: "largest part of a field in the last modes",
    max: RESOLVED_TAIL,
    expected: `below ${RESOLVED_TAIL}`,
  },
  {
    key: "overshoot", // up to 0.13 in runs that are resolved, 0.21 on 64 x 32 points at Ra = 1e7
    check: "buoyancy beyond the walls'",
    max: 0.15,
    expected: "0 but for a few cells of the first thin plumes",
  },
];

function fileNames(folder: string): string[] {
  const [rayleigh, prandtl] = rayleighBenardSpec.scalars.map(({values}) => values);
  return rayleigh.flatMap((ra) => prandtl.map((pr) => rayleighBenardFileName(folder, ra, pr)));
}

function describe({rayleigh, prandtl}: RayleighBenardDataConfig): string {
  const powers = rayleigh.map((value) => value.toExponential().replace("e+", "e"));
  return `convection, Ra ${powers.join(", ")}, Pr ${prandtl.join(", ")}`;
}

/** Convection between two plates, from noise. */
export const rayleighBenard: System<
  "rayleigh-benard",
  RayleighBenardDataConfig,
  RayleighBenardRequest,
  RayleighBenardDiagnostics
> = {
  ...rayleighBenardSpec,
  rules: rayleighBenardRules,
  plan: planRayleighBenard,
  fileNames,
  version: 2,
  simulate: simulateRayleighBenard,
  restart: restartRayleighBenard,
  coarser: [1 / 2, 3 / 8],
  cost: expectedRayleighBenardCost,
  summarise: summariseRayleighBenard,
  checks,
  references: () => rayleighBenardReferences,
  referenceCurve: rayleighBenardCurve,
  describe,
};
