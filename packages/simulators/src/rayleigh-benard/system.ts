import type {Check, System} from "../system";
import {rayleighBenardCurve, rayleighBenardReferences} from "./reference";
import {rayleighBenardSpec} from "./spec";
import {
  restartRayleighBenard,
  expectedRayleighBenardCost,
  RESOLVED_TAIL,
  simulateRayleighBenard,
  type RayleighBenardDiagnostics,
  type RayleighBenardRequest,
  gridFor,
} from "./trajectory";
import {count, list, number, oneOf, optional, where, whole, type RulesOf} from "@lola-ts/core";
import {checkPlan, commonRules, layOut, positives, type CommonDataConfig, type FilePlan} from "../plan";
import {rayleighBenardAxes} from "./frame";

/** The Well's initial differences of buoyancy between the walls; each choice of parameters has all five. */
const RAYLEIGH_BENARD_DIFFERENCES: readonly number[] = [0.2, 0.4, 0.6, 0.8, 1];

export interface RayleighBenardDataConfig extends CommonDataConfig {
  readonly system: "rayleigh-benard";
  /** Rayleigh numbers; each pair with a Prandtl number has a file. */
  readonly rayleigh: readonly number[];
  /** Prandtl numbers. */
  readonly prandtl: readonly number[];
  /** Initial differences of buoyancy, given to the trajectories of a file in turn. Default: The Well's five. */
  readonly differences?: readonly number[];
  /** Output points: along $x$ at equal distances, along $y$ at Chebyshev's nodes. */
  readonly grid: readonly [number, number];
  /** Points along $x$ and (even) polynomial degree along $y$ of the simulation. Default: those that resolve the flow. */
  readonly resolution?: readonly [number, number];
  /**
   * Time of the first frame. Default: 0. Convection takes about 15 times of free fall to set in; until then a state is noise
   * too small to see, which does not tell where plumes will rise.
   */
  readonly startTime?: number;
}

const resolutionRule = where(
  list(whole({min: 4}), {length: 2}),
  "2 numbers of 4 or more, the second even",
  ([, degree]: number[]) => degree % 2 === 0,
);

const rayleighBenardRules: RulesOf<RayleighBenardDataConfig> = {
  ...commonRules,
  system: oneOf(["rayleigh-benard"]),
  rayleigh: positives,
  prandtl: positives,
  differences: optional(positives),
  grid: list(count, {length: 2}),
  resolution: optional(resolutionRule),
  startTime: optional(number({min: 0})),
};

/** Write a number as The Well's file names do: 1e6 for large ones, 5e-1 for small ones, 2 between. */
function power(value: number): string {
  return value >= 1 && value < 1e3 ? `${value}` : value.toExponential().replace("e+", "e");
}

/** Name the file of a choice of parameters, e.g. `rayleigh_benard_Rayleigh_1e6_Prandtl_5e-1.hdf5`. */
export function rayleighBenardFileName(folder: string, rayleigh: number, prandtl: number): string {
  return `${folder}_Rayleigh_${power(rayleigh)}_Prandtl_${power(prandtl)}.hdf5`;
}

/** Count the frames before the first one that is stored. @throws RangeError unless `startTime` is the time of a frame. */
function skippedFrames({frames, startTime = 0, endTime}: RayleighBenardDataConfig): number {
  const spacing = (endTime - startTime) / (frames - 1);
  const skipped = Math.round(startTime / spacing);
  if (spacing > 0 && Math.abs(skipped * spacing - startTime) < 1e-9 * endTime) return skipped;
  throw new RangeError(
    `planRayleighBenard: expected startTime to be a multiple of the time between frames, ${spacing}, found ${startTime}.`,
  );
}

/**
 * Lay out the files of a dataset: one per split, Rayleigh and Prandtl number.
 *
 * @throws RangeError if the configuration makes no sense.
 */
export function planRayleighBenard(config: RayleighBenardDataConfig): FilePlan<RayleighBenardRequest>[] {
  checkPlan("planRayleighBenard", rayleighBenardRules, config);
  const {differences = RAYLEIGH_BENARD_DIFFERENCES, grid} = config;
  const [dataset] = rayleighBenardSpec.folders;
  const {x, y} = rayleighBenardAxes(grid);
  const axes = [
    {name: "x", coordinates: Float32Array.from(x), boundary: "periodic"},
    {name: "y", coordinates: Float32Array.from(y), boundary: "wall"},
  ] as const;
  const files = config.rayleigh.flatMap((rayleigh) =>
    config.prandtl.map((prandtl) => {
      const {resolution = gridFor(rayleigh, prandtl)} = config;
      return {
        dataset,
        name: rayleighBenardFileName(dataset, rayleigh, prandtl),
        scalars: {Rayleigh: rayleigh, Prandtl: prandtl},
        axes,
        request: (index: number) => {
          return {rayleigh, prandtl, grid, resolution, difference: differences[index % differences.length]};
        },
      };
    }),
  );
  return layOut<RayleighBenardRequest>(rayleighBenardSpec.name, config, files, skippedFrames(config));
}

/**
 * Count the trajectories that did not resolve their flow, and find the largest part of a field in the last modes that the
 * grid holds and the largest distance of the buoyancy from $[0, 1]$.
 */
export function summariseRayleighBenard(
  all: readonly RayleighBenardDiagnostics[],
): Record<"unresolved" | "tail" | "overshoot", number> {
  return {
    unresolved: all.filter(({resolved}) => !resolved).length,
    tail: Math.max(0, ...all.flatMap(({tail}) => [tail.x, tail.z])),
    overshoot: Math.max(0, ...all.map(({overshoot}) => overshoot)),
  };
}

const checks: readonly Check[] = [
  {
    key: "unresolved",
    check: "trajectories that their grid does not resolve, second half of the run",
    max: 0,
    expected: "0",
  },
  {
    key: "tail",
    check: "largest part of a field in the last modes, second half of the run",
    max: RESOLVED_TAIL,
    expected: `below ${RESOLVED_TAIL}`,
  },
  {
    key: "overshoot", // up to 0.13 in runs that are resolved, 0.21 on 64 x 32 points at Ra = 1e7
    check: "buoyancy beyond the walls'",
    max: 0.15,
    expected: "0 except in a few cells of the first thin plumes",
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
