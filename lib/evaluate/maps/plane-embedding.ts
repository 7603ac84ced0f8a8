/** Points of many dimensions as a picture of two. */
import {TSNE} from "@saehrimnir/druidjs";
import {row, checkOptions, count, list, number, optional, section, whole} from "@lola-ts/core";

export interface EmbeddingOptions {
  /** About the number of neighbours that each point keeps near. Default: 30, or a fourth of the points if that is less. */
  readonly perplexity?: number;
  /** Steps of gradient descent. Default: 400. */
  readonly iterations?: number;
  /** Default: 0. */
  readonly seed?: number;
}

const rules = section<EmbeddingOptions>({
  perplexity: optional(number({above: 0})),
  iterations: optional(count),
  seed: optional(whole({min: 0})),
});

/**
 * Embed points in the plane by t-SNE: neighbours stay neighbours, distances between groups mean nothing (van der Maaten and
 * Hinton, 2008; computed by druidjs).
 *
 * @param points at least four, all of the same number of coordinates.
 * @returns two coordinates per point, without unit.
 * @throws RangeError for points of different length, fewer than four, or a coordinate that is not finite.
 * @example const places = embedInPlane(tokens, {perplexity: 20});
 */
export function embedInPlane(points: readonly ArrayLike<number>[], options: EmbeddingOptions = {}): [number, number][] {
  checkOptions("embedInPlane", list(row), points, "points");
  checkOptions("embedInPlane", rules, options);
  const {perplexity = Math.min(30, points.length / 4), iterations = 400, seed = 0} = options;
  const sizes = new Set(points.map(({length}) => length));
  if (sizes.size > 1 || points.length < 4) {
    const found = `${points.length} points of ${[...sizes].join(", ")} coordinates`;
    throw new RangeError(
      `embedInPlane: expected four or more points of the same number of coordinates, found ${found}.`,
    );
  }
  const rows = points.map((point) => Array.from(point));
  const broken = rows.findIndex((point) => !point.every(Number.isFinite));
  if (broken >= 0) {
    throw new RangeError(
      `embedInPlane: expected finite coordinates, found ${rows[broken].join(", ")} in points.${broken}.`,
    );
  }
  const tsne = new TSNE(
    rows,
    {perplexity, epsilon: 10, d: 2, seed: seed + 1}, // a seed of 0 would be one by the clock
  );
  return Array.from(tsne.transform(iterations), ([x, y]) => [x, y]);
}
