/** Do distances follow the distances of a parameter? The test of Mantel (1967), by permutations of the parameter's values. */
import {Rng} from "@lola-ts/core";
import {correlation as correlationOf} from "../pointwise";

/** Rank correlation of two kinds of distances between the same things. */
export interface MantelTest {
  /** Spearman's correlation over all pairs. */
  readonly correlation: number;
  /** Share of permutations whose correlation is as large or larger: one-sided, the identity among them. */
  readonly p: number;
}

/** Things of which all permutations are tried; of more a sample is drawn. */
const EXHAUSTIVE = 7;
const DRAWS = 4999;

/** Rank values from the middle on, equal ones by the mean of their ranks: the mean of all is 0. */
export function ranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a] - values[b]);
  const out = new Array<number>(values.length);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    for (let i = from; i < to; i++) out[order[i]] = (from + to - order.length) / 2;
    from = to;
  }
  return out;
}

function permutations(n: number): number[][] {
  if (n === 0) return [[]];
  return permutations(n - 1).flatMap((rest) =>
    rest.concat(0).map((_, at) => [...rest.slice(0, at), n - 1, ...rest.slice(at)]),
  );
}

/**
 * Correlate distances with a parameter's over all pairs, and test whether the correlation could be chance: pairs are
 * not independent, so the values of the parameter are permuted (all orders of up to 7 things, 4999 draws of more).
 *
 * @param distances symmetric, n by n.
 * @param parameter position of each of the n things, e.g. the logarithm of a number.
 * @throws RangeError for fewer than 3 things or a matrix of another size.
 */
export function mantelTest(distances: readonly (readonly number[])[], parameter: readonly number[]): MantelTest {
  const n = parameter.length;
  if (n < 3 || distances.length !== n || distances.some((row) => row.length !== n)) {
    throw new RangeError(
      `mantelTest: expected distances between 3 things or more, found ${distances.length} and ${n}.`,
    );
  }
  const pairs = parameter.flatMap((_, i) => parameter.slice(0, i).map((_, j) => [i, j] as const));
  const own = ranks(pairs.map(([i, j]) => distances[i][j]));
  const gaps = ranks(pairs.map(([i, j]) => Math.abs(parameter[i] - parameter[j])));
  const gapOf = new Map(pairs.map(([i, j], k) => [n * i + j, gaps[k]]));
  const correlate = (order: readonly number[]) =>
    correlationOf(
      own,
      pairs.map(([i, j]) => gapOf.get(n * Math.max(order[i], order[j]) + Math.min(order[i], order[j]))!),
    );
  const correlation = correlate(parameter.map((_, i) => i));
  const random = Rng.from("mantel", n);
  const all = parameter.map((_, i) => i);
  const orders =
    n <= EXHAUSTIVE ? permutations(n) : [all, ...Array.from({length: DRAWS}, () => random.shuffle([...all]))];
  const asLarge = orders.filter((order) => correlate(order) >= correlation - 1e-12).length;
  return {correlation, p: asLarge / orders.length};
}
