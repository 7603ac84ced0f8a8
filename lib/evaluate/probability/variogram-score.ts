/**
 * Do the members have the right structure in space? (Scheuerer & Hamill, 2015)
 *
 * The variogram score compares how much a field differs from one point to another in the truth and, on average, in the members.
 * Norms of whole fields hardly tell a forecast's errors from white noise of the same size; differences over a distance do.
 */
import {checkOptions, gridRule, loops, sizeOf} from "@lola-ts/core";
import {ensembleSize} from "../ensemble";
import {together, type ScoreLoops} from "../loops";
import type {Values} from "../pointwise";
import {bandEdges, rings} from "../spectrum";

/** Bands of wavelengths of the power spectrum. */
export const variogramBands = ["low", "mid", "high"] as const;
export type VariogramBand = (typeof variogramBands)[number];

/** Places of a band, evenly in the logarithm of the wavelength, at which differences are taken. */
const PLACES = [1 / 4, 3 / 4];

/**
 * Compute the fair variogram score of order 1/2 in each band of wavelengths,
 *
 * $$ \Big\langle \big( d(y) - \tfrac{1}{K} \textstyle\sum_k d(x_k) \big)^2 - \tfrac{1}{K (K - 1)} \textstyle\sum_k
 *   \big( d(x_k) - \bar d \big)^2 \Big\rangle, \qquad d(x) = \sqrt{|x(p) - x(p + h)|}, $$
 *
 * the mean over points $p$ and over lags $h$ of half a wavelength, two lengths a band, along axes and diagonals. Both ends of
 * a lag are inside the grid, so that no boundary is assumed. The second term takes out what the scatter of $K$ members adds
 * (Ferro, 2014); a single member has none. The score is in the units of the field and does not see a constant that is added.
 *
 * @param u truth, row-major.
 * @param members K fields of as many points.
 * @param grid numbers of points per axis.
 * @returns NaN for a band whose lags are longer than the grid.
 * @throws RangeError if there is no member or a field does not fit the grid.
 */
export function variogramScore(
  u: Values,
  members: readonly Values[],
  grid: readonly number[],
): Record<VariogramBand, number> {
  checkOptions("variogramScore", gridRule, grid, "grid");
  ensembleSize("variogramScore", u, members);
  if (u.length !== sizeOf(grid)) {
    throw new RangeError(`variogramScore: expected fields of ${sizeOf(grid)} points, found ${u.length}.`);
  }
  const fields = together(u, members);
  const {variogram} = loops<ScoreLoops>();
  const edges = bandEdges(rings(grid).k);
  const scores = variogramBands.map((_, band) => {
    const lags = lagsOf(
      PLACES.map((place) => edges[band] * (edges[band + 1] / edges[band]) ** place),
      grid,
    );
    const each = lags.map((lag) => {
      const {runs, offset, number} = pairsOf(grid, lag);
      return variogram(fields, members.length + 1, runs, offset) / number;
    });
    return each.reduce((sum, score) => sum + score, 0) / each.length;
  });
  return Object.fromEntries(variogramBands.map((band, i) => [band, scores[i]])) as Record<VariogramBand, number>;
}

/** List the lags of half the wavelength of each wavenumber, along axes and diagonals, that fit into a grid; each once. */
function lagsOf(wavenumbers: readonly number[], grid: readonly number[]): number[][] {
  let directions: number[][] = [[]];
  for (const _ of grid) directions = directions.flatMap((start) => [-1, 0, 1].map((step) => [...start, step]));
  const half = directions.slice((directions.length + 1) / 2); // the opposite ones have the same pairs
  const lags = wavenumbers.flatMap((k) =>
    half.map((direction) => {
      const steps = Math.max(1, Math.round(0.5 / k / Math.hypot(...direction)));
      return direction.map((step) => steps * step);
    }),
  );
  const fitting = lags.filter((lag) => lag.every((steps, axis) => Math.abs(steps) < grid[axis]));
  return [...new Map(fitting.map((lag) => [lag.join(), lag])).values()];
}

/** Pairs of points that are one lag apart. */
interface Pairs {
  /** First point and number of neighbours along the last axis from which pairs begin, row by row. */
  readonly runs: Int32Array;
  /** Places from a pair's first point to its second. */
  readonly offset: number;
  readonly number: number;
}

let kept: {grid: string; pairs: Map<string, Pairs>} | undefined;

/** Find the pairs of a lag; the last grid's pairs are kept. */
function pairsOf(grid: readonly number[], lag: readonly number[]): Pairs {
  const key = grid.join();
  if (kept?.grid !== key) kept = {grid: key, pairs: new Map()};
  let found = kept.pairs.get(lag.join());
  if (found) return found;
  let starts: number[] = [0];
  let offset = 0;
  const inside = grid.map((n, axis) => n - Math.abs(lag[axis]));
  grid.forEach((n, axis) => {
    const first = Math.max(0, -lag[axis]);
    const indices = Array.from({length: axis < grid.length - 1 ? inside[axis] : 1}, (_, i) => first + i);
    starts = starts.flatMap((at) => indices.map((i) => at * n + i));
    offset = offset * n + lag[axis];
  });
  const row = inside[grid.length - 1];
  found = {runs: Int32Array.from(starts.flatMap((start) => [start, row])), offset, number: sizeOf(inside)};
  kept.pairs.set(lag.join(), found);
  return found;
}
