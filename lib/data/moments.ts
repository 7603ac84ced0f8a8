/** Mean and variance of each channel, accumulated piece by piece without cancellation. */
import {flat, sizeOf, type Transform} from "@lola-ts/core";
import type {TrajectorySource} from "./source";
import {FORWARD} from "./standardize";

/** Count, means and sums of squared deviations of each channel; plain data. */
export interface Moments {
  readonly count: number;
  readonly mean: Float64Array;
  readonly squares: Float64Array;
}

/** Number of values in memory at a time. */
const BLOCK = 2 ** 22;

/** Moments of an empty sample. */
export function noMoments(channels: number): Moments {
  return {count: 0, mean: new Float64Array(channels), squares: new Float64Array(channels)};
}

/** Compute the moments of transformed values $[\dots, C]$ about their own mean. */
export function momentsOf(data: Float32Array, transform: readonly Transform[]): Moments {
  const step = transform.length;
  const moments = {...noMoments(step), count: data.length / step};
  const values = new Float64Array(moments.count);
  for (let c = 0; c < step; c++) {
    const f = FORWARD[transform[c]];
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[i] = f(data[i * step + c]);
    const mean = sum / values.length;
    let squares = 0;
    for (let i = 0; i < values.length; i++) squares += (values[i] - mean) ** 2;
    moments.mean[c] = mean;
    moments.squares[c] = squares;
  }
  return moments;
}

/** Combine the moments of two samples. @see Chan, Golub & LeVeque, "Updating formulae and a pairwise algorithm", 1979 */
export function joined(a: Moments, b: Moments): Moments {
  const count = a.count + b.count;
  const delta = b.mean.map((mean, c) => mean - a.mean[c]);
  return {
    count,
    mean: a.mean.map((mean, c) => mean + (delta[c] * b.count) / count),
    squares: a.squares.map((squares, c) => squares + b.squares[c] + (delta[c] * delta[c] * a.count * b.count) / count),
  };
}

/** Compute the moments of one trajectory of a source, a few states in memory at a time. @throws as the source's `read`. */
export function trajectoryMoments(
  source: TrajectorySource,
  trajectory: number,
  transform: readonly Transform[],
): Moments {
  const [, frames, ...state] = source.shape;
  const block = Math.max(1, Math.floor(BLOCK / sizeOf(state)));
  let moments: Moments | undefined;
  for (let start = 0; start < frames; start += block) {
    const data = flat(source.read(trajectory, {start, length: Math.min(block, frames - start)}));
    const own = momentsOf(data, transform);
    moments = moments ? joined(moments, own) : own;
  }
  return moments!;
}
