import {blownUp} from "../../lib/train/loop";

const named = (arrays: Record<string, number[]>) =>
  new Map(
    Object.entries(arrays).map(([name, values]) => [name, {shape: [values.length], data: Float32Array.from(values)}]),
  );

const weights = named({a: [1, -2], b: [0.5], c: [3], d: [-40], e: [0]});

test("names tensors whose gradient is not finite, a few of them, and the one with the largest weight", () => {
  expect(blownUp(named({a: [0, NaN], b: [1], c: [0], d: [0], e: [0]}), weights)).toBe(
    "the gradient of a is not finite, and the largest weight is 40, in d",
  );
  expect(blownUp(named({a: [NaN], b: [Infinity], c: [-Infinity], d: [NaN], e: [0]}), weights)).toContain(
    "the gradient of a, b, c and 1 other is",
  );
});

test("says so where it is that of all, or of none", () => {
  expect(blownUp(named({a: [NaN], b: [NaN]}), weights)).toContain("the gradient of all 2 tensors is not finite");
  expect(blownUp(named({a: [0]}), weights)).toContain("the gradient is finite, and the loss is not, and");
});
