/** Arrays with strides: public functions take them as package ndarray makes them, views included. */
import ndarray, {type NdArray} from "ndarray";

/** Compute the number of elements of an array: the product of its shape, 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

/** Compute the strides of a row-major array without gaps, in elements. */
export function stridesOf(shape: readonly number[]): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

/** An ndarray, or values with a shape: row-major without gaps from the first value on by default. */
export interface StridedArray<T extends ArrayLike<number> = ArrayLike<number>> {
  readonly data: T;
  readonly shape: readonly number[];
  readonly stride?: readonly number[];
  readonly offset?: number;
}

/** Get the elements of an array in row-major order: the array's own memory where it is contiguous, else a copy. */
export function flat(array: StridedArray<Float32Array>): Float32Array;
export function flat(array: StridedArray): ArrayLike<number>;
export function flat({data, shape, stride, offset = 0}: StridedArray): ArrayLike<number> {
  const size = sizeOf(shape);
  const dense = stridesOf(shape);
  if (!stride || shape.every((n, axis) => n === 1 || stride[axis] === dense[axis])) {
    if (offset === 0 && data.length === size) return data;
    return isTyped(data)
      ? data.subarray(offset, offset + size)
      : Array.from({length: size}, (_, i) => data[offset + i]);
  }
  const out = isTyped(data) && data.BYTES_PER_ELEMENT === 4 ? new Float32Array(size) : new Float64Array(size);
  if (size > 0) copyAxis(data, offset, shape, stride, out, 0, 0);
  return out;
}

const isTyped = (data: ArrayLike<number>): data is Float32Array => ArrayBuffer.isView(data);

/** Copy the elements along an axis and those after it; returns the place of the next element. */
function copyAxis(
  data: ArrayLike<number>,
  from: number,
  shape: readonly number[],
  stride: readonly number[],
  out: Float32Array | Float64Array,
  to: number,
  axis: number,
): number {
  const step = stride[axis];
  if (axis === shape.length - 1) {
    for (let i = 0; i < shape[axis]; i++) out[to++] = data[from + i * step];
    return to;
  }
  for (let i = 0; i < shape[axis]; i++) to = copyAxis(data, from + i * step, shape, stride, out, to, axis + 1);
  return to;
}

/** Put arrays of one shape into one, along a new first axis. */
export function stack(arrays: readonly NdArray<Float32Array>[]): NdArray<Float32Array> {
  const [{shape, size}] = arrays;
  const data = new Float32Array(arrays.length * size);
  arrays.forEach((array, i) => data.set(flat(array), i * size));
  return ndarray(data, [arrays.length, ...shape]);
}

/** Arrays by name, read on request. */
export interface NamedArrays {
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** Values of one array, row-major; written to `into` if it is given, whose length must be their number. */
  readonly read: (name: string, into?: Float32Array) => Float32Array;
}
