/** Many tests at once: one of twenty is below 0.05 by chance alone. */

/**
 * Correct p-values for the number of tests by Holm's method (1979): sorted, the i-th smallest of m is multiplied by
 * $m - i + 1$, and none is smaller than one before it. If every hypothesis is true, the chance that any corrected value is
 * below a level is at most that level, however the tests depend on each other.
 *
 * @param p values of the tests; those that are NaN are left as they are and do not count.
 * @returns corrected values, at most 1, in the order of the tests.
 */
export function holm(p: readonly number[]): number[] {
  const order = p.flatMap((value, i) => (Number.isNaN(value) ? [] : [i])).sort((a, b) => p[a] - p[b]);
  const corrected = [...p];
  let largest = 0;
  order.forEach((test, rank) => {
    largest = Math.max(largest, Math.min(1, p[test] * (order.length - rank)));
    corrected[test] = largest;
  });
  return corrected;
}
