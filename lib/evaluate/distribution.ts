/**
 * One distance between distributions per system, chosen by the paper for what matters in it (Tables 11 to 13): where the
 * mass is in the Euler system, how fast plumes rise and sink in convection, how matter clusters under gravity.
 *
 * Units are physical. For an ensemble, the distances of its members are averaged: the ensemble's mean is smoother than
 * any state, so that its distribution would say nothing about them. The paper leaves both open.
 */
import {gridRule, rowOf, checkParts, list, oneOf, sizeOf, type DistributionMetric} from "@lola-ts/core";
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

const digits = 3; // of 11 bits each, for 32
const radix = 2048;

/**
 * Sort values in ascending order into a new array: the costliest part of these distances.
 *
 * Values that are float32 numbers, as in stored fields, take a radix sort, several times as fast as comparing
 * them; others, NaN among them (it comes last), the engine's own sort of float64 numbers.
 */
export function sorted(values: Values): Float32Array | Float64Array {
  const single = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    single[i] = values[i];
    if (single[i] !== values[i]) return Float64Array.from(values).sort();
  }
  return radixSort(single);
}

/** Sort float32 numbers in place, digit by digit from the least significant. */
function radixSort(values: Float32Array): Float32Array {
  const n = values.length;
  let from: Int32Array = new Int32Array(values.buffer);
  let to: Int32Array = new Int32Array(n);
  const counts = new Int32Array(digits * radix);
  for (let i = 0; i < n; i++) {
    // bits in the order of numbers: negative ones reversed and below the positive ones
    const bits = from[i] < 0 ? ~from[i] : from[i] | 0x80000000;
    from[i] = bits;
    counts[bits & 2047]++;
    counts[radix + ((bits >>> 11) & 2047)]++;
    counts[2 * radix + (bits >>> 22)]++;
  }
  for (let digit = 0; digit < digits; digit++) {
    const base = digit * radix;
    for (let at = base, first = 0; at < base + radix; at++) {
      const count = counts[at];
      counts[at] = first;
      first += count;
    }
    const shift = 11 * digit;
    for (let i = 0; i < n; i++) to[counts[base + ((from[i] >>> shift) & 2047)]++] = from[i];
    [from, to] = [to, from];
  }
  for (let i = 0; i < n; i++) from[i] = from[i] < 0 ? from[i] & 0x7fffffff : ~from[i];
  return new Float32Array(from.buffer);
}
