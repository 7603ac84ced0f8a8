import {
  arrayOf,
  callable,
  having,
  isRow,
  records,
  row,
  rowOf,
  trajectories,
  accepts,
  expectedOf,
} from "../../src/options/rules";
import ndarray from "ndarray";

const array = ndarray(new Float32Array(24), [2, 3, 4]);

test("a row is a list or a typed array of numbers with one or more", () => {
  for (const value of [[1], Float32Array.of(1, 2), [NaN]]) expect(isRow(value)).toBe(true);
  for (const value of [[], ["1"], new Float32Array(0), "12", 1, null, undefined])
    expect(accepts(row, value)).toBe(false);
  expect(accepts(rowOf(2), [1, 2])).toBe(true);
  expect(accepts(rowOf(2), [1])).toBe(false);
});

test("an array has one of the shapes, and views of it are arrays too", () => {
  const rule = arrayOf("L, X", "L, X, C");
  expect(expectedOf(rule)).toBe("an array [L, X] or [L, X, C]");
  for (const value of [array, array.transpose(2, 0, 1), array.pick(1), array.hi(1, 2, 3), array.step(1, 1, -1)]) {
    expect(accepts(rule, value)).toBe(true);
  }
  expect(accepts(rule, array.pick(1, 1))).toBe(false);
  expect(accepts(trajectories, array)).toBe(true);
});

test("an array whose values are not all there, or which has an empty axis, is none", () => {
  const rule = arrayOf();
  expect(accepts(rule, {data: new Float32Array(24), shape: [2, 3, 4]})).toBe(true);
  expect(accepts(rule, {data: new Float32Array(23), shape: [2, 3, 4]})).toBe(false);
  expect(accepts(rule, {data: new Float32Array(24), shape: [0, 3]})).toBe(false);
  expect(accepts(rule, {data: new Float32Array(24), shape: [24], stride: [2]})).toBe(false);
  expect(accepts(rule, {data: new Float32Array(24), shape: [4], stride: [-1], offset: 2})).toBe(false);
  for (const value of [null, [1, 2], {shape: [1]}, {data: [1]}]) expect(accepts(rule, value)).toBe(false);
});

test("functions, objects with members, and lists of them are told from others", () => {
  expect([accepts(callable, () => 1), accepts(callable, {})]).toEqual([true, false]);
  const rule = having("a model", "layout", "weights");
  expect([accepts(rule, {layout: 1, weights: undefined}), accepts(rule, {layout: 1}), accepts(rule, null)]).toEqual([
    true,
    false,
    false,
  ]);
  const list = records("models", "layout");
  expect([accepts(list, []), accepts(list, [{layout: 1}]), accepts(list, [{}]), accepts(list, {})]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
