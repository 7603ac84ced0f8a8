import ndarray from "ndarray";
import {MemorySource} from "../../lib/data/source";

const states = ndarray(
  Float32Array.from({length: 2 * 5 * 3}, (_, i) => i),
  [2, 5, 3],
);

test("a window of an array is that part of it, with and without gaps", () => {
  const source = new MemorySource(states);
  expect(source.shape).toEqual([2, 5, 3]);
  const near = source.read(1, {start: 3, length: 2});
  expect([...near.data]).toEqual([24, 25, 26, 27, 28, 29]);
  expect(near.shape).toEqual([2, 3]);
  expect([...source.read(0, {start: 1, stride: 3}).data]).toEqual([3, 4, 5, 12, 13, 14]);
  expect(source.read(1).shape).toEqual([5, 3]);
});

test("views are read in the order of their values", () => {
  const source = new MemorySource(states.transpose(1, 0, 2)); // [5, 2, 3]
  expect([...source.read(4).data]).toEqual([12, 13, 14, 27, 28, 29]);
});

test("windows outside of a trajectory are refused", () => {
  const source = new MemorySource(states);
  expect(() => source.read(1, {start: 3, length: 3})).toThrow(
    "trajectory 1: expected a window inside its 5 states, found 3 states from 3 by 1",
  );
  expect(() => source.read(0, {start: 5})).toThrow("found 0 states from 5 by 1");
});
