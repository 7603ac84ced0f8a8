/** Count the letters to add, leave out, replace or swap between two words (optimal string alignment distance). */
export function editDistance(a: string, b: string): number {
  const rows = [Array.from({length: b.length + 1}, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swaps = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = swaps ? rows[i - 2][j - 2] + 1 : Infinity;
      row.push(Math.min(replaced, swapped, rows[i - 1][j] + 1, row[j - 1] + 1));
    }
    rows.push(row);
  }
  return rows[a.length][b.length];
}

/**
 * Find the candidates whose name is nearest to a misspelt one; capital letters count as small ones.
 *
 * @param nameOf name of a candidate.
 * @returns all at the smallest distance, none if that is more than two fifths of the name's letters and one more.
 */
export function nearest<T>(name: string, candidates: readonly T[], nameOf: (candidate: T) => string): T[] {
  const distances = candidates.map((one) => editDistance(name.toLowerCase(), nameOf(one).toLowerCase()));
  const smallest = Math.min(...distances);
  return smallest > 1 + 0.4 * name.length ? [] : candidates.filter((_, i) => distances[i] === smallest);
}
