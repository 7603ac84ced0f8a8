import {choose, clipFactor, finite, globalNorm, scaleGradient} from "../../lib/train/clip";
import {tf} from "@lola-ts/engine";

const clipped = (values: number[], limit: number) =>
  tf.tidy(() => {
    const gradient = tf.tensor1d(values);
    return scaleGradient(gradient, clipFactor(globalNorm(gradient), limit)).arraySync();
  });

test("a long gradient gets the limit's norm and keeps its direction", () => {
  const [a, b] = clipped([30, 40], 1);
  expect(a).toBeCloseTo(0.6, 6);
  expect(b).toBeCloseTo(0.8, 6);
});

test("a short gradient stays", () => {
  expect(clipped([0.25, 0.5], 1)).toEqual([0.25, 0.5]);
});

test("without a limit a gradient stays, however long", () => {
  expect(clipped([3000, 4000], Infinity)).toEqual([3000, 4000]);
});

test.each([1, Infinity])("a gradient that is not finite becomes 0, limit %p", (limit) => {
  expect(clipped([1, NaN, 2], limit)).toEqual([0, 0, 0]);
  expect(clipped([1, Infinity, -Infinity], limit)).toEqual([0, 0, 0]);
  expect(clipped([3e38, 3e38], limit)).toEqual([0, 0]); // its norm overflows
});

test("the norm of many entries is exact to single precision", () => {
  const gradient = Float32Array.from({length: 1 << 20}, (_, i) => Math.sin(i));
  const expected = Math.sqrt(gradient.reduce((sum, x) => sum + x * x, 0));
  expect(tf.tidy(() => globalNorm(tf.tensor1d(gradient)).dataSync()[0]) / expected).toBeCloseTo(1, 6);
});

test.each([
  [[1, 2], true],
  [[1, NaN], false],
  [[Infinity, 1], false],
])("finite of %p is %p", (values, expected) => {
  expect(tf.tidy(() => finite(...(values as number[]).map((value) => tf.scalar(value))).dataSync()[0])).toBe(
    Number(expected),
  );
});

test("choose takes the one or the other, NaN or not", () => {
  tf.tidy(() => {
    const a = tf.tensor1d([1, 2]);
    const b = tf.tensor1d([NaN, 4]);
    expect(choose(tf.scalar(true, "bool"), a, b).arraySync()).toEqual([1, 2]);
    expect(choose(tf.scalar(false, "bool"), b, a).arraySync()).toEqual([1, 2]);
  });
});
