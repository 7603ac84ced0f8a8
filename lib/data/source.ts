/**
 * Sources of training data: trajectories of equal length, in memory or on the disk.
 */
import ndarray, {type NdArray} from "ndarray";
import {arrayOf} from "../core/options/array-rules";
import {requireInteger} from "../core/check";
import {checkOptions} from "../core/options/check-options";
import {sizeOf} from "../core/shape";
import {resolveWindow, type StateWindow} from "../well/window";
import {flat} from "../core/array";

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
