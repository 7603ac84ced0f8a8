/**
 * Boundary conditions of a Well file: masks of cells, of which it matters whether a condition holds at the ends of its axes.
 */
import {sizeOf, BOUNDARY, type BoundaryCodes} from "@lola-ts/core";
import type {Hdf5File, Hdf5Range} from "./hdf5";

export type BoundaryType = keyof typeof BOUNDARY;

/** Of each mask and axis, whether a condition holds at the lower and the upper end. */
type Ends = readonly (readonly (readonly [low: boolean, high: boolean])[])[];

export interface BoundaryCondition {
  readonly type: BoundaryType;
  /** Positions of its axes among the axes of the file, in the order of the mask. */
  readonly axes: readonly number[];
  /** One mask for all trajectories, or one each. */
  readonly ends: Ends;
}

/** Facts about a mask before it is read. */
interface MaskLayout {
  readonly type: BoundaryType;
  /** Cells along its axes: frames if it changes with time, then axes of space. */
  readonly shape: readonly number[];
  readonly axes: number;
  /** Number of masks that follow each other along a first axis, if there is such an axis. */
  readonly copies?: number;
}

/** Most cells that are read at once. */
const BLOCK = 2 ** 23;

/**
 * Read where a condition holds. A wall must cover all cells of an end, any other condition at least one of them, as in The
 * Well's own reader.
 *
 * @returns `bad` is the first value that is not finite, if there is one.
 */
export function readEnds(
  file: Pick<Hdf5File, "read">,
  place: string,
  {type, shape, axes, copies}: MaskLayout,
): {ends: Ends; bad?: number} {
  const all = type === "WALL";
  const lengths = copies === undefined ? shape : [copies, ...shape];
  const ends = Array.from({length: copies ?? 1}, () =>
    Array.from({length: axes}, (): [boolean, boolean] => [all, all]),
  );
  let bad: number | undefined;
  for (let axis = 0; axis < axes; axis++) {
    for (const end of [0, 1] as const) {
      for (const slab of slabs(lengths, lengths.length - axes + axis, end)) {
        const values = file.read(place, slab);
        const inner = values.length / (slab[0][1] - slab[0][0]);
        for (let i = 0; i < values.length; i++) {
          const value = Number(values[i]);
          if (!Number.isFinite(value)) bad ??= value;
          const mask = copies === undefined ? 0 : slab[0][0] + Math.floor(i / inner);
          if ((value !== 0) !== all) ends[mask][axis][end] = !all;
        }
      }
    }
  }
  return {ends, bad};
}

/** Cut the cells at an end of an axis into blocks along the first axis. */
function* slabs(lengths: readonly number[], axis: number, end: 0 | 1): Generator<Hdf5Range[], void> {
  const edge = end * (lengths[axis] - 1);
  const [[start, stop], ...rest] = lengths.map((n, i): Hdf5Range => (i === axis ? [edge, edge + 1] : [0, n]));
  const rows = Math.max(1, Math.floor(BLOCK / sizeOf(rest.map(([a, b]) => b - a))));
  for (let row = start; row < stop; row += rows) yield [[row, Math.min(stop, row + rows)], ...rest];
}

/**
 * Reduce the conditions of one trajectory to codes of the lower and upper end of each axis. Ends without a condition are
 * open; a later condition overrides an earlier one.
 */
export function boundaryCodes(
  axes: number,
  conditions: readonly BoundaryCondition[],
  trajectory: number,
): BoundaryCodes {
  const codes = Array.from({length: axes}, (): [number, number] => [BOUNDARY.OPEN, BOUNDARY.OPEN]);
  for (const {type, axes, ends} of conditions) {
    const mask = ends[ends.length > 1 ? trajectory : 0];
    axes.forEach((axis, i) => {
      for (const end of [0, 1] as const) if (mask[i][end]) codes[axis][end] = BOUNDARY[type];
    });
  }
  return codes;
}
