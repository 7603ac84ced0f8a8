import type {Check, System} from "../system";
import {
  kolmogorovFileName,
  kolmogorovRules,
  planKolmogorov,
  summariseKolmogorov,
  type KolmogorovDataConfig,
} from "./files";
import {kolmogorovCurve, kolmogorovReferences} from "./reference";
import {restartKolmogorov} from "./restart";
import {kolmogorovSpec} from "./spec";
import {
  expectedKolmogorovCost,
  RESOLVED_TAIL,
  simulateKolmogorov,
  type KolmogorovDiagnostics,
  type KolmogorovRequest,
} from "./trajectory";

const checks: readonly Check[] = [
  {
    key: "unresolvedShare",
    check: "share of trajectories that their grid does not resolve",
    max: 0.02,
    expected: "at most 0.02: bursts may pass the bound below for a moment",
  },
  {
    key: "tail",
    check: "largest share of enstrophy in the last third of the modes",
    max: 2 * RESOLVED_TAIL,
    expected: `below ${2 * RESOLVED_TAIL}; a trajectory is resolved below ${RESOLVED_TAIL}`,
  },
  {key: "budget", check: "energy that the budget misses", max: 0.01, expected: "below 1 %"},
  {key: "divergence", check: "largest divergence of velocity", max: 1e-5, expected: "rounding of single precision"},
  {key: "energyDrift", check: "change of the mean energy during the frames", expected: "small: the flow is stationary"},
  {key: "slope", check: "slope of the energy spectrum", expected: "-3 without losses, steeper with drag and viscosity"},
];

/** Two-dimensional turbulence driven at wavenumber 4, from a stationary state. */
export const kolmogorov: System<"kolmogorov", KolmogorovDataConfig, KolmogorovRequest, KolmogorovDiagnostics> = {
  ...kolmogorovSpec,
  rules: kolmogorovRules,
  plan: planKolmogorov,
  fileNames: (folder) => kolmogorovSpec.scalars[0].values.map((reynolds) => kolmogorovFileName(folder, reynolds)),
  version: 1,
  simulate: simulateKolmogorov,
  restart: restartKolmogorov,
  coarser: [1 / 2, 3 / 8, 5 / 16, 1 / 4],
  cost: expectedKolmogorovCost,
  summarise: summariseKolmogorov,
  checks,
  references: () => kolmogorovReferences,
  referenceCurve: kolmogorovCurve,
  describe: ({reynolds}) => `Kolmogorov flow, Re ${reynolds.join(", ")}`,
};
