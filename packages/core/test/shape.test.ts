import ndarray from "ndarray";
import {sizeOf, stridesOf} from "../src/array";

test.each([[[]], [[5]], [[2, 3, 4]], [[3, 0, 2]]])("the size and strides of %p are those of a new ndarray", (shape) => {
  const array = ndarray(new Float32Array(24), shape);
  expect(sizeOf(shape)).toBe(array.size);
  expect(stridesOf(shape)).toEqual(array.stride);
});
