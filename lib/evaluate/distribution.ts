/**
 * One distance between distributions per system, chosen by the paper for what matters in it (Tables 11 to 13): where the
 * mass is in the Euler system, how fast plumes rise and sink in convection, how matter clusters under gravity.
 *
 * Units are physical. For an ensemble, the distances of its members are averaged: the ensemble's mean is smoother than
 * any state, so that its distribution would say nothing about them. The paper leaves both open.
 */
import {gridRule, rowOf, checkParts, list, oneOf, sizeOf, type DistributionMetric} from "@lola-ts/core";
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
  checkParts("distributionError", {compared: oneOf(["places", "values"]), grid: gridRule}, {compared, grid});
  const field = rowOf(sizeOf(grid));
  checkParts("distributionError", {u: field, members: list(field)}, {u, members});
  const {truth, forecasts, distance} = distributionsOf(compared, u, members, grid);
  return forecasts.reduce((sum, forecast) => sum + distance(truth, forecast), 0) / forecasts.length;
}

/**
 * Compute the fair score of an ensemble by a distance between distributions,
 *
 * $$ \tfrac{1}{K} \sum_k d(v_k, u) - \tfrac{1}{2 K (K - 1)} \sum_{j, k} d(v_j, v_k). $$
 *
 * Both distances are integrals of moduli, so of negative type, and the score is proper (Gneiting & Raftery, 2007): an ensemble
 * that is like the truth has the smallest expectation, and one state that is smoother than any true state gains nothing. Of a
 * single forecast it is the distance.
 *
 * @returns as {@link distributionError}.
 * @throws RangeError as {@link distributionError}.
 */
export function fairDistributionScore(
  metric: DistributionMetric,
  u: Values,
  members: readonly Values[],
  grid: readonly number[],
): number {
  const toTruth = distributionError(metric, u, members, grid);
  const {forecasts, distance} = distributionsOf(metric.compared, u, members, grid);
  const K = forecasts.length;
  if (K === 1) return toTruth;
  let apart = 0;
  for (let k = 1; k < K; k++) for (let j = 0; j < k; j++) apart += distance(forecasts[j], forecasts[k]);
  return toTruth - apart / (K * (K - 1));
}

/** Prepare fields for a distance between their distributions: values are sorted once. */
function distributionsOf(
  compared: DistributionMetric["compared"],
  u: Values,
  members: readonly Values[],
  grid: readonly number[],
): {truth: Values; forecasts: readonly Values[]; distance: (a: Values, b: Values) => number} {
  if (compared === "places") return {truth: u, forecasts: members, distance: (a, b) => slicedWasserstein(a, b, grid)};
  return {truth: sorted(u), forecasts: members.map(sorted), distance: quantileDistance};
}
