import type {NdArray} from "ndarray";

/** Get the elements of an array in row-major order: the array's own memory where it is contiguous, else a copy. */
export function flat(array: NdArray<Float32Array>): Float32Array {
  const {data, offset, shape, stride, size} = array;
  let expected = 1;
  const contiguous = shape.every((_, axis) => {
    const at = shape.length - 1 - axis;
    const fits = shape[at] === 1 || stride[at] === expected;
    expected *= shape[at];
    return fits;
  });
  if (contiguous) return data.subarray(offset, offset + size);
  const out = new Float32Array(size);
  const index = new Array<number>(shape.length).fill(0);
  for (let i = 0; i < size; i++) {
    out[i] = array.get(...index);
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis] === shape[axis]; axis--) index[axis] = 0;
  }
  return out;
}

/** Arrays by name that are read when they are asked for. */
export interface NamedArrays {
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** Values of one array, row-major; in `into` if it is given, which must have their number. */
  readonly read: (name: string, into?: Float32Array) => Float32Array;
}
