/** Ghost cells: states beyond the ends of an axis, from which the outermost faces are extrapolated. */

/** Boundary of an axis: periodic, or open, where ghosts copy the last cell and waves leave. */
export type Boundary = "periodic" | "open";

/** Ghost cells on each side. */
export const GHOSTS = 2;

/** Find the cell that a ghost copies, on an axis of `n` cells; ghosts are numbered from -{@link GHOSTS} and from `n` on. */
export function ghostSource(ghost: number, n: number, boundary: Boundary): number {
  return boundary === "periodic" ? ((ghost % n) + n) % n : Math.min(Math.max(ghost, 0), n - 1);
}
