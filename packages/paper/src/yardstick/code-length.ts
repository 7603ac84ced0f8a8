/** How many bits a code needs: uniform quantisation, then an ideal entropy coder. */

/** Compute the entropy of counts in bits per symbol, $-\sum p \log_2 p$. */
export function entropy(counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce((sum, count) => (count > 0 ? sum - (count / total) * Math.log2(count / total) : sum), 0);
}

/**
 * Round coefficients to multiples of a step, and compute the length of their code in bits: the entropy of the symbols of each
 * group, and $\tfrac{m - 1}{2} \log_2 N$ for the frequencies of its m different symbols among N (Rissanen, 1978).
 *
 * @param coefficients of all states, one after the other.
 * @param groups group of each coefficient of a state.
 */
export function quantised(
  coefficients: Float32Array,
  groups: readonly number[],
  step: number,
): {values: Float32Array; bits: number} {
  const values = coefficients.map((value) => Math.round(value / step) * step);
  const histograms = new Map<number, Map<number, number>>();
  values.forEach((value, i) => {
    const group = groups[i % groups.length];
    const counts = histograms.get(group) ?? new Map<number, number>();
    histograms.set(group, counts.set(value, (counts.get(value) ?? 0) + 1));
  });
  let bits = 0;
  for (const histogram of histograms.values()) {
    const counts = [...histogram.values()];
    const total = counts.reduce((sum, count) => sum + count, 0);
    bits += total * entropy(counts) + ((counts.length - 1) / 2) * Math.log2(total);
  }
  return {values, bits};
}

/**
 * Count the coefficients that a code may keep where it stores their places, too: m of D places need at most $D \, h(m / D)$
 * bits with the binary entropy h.
 *
 * @param numbers size of the code, in numbers of 32 bits.
 */
export function keptWithPlaces(numbers: number, size: number): number {
  let kept = Math.min(numbers, size);
  while (kept > 0 && kept < size && 32 * kept + size * entropy([kept, size - kept]) > 32 * numbers) kept--;
  return kept;
}
