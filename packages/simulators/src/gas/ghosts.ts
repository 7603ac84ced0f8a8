/** Ghost cells: states beyond the ends of an axis, from which the outermost faces are extrapolated. */

import {either, list, oneOf} from "@lola-ts/core";

/** Boundary of an axis: periodic, or open, where ghosts copy the last cell and waves leave. */
export type Boundary = "periodic" | "open";

/** Accept one boundary for all axes, or one each. */
export const boundariesOf = (axes: number) => either(boundary, list(boundary, {length: axes}));
const boundary = oneOf(["periodic", "open"]);

export const GHOSTS = 2;

/** Find the cell that a ghost copies, on an axis of `n` cells; ghosts are numbered from -{@link GHOSTS} and from `n` on. */
export function ghostSource(ghost: number, n: number, boundary: Boundary): number {
  return boundary === "periodic" ? ((ghost % n) + n) % n : Math.min(Math.max(ghost, 0), n - 1);
}
