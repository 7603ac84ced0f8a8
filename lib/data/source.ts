/** Sources of training data: trajectories of equal length, in memory or on the disk. */
import ndarray, {type NdArray} from "ndarray";
import {arrayOf, having, requireInteger, checkOptions, sizeOf, flat} from "@lola-ts/core";

/** States `start`, `start + stride`, ... of a trajectory. */
export interface StateWindow {
  /** Default: 0. */
  start?: number;
  /** Number of states. Default: all that follow. */
  length?: number;
  /** Default: 1. */
  stride?: number;
}

/** Fill in the defaults of a window. @throws RangeError if it does not lie inside the states of the trajectory. */
export function resolveWindow(trajectory: number, frames: number, window: StateWindow): Required<StateWindow> {
  const {start = 0, stride = 1} = window;
  const {length = Math.max(0, Math.ceil((frames - start) / stride))} = window;
  if (!(
    [start, stride, length].every(Number.isInteger) &&
    start >= 0 &&
    stride >= 1 &&
    length >= 1 &&
    start + stride * (length - 1) < frames
  )) {
    const wanted = `${length} states from ${start} by ${stride}`;
    throw new RangeError(`trajectory ${trajectory}: expected a window inside its ${frames} states, found ${wanted}.`);
  }
  return {start, length, stride};
}

/** Trajectories of equal length that are read window by window. */
export interface TrajectorySource {
  /** Shape of all of them, $[N, T, X, Y(, Z), C]$. */
  readonly shape: readonly number[];
  /**
   * Read a window of a trajectory, $[L, X, Y(, Z), C]$. Its values may be the source's own memory: do not change them.
   *
   * @throws RangeError if the window does not lie inside the trajectory.
   */
  read(trajectory: number, window?: StateWindow): NdArray<Float32Array>;
}

/**
 * A source that other threads can open: its module exports `openSource`, which makes the source again from the specification.
 */
export interface FileSource extends TrajectorySource {
  readonly opener: SourceOpener;
}

/** How a thread opens a source; plain data. */
export interface SourceOpener {
  /** Path of the compiled module. */
  readonly module: string;
  readonly specification: unknown;
}

export const fileSourceRule = having("a source of files", "opener", "shape", "read");

/** Tell whether other threads can open a source. */
export function isFileSource(source: TrajectorySource): source is FileSource {
  return (source as Partial<FileSource> | undefined)?.opener !== undefined;
}

/** Open a source in this thread. @throws as its module's `openSource`. */
export async function reopen({module, specification}: SourceOpener): Promise<TrajectorySource> {
  const {openSource} = (await import(module)) as {openSource: (specification: unknown) => Promise<TrajectorySource>};
  return openSource(specification);
}

const trajectoriesRule = arrayOf("N, T", "N, T, C", "N, T, X, C", "N, T, X, Y, C", "N, T, X, Y, Z, C");

/** Trajectories in memory: an array $[N, T, X, Y(, Z), C]$, views included. */
export class MemorySource implements TrajectorySource {
  readonly shape: readonly number[];
  /** All values, row-major. */
  readonly data: Float32Array;

  /** @throws RangeError unless it is such an array. */
  constructor(states: NdArray<Float32Array>) {
    checkOptions("MemorySource", trajectoriesRule, states, "states");
    this.shape = [...states.shape];
    this.data = flat(states);
  }

  read(trajectory: number, window: StateWindow = {}): NdArray<Float32Array> {
    const [trajectories, frames, ...state] = this.shape;
    requireInteger("MemorySource.read", "trajectory", trajectory, {min: 0, max: trajectories - 1});
    const {start, length, stride} = resolveWindow(trajectory, frames, window);
    const size = sizeOf(state);
    const own = this.data.subarray(trajectory * frames * size, (trajectory + 1) * frames * size);
    const shape = [length, ...state];
    if (stride === 1) return ndarray(own.subarray(start * size, (start + length) * size), shape);
    const out = new Float32Array(length * size);
    for (let i = 0; i < length; i++) {
      const from = (start + stride * i) * size;
      out.set(own.subarray(from, from + size), i * size);
    }
    return ndarray(out, shape);
  }
}
