import type {Check, System} from "../system";
import {kolmogorovCurve, kolmogorovReferences} from "./reference";
import {kolmogorovSpec} from "./spec";
import {
  restartKolmogorov,
  expectedKolmogorovCost,
  RESOLVED_TAIL,
  simulateKolmogorov,
  type KolmogorovDiagnostics,
  type KolmogorovRequest,
  requirePoints,
  SPIN_UP,
} from "./trajectory";
import {count, either, list, number, oneOf, optional, whole, type RulesOf} from "@lola-ts/core";
import {
  cellCentres,
  checkPlan,
  commonRules,
  layOut,
  pairOf,
  positives,
  type CommonDataConfig,
  type FilePlan,
} from "../plan";
import {DRAG} from "./solver";

export interface KolmogorovDataConfig
  extends CommonDataConfig, Pick<KolmogorovRequest, "oversampling" | "drag" | "spinUp"> {
  readonly system: "kolmogorov";
  /** Reynolds numbers, one file each. */
  readonly reynolds: readonly number[];
  /** Output cells along $x$ and $y$; one number for both. */
  readonly grid: number | readonly [number, number];
}

const kolmogorovRules: RulesOf<KolmogorovDataConfig> = {
  ...commonRules,
  system: oneOf(["kolmogorov"]),
  reynolds: positives,
  grid: either(whole({min: 4}), list(whole({min: 4}), {length: 2})),
  oversampling: count,
  drag: optional(number({min: 0})),
  spinUp: optional(number({min: 0})),
};

/** Name the file of a Reynolds number, e.g. `kolmogorov_flow_Reynolds_100.hdf5`. */
export function kolmogorovFileName(folder: string, reynolds: number): string {
  return `${folder}_Reynolds_${reynolds}.hdf5`;
}

/**
 * Lay out the files of a dataset: one per split and Reynolds number.
 *
 * @throws RangeError if the configuration makes no sense.
 */
export function planKolmogorov(config: KolmogorovDataConfig): FilePlan<KolmogorovRequest>[] {
  checkPlan("planKolmogorov", kolmogorovRules, config);
  const {oversampling, drag = DRAG, spinUp = SPIN_UP} = config;
  const grid = pairOf(config.grid);
  requirePoints("planKolmogorov", {grid, oversampling});
  const [dataset] = kolmogorovSpec.folders;
  const axes = kolmogorovSpec.axes.map((name, i) => {
    const coordinates = cellCentres(grid[i]).map((centre) => 2 * Math.PI * centre);
    return {name, coordinates, boundary: "periodic" as const};
  });
  const files = config.reynolds.map((reynolds) => ({
    dataset,
    name: kolmogorovFileName(dataset, reynolds),
    scalars: {Reynolds: reynolds},
    axes,
    request: () => ({reynolds, drag, grid, oversampling, spinUp}),
  }));
  return layOut<KolmogorovRequest>(kolmogorovSpec.name, config, files);
}

/** Number of trajectories from which on a single burst does not count: it cannot tell a share of 2 % from a smaller one. */
const MANY = 25;

/** Summarise the diagnostics of a dataset's trajectories; `energyDrift` is noise if the flow is stationary. */
export function summariseKolmogorov(all: readonly KolmogorovDiagnostics[]): Record<string, number> {
  const largest = (key: "tail" | "budget" | "divergence") => Math.max(0, ...all.map((one) => one[key]));
  const unresolved = all.filter(({resolved}) => !resolved).length;
  const [first, second] = [0, 1].map((half) => all.reduce((sum, {energy}) => sum + energy[half], 0));
  return {
    unresolvedShare: unresolved === 1 && all.length >= MANY ? 0 : unresolved / Math.max(1, all.length),
    tail: largest("tail"),
    budget: largest("budget"),
    divergence: largest("divergence"),
    energyDrift: first > 0 ? Math.abs(second / first - 1) : 0,
    slope: all.reduce((sum, {slope}) => sum + slope, 0) / Math.max(1, all.length),
  };
}

const checks: readonly Check[] = [
  {
    key: "unresolvedShare",
    check: "share of trajectories that their grid does not resolve",
    max: 0.02,
    expected:
      "at most 0.02: bursts may pass the bound below for a moment; a single one among 25 or more does not count",
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
