/** Sizes and strides of row-major arrays. */

/** Compute the number of elements of an array: the product of its shape, 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

/** Compute the strides of a row-major array without gaps, in elements. */
export function stridesOf(shape: readonly number[]): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}
