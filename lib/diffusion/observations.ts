/** Ways to observe a state: coarse, at a few points, or along its edges (paper, Figure 6). Noise comes on top. */
import * as z from "zod";
import ndarray, {type NdArray} from "ndarray";
import {
  flat,
  type StridedArray,
  gridRule,
  trajectories,
  checkOptions,
  count,
  optional,
  section,
  whole,
  Rng,
  sizeOf,
} from "@lola-ts/core";
import {tf, blockMeans} from "@lola-ts/engine";
import type {ObservationOperator} from "./guidance";

/** The observed part of a state, the same in all of its fields. */
export type ObservationSpec =
  /** Means over blocks of `factor` cells along each axis. */
  | {readonly kind: "coarse"; readonly factor: number}
  /** The given number of cells, drawn at random from the seed; the same in all states. */
  | {readonly kind: "sparse"; readonly cells: number; readonly seed?: number}
  /** A stripe of `width` cells along every edge of the domain. */
  | {readonly kind: "stripe"; readonly width: number};

/** A way to observe states, and to draw what was seen. */
export interface Observer {
  /** Observation operator: maps states $[B, L, X, Y(, Z), C]$ to $[B, L, \dots, C]$; cells that are not observed become 0. */
  readonly observe: ObservationOperator;
  /** Observed numbers per state and field. */
  readonly count: number;
  /** Lay observations $[L, \dots, C]$ out on the grid of the states, $[L, X, Y(, Z), C]$: NaN where nothing is observed. */
  readonly layOut: (y: StridedArray) => NdArray<Float32Array>;
}

const specRule = z.discriminatedUnion("kind", [
  section({kind: z.literal("coarse"), factor: count}),
  section({kind: z.literal("sparse"), cells: count, seed: optional(whole({min: 0}))}),
  section({kind: z.literal("stripe"), width: count}),
]);

/**
 * Make the observer of states on a grid.
 *
 * @param grid cells along each axis.
 * @throws RangeError if blocks do not divide the grid, or if more cells are to be observed than there are.
 * @example const {observe} = observer({kind: "stripe", width: 4}, [64, 64]);
 */
export function observer(spec: ObservationSpec, grid: readonly number[]): Observer {
  checkOptions("observer", specRule, spec);
  checkOptions("observer", gridRule, grid, "grid");
  if (spec.kind === "coarse") return coarse(spec.factor, grid);
  return masked(spec.kind === "sparse" ? points(spec, grid) : edges(spec.width, grid), grid);
}

function coarse(factor: number, grid: readonly number[]): Observer {
  if (grid.some((n) => n % factor !== 0)) {
    throw new RangeError(`observer: expected a factor that divides the grid ${grid.join(" x ")}, found ${factor}.`);
  }
  const blocks = grid.map(() => factor);
  return {
    observe: (x) => blockMeans(x, blocks),
    count: sizeOf(grid.map((n) => n / factor)),
    layOut: (y) => mapCells(y, grid, (cell) => cell.map((at) => Math.floor(at / factor))),
  };
}

function masked(seen: Uint8Array, grid: readonly number[]): Observer {
  const mask = Float32Array.from(seen);
  return {
    observe: (x) => x.mul(tf.tensor(mask, [...grid, 1])),
    count: mask.reduce((sum, one) => sum + one, 0),
    layOut: (y) => mapCells(y, grid, (cell, at) => (seen[at] ? cell : undefined)),
  };
}

function points({cells, seed = 0}: {cells: number; seed?: number}, grid: readonly number[]): Uint8Array {
  const seen = new Uint8Array(sizeOf(grid));
  if (cells > seen.length) {
    throw new RangeError(`observer: expected cells up to ${seen.length}, found ${cells}.`);
  }
  const all = Array.from(seen, (_, at) => at);
  for (const at of Rng.from("observed cells", seed).shuffle(all).slice(0, cells)) seen[at] = 1;
  return seen;
}

function edges(width: number, grid: readonly number[]): Uint8Array {
  return Uint8Array.from({length: sizeOf(grid)}, (_, at) =>
    Number(cellAt(at, grid).some((place, axis) => place < width || place >= grid[axis] - width)),
  );
}

function cellAt(at: number, grid: readonly number[]): number[] {
  return grid.map((n, axis) => Math.floor(at / sizeOf(grid.slice(axis + 1))) % n);
}

/** Fill a grid: each cell with the fields of another array's cell, or with NaN. */
function mapCells(
  y: StridedArray,
  grid: readonly number[],
  from: (cell: number[], at: number) => number[] | undefined,
): NdArray<Float32Array> {
  checkOptions("layOut", trajectories, y, "y");
  const values = flat(y);
  const [length, ...rest] = y.shape;
  const channels = rest[rest.length - 1];
  const size = sizeOf(grid);
  const steps = rest.slice(0, -1).map((_, axis) => sizeOf(rest.slice(axis + 1)));
  const data = new Float32Array(length * size * channels).fill(NaN);
  for (let at = 0; at < size; at++) {
    const cell = from(cellAt(at, grid), at);
    if (!cell) continue;
    const start = cell.reduce((sum, place, axis) => sum + place * steps[axis], 0);
    for (let state = 0; state < length; state++) {
      for (let c = 0; c < channels; c++) {
        data[(state * size + at) * channels + c] = values[state * sizeOf(rest) + start + c];
      }
    }
  }
  return ndarray(data, [length, ...grid, channels]);
}
