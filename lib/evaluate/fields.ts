/** Trajectories as plain row-major arrays, and single fields taken out of them. */
import {flat, type StridedArray} from "../core/array";
import {sizeOf, stridesOf} from "../core/shape";

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
 * @param name name of the array in an error.
 * @throws RangeError if the array holds fewer values than its shape needs.
 */
export function dense(array: FieldArray, name: string): DenseArray {
  const shape = [...array.shape];
  const size = sizeOf(shape);
  const {data, offset = 0, stride = stridesOf(shape)} = array;
  const last = offset + shape.reduce((sum, n, axis) => sum + (n - 1) * stride[axis], 0);
  if (size > 0 && !(last < data.length)) {
    throw new RangeError(`${name}: expected ${size} values for shape [${shape}], found ${data.length - offset}.`);
  }
  return {data: flat(array), shape};
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
  const array = dense(trajectory, "fieldAt: trajectory");
  const [frames, ...rest] = array.shape;
  const channels = rest[rest.length - 1];
  const inside = (i: number, n: number) => Number.isInteger(i) && i >= 0 && i < n;
  if (!inside(frame, frames) || !inside(channel, channels)) {
    throw new RangeError(
      `fieldAt: expected a frame and a channel within [${array.shape}], found ${frame} and ${channel}.`,
    );
  }
  return gather(array, frame, channel, new Float64Array(sizeOf(rest.slice(0, -1))));
}
