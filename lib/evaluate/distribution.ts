/**
 * One distance between distributions per system, chosen by the paper for what matters in it (Tables 11 to 13): where the
 * mass is in the Euler system, how fast plumes rise and sink in convection, how matter clusters under gravity.
 *
 * Units are physical. For an ensemble, the distances of its members are averaged: the ensemble's mean is smoother than
 * any state, so that its distribution would say nothing about them. The paper leaves both open.
 */
import {gridRule, rowOf, checkOptions, list, oneOf, sizeOf, type DistributionMetric} from "@lola-ts/core";
import {sorted} from "./sort";
import {quantileDistance, slicedWasserstein} from "./transport";
import type {Values} from "./pointwise";

/**
 * Compute a distance between distributions, averaged over the members of an ensemble.
 *
 * @param metric Metric of a system.
 * @param u The metric's channel in a true state, row-major.
 * @param members The same channel of $K$ forecasts.
 * @param grid Numbers of points per axis.
 * @returns NaN if a field has NaN, or no mass where mass is compared.
 * @throws RangeError if there is no member or a field does not fit the grid.
 */
export function distributionError(
  {compared}: DistributionMetric,
  u: Values,
  members: readonly Values[],
  grid: readonly number[],
): number {
  checkOptions("distributionError", oneOf(["places", "values"]), compared, "compared");
  checkOptions("distributionError", gridRule, grid, "grid");
  const field = rowOf(sizeOf(grid));
  checkOptions("distributionError", field, u, "u");
  checkOptions("distributionError", list(field), members, "members");
  const distance = compared === "places" ? toPlaces(u, grid) : toValues(u);
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
