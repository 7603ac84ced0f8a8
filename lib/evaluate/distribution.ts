/**
 * One distance between distributions per system, chosen by the paper for what matters in it (Tables 11 to 13): where the
 * mass is in the Euler system, how fast plumes rise and sink in convection, how matter clusters under gravity.
 *
 * Units are physical. For an ensemble, the distances of its members are averaged: the ensemble's mean is smoother than
 * any state, so that its distribution would say nothing about them. The paper leaves both open.
 */
import {sizeOf} from "../core/shape";
import type {SystemName} from "../systems/registry";
import {sorted} from "./sort";
import {quantileDistance, slicedWasserstein} from "./transport";
import type {Values} from "./pointwise";

/** How a system's forecasts are compared as distributions. */
export interface DistributionMetric {
  /**
   * "places": sliced earth mover's distance of where the mass is, in units of the domain. "values": 1-Wasserstein
   * distance of the values, wherever they are, in the field's units.
   */
  readonly compared: "places" | "values";
  /** The channel that it is taken of. */
  readonly channel: string;
  /** For readers, with the table's number. */
  readonly title: string;
  readonly table: number;
  /** Distance of two consecutive states, as the table's caption gives it. */
  readonly consecutive: number;
}

/** The metric of each system. */
export const distributionMetrics: Readonly<Record<SystemName, DistributionMetric>> = {
  euler: {
    compared: "places",
    channel: "density",
    title: "sliced earth mover's distance of density",
    table: 11,
    consecutive: 0.0025,
  },
  "rayleigh-benard": {
    compared: "values",
    channel: "velocity_y",
    title: "Wasserstein distance of vertical velocity",
    table: 12,
    consecutive: 0.004,
  },
  "gravity-cooling": {
    compared: "values",
    channel: "density",
    title: "Wasserstein distance of density",
    table: 13,
    consecutive: 0.01,
  },
};

/** Names of the paper's tables of a system: power spectrum errors (8 to 10) and distances of distributions (11 to 13). */
export function paperTables(system: SystemName): {readonly spectrum: string; readonly distribution: string} {
  const {table} = distributionMetrics[system];
  const name = (number: number) => `table-${`${number}`.padStart(2, "0")}`;
  return {spectrum: name(table - 3), distribution: name(table)};
}

/**
 * Compute a system's distance between distributions, averaged over the members of an ensemble.
 *
 * @param u the system's channel of {@link distributionMetrics} in a true state, row-major.
 * @param members the same channel of $K$ forecasts.
 * @param grid numbers of points per axis.
 * @returns NaN if a field has NaN, or no mass where mass is compared.
 * @throws RangeError if there is no member or a field does not fit the grid.
 */
export function distributionError(
  system: SystemName,
  u: Values,
  members: readonly Values[],
  grid: readonly number[],
): number {
  const size = sizeOf(grid);
  const wrong = [u, ...members].find(({length}) => length !== size);
  if (members.length === 0 || wrong) {
    throw new RangeError(
      `distributionError: expected members of ${size} values for grid [${grid}], found ${wrong?.length ?? "none"}`,
    );
  }
  const distance = distributionMetrics[system].compared === "places" ? toPlaces(u, grid) : toValues(u);
  let sum = 0;
  for (const member of members) sum += distance(member);
  return sum / members.length;
}

function toPlaces(u: Values, grid: readonly number[]): (v: Values) => number {
  return (v) => slicedWasserstein(u, v, grid);
}

function toValues(u: Values): (v: Values) => number {
  const truth = sorted(u);
  return (v) => quantileDistance(truth, sorted(v));
}
