/**
 * Boundary conditions of a Well file: masks of cells, reduced to one code per end of each axis.
 */
import {sizeOf, BOUNDARY, type BoundaryCodes} from "@lola-ts/core";

/** Type of a boundary, by its name in files. */
export type BoundaryType = keyof typeof BOUNDARY;

/** One condition as a file stores it. */
export interface BoundaryCondition {
  readonly type: BoundaryType;
  /** Positions of its axes among the axes of the file, in the order of the mask. */
  readonly axes: readonly number[];
  /** `true`: each trajectory has its own mask, along a first axis of trajectories. */
  readonly sampleVarying: boolean;
  /** Cells along the mask's axes after that of trajectories: frames if it changes with time, then those of `axes`. */
  readonly shape: readonly number[];
  /** True where the condition holds, row-major. */
  readonly mask: ArrayLike<number>;
}

/**
 * Reduce the conditions of one trajectory to codes of the lower and upper end of each axis.
 *
 * Ends without a condition are open; a later condition overrides an earlier one. A wall must cover all cells of an end, any
 * other condition at least one of them, as in The Well's own reader.
 */
export function boundaryCodes(
  axes: number,
  conditions: readonly BoundaryCondition[],
  trajectory: number,
): BoundaryCodes {
  const codes = Array.from({length: axes}, (): [number, number] => [BOUNDARY.OPEN, BOUNDARY.OPEN]);
  for (const condition of conditions) {
    const first = condition.shape.length - condition.axes.length;
    condition.axes.forEach((axis, i) => {
      for (const end of [0, 1] as const) {
        if (holds(condition, first + i, end, trajectory)) codes[axis][end] = BOUNDARY[condition.type];
      }
    });
  }
  return codes;
}

/** Check if a condition holds at an end of one of its axes in at least one of its masks, which follow each other. */
export function holdsSomewhere(condition: BoundaryCondition, masks: number): boolean {
  const first = condition.shape.length - condition.axes.length;
  for (let mask = 0; mask < masks; mask++) {
    for (let axis = first; axis < condition.shape.length; axis++) {
      if (holds(condition, axis, 0, mask) || holds(condition, axis, 1, mask)) return true;
    }
  }
  return false;
}

/** Check if a condition holds at one end of an axis of its mask. */
function holds({type, shape, mask, sampleVarying}: BoundaryCondition, at: number, end: 0 | 1, trajectory: number) {
  const size = sizeOf(shape);
  const stride = sizeOf(shape.slice(at + 1));
  const from = sampleVarying ? trajectory * size : 0;
  const edge = end * (shape[at] - 1);
  for (let k = 0; k < size; k++) {
    if (Math.floor(k / stride) % shape[at] !== edge) continue;
    const value = Boolean(mask[from + k]);
    if (type === "WALL" && !value) return false;
    if (type !== "WALL" && value) return true;
  }
  return type === "WALL";
}
