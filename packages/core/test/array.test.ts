import ndarray, {type NdArray} from "ndarray";
import {flat, stack} from "../src/array";

const data = Float32Array.from({length: 60}, (_, i) => i);
const block = ndarray(data, [3, 4, 5]);

/** The elements one by one. */
function elements(array: NdArray<Float32Array>): number[] {
  const [a, b, c] = array.shape;
  const out: number[] = [];
  for (let i = 0; i < a; i++) for (let j = 0; j < b; j++) for (let k = 0; k < c; k++) out.push(array.get(i, j, k));
  return out;
}

test.each<[string, NdArray<Float32Array>]>([
  ["transposed", block.transpose(2, 0, 1)],
  ["reversed", block.step(1, -1, 1)],
  ["every second", block.step(1, 2, 1)],
  ["cut inside", block.lo(0, 1, 2).hi(3, 2, 2)],
  ["a column", block.lo(0, 0, 2).hi(3, 4, 1)],
])("a view (%s) is copied in row-major order", (_, view) => {
  const copy = flat(view);
  expect([...copy]).toEqual(elements(view));
  expect(copy.buffer).not.toBe(data.buffer);
});

test.each<[string, NdArray<Float32Array>, number]>([
  ["the whole", block, 0],
  ["some rows of the first axis", block.lo(1).hi(2), 20],
  ["one row, whatever the strides of axes of length 1", block.lo(2, 3).hi(1, 1), 55],
  ["a slice of the first axis", block.pick(1, null, null), 20],
])("a contiguous part (%s) is not copied", (_, view, from) => {
  const same = flat(view);
  expect(same.buffer).toBe(data.buffer);
  expect([...same]).toEqual([...data.subarray(from, from + view.size)]);
});

test("scalars and empty arrays are read", () => {
  expect([...flat(ndarray(Float32Array.of(7), []))]).toEqual([7]);
  expect(flat(ndarray(new Float32Array(0), [0, 3]))).toHaveLength(0);
});

test("arrays of one shape are stacked along a new first axis, views in their own order", () => {
  const x = ndarray(Float32Array.of(1, 2, 3, 4), [2, 2]);
  const both = stack([x, x.transpose(1, 0)]);
  expect(both.shape).toEqual([2, 2, 2]);
  expect([...both.data]).toEqual([1, 2, 3, 4, 1, 3, 2, 4]);
});
