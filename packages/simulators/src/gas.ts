/**
 * Common parts of the gas solvers: cells beyond the ends of an axis, steps up to a time, and values of cells on a grid with more or
 * fewer cells.
 */
import {LabError, sizeOf, either, list, oneOf} from "@lola-ts/core";

/** Boundary of an axis: periodic, or open, where ghosts copy the last cell and waves leave. */
export type Boundary = "periodic" | "open";

export const boundariesOf = (axes: number) => either(boundary, list(boundary, {length: axes}));
const boundary = oneOf(["periodic", "open"]);

export const GHOSTS = 2;

/** Find the cell that a ghost copies, on an axis of `n` cells; ghosts are numbered from -{@link GHOSTS} and from `n` on. */
export function ghostSource(ghost: number, n: number, boundary: Boundary): number {
  return boundary === "periodic" ? ((ghost % n) + n) % n : Math.min(Math.max(ghost, 0), n - 1);
}

interface TimeStepper {
  time: number;
  /** Compute the longest step that the present state allows. */
  timeStep(): number;
  /** Take a step of length `dt` and add it to `time`. */
  step(dt: number): void;
}

/** Advance to a time; the last step is shortened to reach it exactly. */
export function advanceTo(stepper: TimeStepper, until: number): void {
  while (stepper.time < until) {
    const dt = stepper.timeStep();
    if (!(dt > 1e-12 * until)) {
      throw new LabError(
        "unresolved",
        `advanceTo: expected steps that reach time ${until}, found one of ${dt} at time ${stepper.time}.`,
      );
    }
    // Stretch a step that rounding would leave just short of the end, instead of taking a tiny one after it.
    const left = until - stepper.time;
    const last = dt >= left * (1 - 1e-12);
    stepper.step(last ? left : dt);
    if (last) stepper.time = until;
  }
}

/** Cells that a cell of the other grid is made of, with their weights. */
type Stencil = readonly (readonly [cell: number, weight: number])[];

/**
 * Average blocks of cells, or repeat cells: both conserve sums over the axis.
 *
 * @throws RangeError unless one number of cells divides the other.
 */
export function blockMeans(from: number, to: number): Stencil[] {
  if (from % to !== 0 && to % from !== 0) {
    throw new RangeError(
      `blockMeans: expected numbers of cells of which one divides the other, found ${from} and ${to}.`,
    );
  }
  const count = Math.max(1, from / to);
  return Array.from({length: to}, (_, i) =>
    Array.from({length: count}, (_, b) => [Math.floor((i * from) / to) + b, 1 / count] as const),
  );
}

/**
 * Interpolate linearly between the centres of cells.
 *
 * @param margin cells of the coarser grid beyond both ends of the axis that `from` also counts. Default: 0.
 */
export function linear(from: number, to: number, boundary: Boundary, margin = 0): Stencil[] {
  const inner = from - 2 * margin;
  return Array.from({length: to}, (_, i) => {
    const place = ((i + 0.5) * inner) / to - 0.5 + margin;
    const low = Math.floor(place);
    const weight = place - low;
    return [
      [ghostSource(low, from, boundary), 1 - weight],
      [ghostSource(low + 1, from, boundary), weight],
    ] as const;
  });
}

/** Resample the fields of a frame, whatever the number of their components. */
export function resampleFields(
  frame: Readonly<Record<string, Float32Array>>,
  shape: readonly number[],
  axes: readonly Stencil[][],
): Record<string, Float32Array> {
  const fields = Object.entries(frame).map(([name, values]) => {
    return [name, Float32Array.from(resample(values, shape, axes, values.length / sizeOf(shape)))] as const;
  });
  return Object.fromEntries(fields);
}

/** Resample values, row-major, by the stencils of each axis. @param components numbers of a cell. Default: 1. */
export function resample(
  values: ArrayLike<number>,
  shape: readonly number[],
  axes: readonly Stencil[][],
  components = 1,
): Float64Array {
  let current: ArrayLike<number> = values;
  const sizes = [...shape];
  axes.forEach((stencils, axis) => {
    const inner = components * sizeOf(sizes.slice(axis + 1));
    const outer = sizeOf(sizes.slice(0, axis));
    const next = new Float64Array(outer * stencils.length * inner);
    for (let o = 0, to = 0; o < outer; o++) {
      for (const stencil of stencils) {
        for (const [cell, weight] of stencil) {
          const at = (o * sizes[axis] + cell) * inner;
          for (let c = 0; c < inner; c++) next[to + c] += weight * current[at + c];
        }
        to += inner;
      }
    }
    sizes[axis] = stencils.length;
    current = next;
  });
  return Float64Array.from(current);
}
