/** Trajectories as plain row-major arrays, and single fields taken out of them. */
import {flat, type StridedArray, checkOptions, arrayOf, trajectories, whole, type Rule, sizeOf} from "@lola-ts/core";

/**
 * An `NdArray<Float32Array>` of package ndarray (any strides), or values with their shape.
 * Trajectories are channel-last, [L, X, Y, C] or [L, X, Y, Z, C]; ensembles have K in front.
 */
export type FieldArray = StridedArray;

/** A row-major array without gaps. */
export interface DenseArray {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}

/**
 * See an array as row-major values from index 0 on; strided views are copied.
 *
 * @param name names of function and array in an error, e.g. "fieldAt: trajectory".
 * @param axes number of axes. Default: any.
 * @throws RangeError if it is no such array, an axis has no entries, or values are missing.
 */
export function dense(array: FieldArray, name: string, axes: Rule = arrayOf()): DenseArray {
  const [where, place] = name.split(": ");
  checkOptions(where, axes, array, place);
  return {data: flat(array), shape: [...array.shape]};
}

/**
 * Copy one field at one time out of a channel-last array.
 *
 * @param frame index of the frame, counted over all axes before space (for an ensemble: $k L + i$).
 * @param out receives the values, its length is the number of points.
 */
export function gather({data, shape}: DenseArray, frame: number, channel: number, out: Float64Array): Float64Array {
  const channels = shape[shape.length - 1];
  for (let i = 0, at = frame * out.length * channels + channel; i < out.length; i++, at += channels) out[i] = data[at];
  return out;
}

/**
 * Take one field at one time out of a trajectory.
 *
 * @param trajectory [L, X, Y, C] or [L, X, Y, Z, C].
 * @returns its values, row-major over space.
 * @throws RangeError if the frame or the channel is out of range.
 * @example powerSpectrum([fieldAt(trajectory, 3, 1)], grid)
 */
export function fieldAt(trajectory: FieldArray, frame: number, channel: number): Float64Array {
  const array = dense(trajectory, "fieldAt: trajectory", trajectories);
  const [frames, ...rest] = array.shape;
  checkOptions("fieldAt", whole({min: 0, max: frames - 1}), frame, "frame");
  checkOptions("fieldAt", whole({min: 0, max: rest[rest.length - 1] - 1}), channel, "channel");
  return gather(array, frame, channel, new Float64Array(sizeOf(rest.slice(0, -1))));
}

/**
 * Blur the states of a trajectory: average each cell with its neighbours within `reach` cells along each axis, periodically.
 *
 * @param trajectory [L, X, Y, C] or [L, X, Y, Z, C].
 * @throws RangeError if the reach is not a whole number of 0 or more.
 * @example const smooth = blur(trajectory, 4);
 */
export function blur(trajectory: FieldArray, reach: number): {data: Float32Array; shape: number[]} {
  const {data, shape} = dense(trajectory, "blur: trajectory", trajectories);
  checkOptions("blur", whole({min: 0}), reach, "reach");
  let values = Float64Array.from(data);
  for (let axis = 1; axis < shape.length - 1; axis++) {
    const stride = sizeOf(shape.slice(axis + 1));
    const ring = shape[axis] * stride;
    const mean = new Float64Array(values.length);
    for (let i = 0; i < values.length; i++) {
      const [start, place] = [i - (i % ring), i % ring];
      for (let by = -reach; by <= reach; by++) {
        mean[i] += values[start + ((((place + by * stride) % ring) + ring) % ring)] / (2 * reach + 1);
      }
    }
    values = mean;
  }
  return {data: Float32Array.from(values), shape: [...shape]};
}
