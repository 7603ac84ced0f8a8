/**
 * Slope limiter of the gas solvers, by arithmetic alone: mispredicted branches would cost a fifth of a step.
 *
 * Kernels bind these functions once (`const {limit} = limiter`): where modules run in a context of their own (as in tests),
 * looking up an import is slow.
 */

// Bound once, for the same reason.
const {abs} = Math;

export function lesser(a: number, b: number): number {
  return 0.5 * (a + b - abs(a - b));
}

export function greater(a: number, b: number): number {
  return 0.5 * (a + b + abs(a - b));
}

/**
 * Limit a slope from its one-sided differences (monotonised central): the central difference, at most twice either
 * one-sided one, zero at extrema.
 */
export function limit(a: number, b: number): number {
  const sum = a + b;
  const difference = abs(a - b);
  const low = sum - difference;
  const high = sum + difference;
  const twice = low + abs(low) + (high - abs(high)); // four times the smaller one, 0 at extrema
  const min = sum + twice - abs(sum - twice);
  const max = sum + twice + abs(sum - twice);
  return 0.125 * (min + abs(min) + (max - abs(max)));
}
