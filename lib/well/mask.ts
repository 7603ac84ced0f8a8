/**
 * Masks of boundary conditions, read in blocks: what matters of them is whether a condition holds at the ends of its axes.
 */
import {sizeOf} from "../core/shape";
import type {Hdf5File, Hdf5Numbers, Hdf5Range} from "./hdf5";

/** A mask whose axes are shortened to their ends and one cell for all those between. */
export interface ShortMask {
  /** Cells along each axis, at most 3. */
  readonly shape: readonly number[];
  /** 1 where the condition holds, row-major; one mask per trajectory follows another. */
  readonly mask: Uint8Array;
  /** First value that is not finite, if there is one. */
  readonly bad?: number;
}

/** Most cells that are read at once. */
const BLOCK = 2 ** 23;

/**
 * Read a mask and shorten its axes; a shortened cell holds if all of its cells do (`all`) or any of them.
 *
 * @param copies number of masks that follow each other along a first axis, if there is such an axis.
 */
export function readMask(
  file: Hdf5File,
  place: string,
  {shape, copies, all}: {shape: readonly number[]; copies?: number; all: boolean},
): ShortMask {
  const lengths = copies === undefined ? shape : [copies, ...shape];
  const short = shape.map((n) => Math.min(n, 3));
  const cell = axisCells(lengths, copies !== undefined);
  const mask = new Uint8Array((copies ?? 1) * sizeOf(short)).fill(all ? 1 : 0);
  const [rows = 1, ...rest] = lengths;
  const row = sizeOf(rest);
  const step = Math.max(1, Math.floor(BLOCK / row));
  let bad: number | undefined;
  for (let start = 0; start < rows; start += step) {
    const stop = Math.min(rows, start + step);
    const ranges: Hdf5Range[] = [[start, stop], ...rest.map((n): Hdf5Range => [0, n])];
    const values = file.read(place, lengths.length > 0 ? ranges : undefined);
    bad ??= shorten(values, start, rest, cell, mask, all);
  }
  return {shape: short, mask, bad};
}

/** Place of each index of an axis in the shortened mask: low end, all between, high end. */
function axisCells(lengths: readonly number[], copied: boolean): Uint32Array[] {
  const short = lengths.map((n, axis) => (copied && axis === 0 ? n : Math.min(n, 3)));
  return lengths.map((n, axis) => {
    const stride = sizeOf(short.slice(axis + 1));
    const place = (i: number) => (i === 0 || short[axis] === n ? i : i === n - 1 ? 2 : 1);
    return Uint32Array.from({length: n}, (_, i) => place(i) * stride);
  });
}

/** Enter rows of a mask; returns the first value that is not finite. */
function shorten(
  values: Hdf5Numbers,
  start: number,
  rest: readonly number[],
  cell: readonly Uint32Array[],
  mask: Uint8Array,
  all: boolean,
): number | undefined {
  const inner = rest.length > 0 ? rest[rest.length - 1] : 1;
  const last = cell.length > 1 ? cell[cell.length - 1] : undefined;
  let bad: number | undefined;
  for (let from = 0; from < values.length; from += inner) {
    let left = from / inner;
    let base = 0;
    for (let axis = cell.length - (last ? 2 : 1); axis >= 0; axis--) {
      const n = axis === 0 ? Infinity : rest[axis - 1];
      const index = n === Infinity ? left : left % n;
      base += cell[axis][axis === 0 ? start + index : index];
      left = Math.floor(left / n);
    }
    for (let k = 0; k < inner; k++) {
      const value = Number(values[from + k]);
      if (!Number.isFinite(value)) bad ??= value;
      const at = base + (last ? last[k] : 0);
      if (Boolean(value) !== all) mask[at] = all ? 0 : 1;
    }
  }
  return bad;
}
