/** The dataset of Rayleigh-Bénard convection: the trajectories to simulate, and the files of The Well that they go to. */
import {ConfigCheck, distribute, type CommonDataConfig, type FilePlan} from "../plan";
import {SPLITS, type Split} from "@lola-ts/core";
import {rayleighBenardAxes} from "./frame";
import {frameTimes} from "../result";
import {rayleighBenardSpec} from "./spec";
import {gridFor, type RayleighBenardDiagnostics, type RayleighBenardRequest} from "./trajectory";

/** The Well's initial differences of buoyancy between the walls; each choice of parameters has all five. */
export const RAYLEIGH_BENARD_DIFFERENCES: readonly number[] = [0.2, 0.4, 0.6, 0.8, 1];

/** Configuration of a dataset. */
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
  /** Points along $x$ and polynomial degree along $y$ of the simulation. Default: those that resolve the flow. */
  readonly resolution?: readonly [number, number];
  /**
   * Time of the first frame. Default: 0. Convection takes about 15 times of free fall to set in; until then a state is noise
   * too small to see, which does not tell where plumes will rise.
   */
  readonly startTime?: number;
}

/** Write a number as The Well's file names do: 1e6 for large ones, 5e-1 for small ones, 2 between. */
function power(value: number): string {
  return value >= 1 && value < 1e3 ? `${value}` : value.toExponential().replace("e+", "e");
}

/** Name the file of a choice of parameters, e.g. `rayleigh_benard_Rayleigh_1e6_Prandtl_5e-1.hdf5`. */
export function rayleighBenardFileName(folder: string, rayleigh: number, prandtl: number): string {
  return `${folder}_Rayleigh_${power(rayleigh)}_Prandtl_${power(prandtl)}.hdf5`;
}

function checkConfig(config: RayleighBenardDataConfig): void {
  const {rayleigh, prandtl, differences = RAYLEIGH_BENARD_DIFFERENCES, grid, resolution} = config;
  const check = new ConfigCheck("planRayleighBenard");
  const positive = (value: number) => value > 0;
  check.distinct("rayleigh", rayleigh, "distinct and positive", positive);
  check.distinct("prandtl", prandtl, "distinct and positive", positive);
  check.distinct("differences", differences, "distinct and positive", positive);
  check.require(grid.length === 2, "grid", "two positive whole numbers", grid);
  check.whole("grid", grid, 1);
  if (resolution) check.whole("resolution", resolution, 4);
  check.common(config);
  const {frames, startTime = 0, endTime} = config;
  const skipped = skippedFrames(config);
  const spacing = (endTime - startTime) / (frames - 1);
  const fits = startTime >= 0 && spacing > 0 && Math.abs(skipped * spacing - startTime) < 1e-9 * endTime;
  check.require(fits, "startTime", `a multiple of the time between frames, ${spacing}`, startTime);
}

/** Count the frames before the first one that is stored. */
function skippedFrames({frames, startTime = 0, endTime}: RayleighBenardDataConfig): number {
  return Math.round((startTime * (frames - 1)) / (endTime - startTime));
}

/** Lay out one file. */
function filePlan(
  config: RayleighBenardDataConfig,
  parameters: {readonly rayleigh: number; readonly prandtl: number},
  split: Split,
  count: number,
): FilePlan<RayleighBenardRequest> {
  const {differences = RAYLEIGH_BENARD_DIFFERENCES, grid, endTime, seed} = config;
  const {rayleigh, prandtl} = parameters;
  const {resolution = gridFor(rayleigh, prandtl)} = config;
  const skipped = skippedFrames(config);
  const frames = config.frames + skipped;
  const [dataset] = rayleighBenardSpec.folders;
  const name = rayleighBenardFileName(dataset, rayleigh, prandtl);
  const {x, y} = rayleighBenardAxes(grid);
  return {
    system: rayleighBenardSpec.name,
    dataset,
    split,
    name,
    scalars: {Rayleigh: rayleigh, Prandtl: prandtl},
    times: Float32Array.from(frameTimes({frames, endTime}).slice(skipped)),
    skipped,
    axes: [
      {name: "x", coordinates: Float32Array.from(x), boundary: "periodic"},
      {name: "y", coordinates: Float32Array.from(y), boundary: "wall"},
    ],
    requests: Array.from({length: count}, (_, index) => ({
      system: rayleighBenardSpec.name,
      rayleigh,
      prandtl,
      grid,
      resolution,
      frames,
      endTime,
      difference: differences[index % differences.length],
      seed: [dataset, name, split, index, seed],
    })),
  };
}

/**
 * Lay out the files of a dataset: one per split, Rayleigh and Prandtl number.
 *
 * @throws RangeError if the configuration makes no sense.
 */
export function planRayleighBenard(config: RayleighBenardDataConfig): FilePlan<RayleighBenardRequest>[] {
  checkConfig(config);
  const {rayleigh, prandtl, trajectories} = config;
  const sets = rayleigh.flatMap((ra) => prandtl.map((pr) => ({rayleigh: ra, prandtl: pr})));
  return SPLITS.flatMap((split) => {
    const counts = distribute(trajectories[split], sets.length);
    return sets.map((set, i) => filePlan(config, set, split, counts[i]));
  });
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
