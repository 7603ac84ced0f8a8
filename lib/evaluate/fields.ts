/** Trajectories as plain row-major arrays, and single fields taken out of them. */
import {sizeOf} from "../core/shape";

/**
 * A dense array: an `NdArray<Float32Array>` of package ndarray (any stride), or a flat array with its shape.
 * Trajectories are channel-last, [L, X, Y, C] or [L, X, Y, Z, C]; ensembles have K in front.
 */
export interface FieldArray {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
  readonly stride?: readonly number[];
  readonly offset?: number;
}

/** A row-major array without gaps. */
export interface DenseArray {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}

/**
 * See an array as row-major values from index 0 on; strided views are copied.
 *
 * @param name what to call the array in an error.
 * @throws RangeError if the array holds fewer values than its shape needs.
 */
export function dense(array: FieldArray, name: string): DenseArray {
  const shape = [...array.shape];
  const size = sizeOf(shape);
  const {data, offset = 0, stride} = array;
  const strides = new Array<number>(shape.length);
  for (let axis = shape.length - 1, step = 1; axis >= 0; step *= shape[axis--]) strides[axis] = step;

  const last = stride ? offset + shape.reduce((sum, n, axis) => sum + (n - 1) * stride[axis], 0) : offset + size - 1;
  if (size > 0 && !(last < data.length)) {
    throw new RangeError(`${name}: expected ${size} values for shape [${shape}], found ${data.length - offset}`);
  }
  if (stride && shape.some((n, axis) => n > 1 && stride[axis] !== strides[axis])) {
    const copy = new Float32Array(size);
    for (let i = 0; i < size; i++) {
      let at = offset;
      for (let axis = 0; axis < shape.length; axis++)
        at += (Math.floor(i / strides[axis]) % shape[axis]) * stride[axis];
      copy[i] = data[at];
    }
    return {data: copy, shape};
  }
  if (offset === 0) return {data, shape};
  return {data: Float32Array.from({length: size}, (_, i) => data[offset + i]), shape};
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
