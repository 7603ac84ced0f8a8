/**
 * Masks of boundary conditions, read in blocks: what matters of them is whether a condition holds at the ends of its axes.
 */
import {sizeOf} from "@lola-ts/core";
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

/** What is known of a mask before it is read. */
export interface MaskLayout {
  /** Cells along its axes: frames if it changes with time, then axes of space. */
  readonly shape: readonly number[];
  /** Number of axes of space. */
  readonly axes: number;
  /** Number of masks that follow each other along a first axis, if there is such an axis. */
  readonly copies?: number;
  /** `true`: a shortened cell holds if all of its cells do; `false`: if any of them does. */
  readonly all: boolean;
}

/** Read a mask and shorten its axes. Of a large one only the ends of the axes of space are read. */
export function readMask(
  file: Pick<Hdf5File, "read">,
  place: string,
  {shape, axes, copies, all}: MaskLayout,
): ShortMask {
  const lengths = copies === undefined ? shape : [copies, ...shape];
  const cells = lengths.map((n, axis) => axisCells(n, copies !== undefined && axis === 0));
  const short = cells.map(({length}, axis) => (length > 0 ? cells[axis][length - 1] + 1 : 0));
  const mask = new Uint8Array(sizeOf(short)).fill(all ? 1 : 0);
  let bad: number | undefined;
  for (const slab of slabs(lengths, axes)) {
    const values = file.read(place, slab);
    const entry = shorten(values, slab, cells, short, mask, all);
    bad ??= entry;
  }
  return {shape: copies === undefined ? short : short.slice(1), mask, bad};
}

/** Place of each index of an axis in the shortened mask: low end, all between, high end. */
function axisCells(n: number, whole: boolean): Uint32Array {
  const place = (i: number) => (whole || n <= 3 || i === 0 ? i : i === n - 1 ? 2 : 1);
  return Uint32Array.from({length: n}, (_, i) => place(i));
}

/** Parts of a mask to read: all of a small one, else the ends of the axes of space, in blocks along the first axis. */
function* slabs(lengths: readonly number[], axes: number): Generator<Hdf5Range[], void> {
  const whole = lengths.map((n): Hdf5Range => [0, n]);
  if (sizeOf(lengths) <= BLOCK) return void (yield whole);
  for (let axis = lengths.length - axes; axis < lengths.length; axis++) {
    for (const end of new Set([0, lengths[axis] - 1])) {
      const slab = replaced(whole, axis, [end, end + 1]);
      const [start, stop] = slab[0];
      const rows = Math.max(1, Math.floor(BLOCK / sizeOf(slab.slice(1).map(([a, b]) => b - a))));
      for (let row = start; row < stop; row += rows) yield replaced(slab, 0, [row, Math.min(stop, row + rows)]);
    }
  }
}

const replaced = (ranges: readonly Hdf5Range[], axis: number, range: Hdf5Range): Hdf5Range[] =>
  ranges.map((one, i) => (i === axis ? range : one));

/** Enter a part of a mask; returns its first value that is not finite. */
function shorten(
  values: Hdf5Numbers,
  slab: readonly Hdf5Range[],
  cells: readonly Uint32Array[],
  short: readonly number[],
  mask: Uint8Array,
  all: boolean,
): number | undefined {
  let bad: number | undefined;
  let next = 0;
  const enter = (axis: number, base: number): void => {
    if (axis === slab.length) {
      const value = Number(values[next++]);
      if (!Number.isFinite(value)) bad ??= value;
      if (Boolean(value) !== all) mask[base] = all ? 0 : 1;
      return;
    }
    const [start, stop] = slab[axis];
    for (let i = start; i < stop; i++) enter(axis + 1, base * short[axis] + cells[axis][i]);
  };
  enter(0, 0);
  return bad;
}
