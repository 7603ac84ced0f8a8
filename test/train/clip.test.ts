import {choose, clipToNorm, finite, globalNorm} from "../../lib/train/clip";
import {tf} from "../../lib/tensor/backend";

const clipped = (values: number[], limit: number) =>
  tf.tidy(() => {
    const gradient = tf.tensor1d(values);
    return clipToNorm(gradient, globalNorm(gradient), limit).arraySync();
  });

test("a long gradient gets the limit's norm and keeps its direction", () => {
  const [a, b] = clipped([30, 40], 1);
  expect(a).toBeCloseTo(0.6, 6);
  expect(b).toBeCloseTo(0.8, 6);
});

test("a short gradient stays", () => {
  expect(clipped([0.25, 0.5], 1)).toEqual([0.25, 0.5]);
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
    const [a, b] = [tf.tensor1d([1, 2]), tf.tensor1d([NaN, 4])];
    expect(choose(tf.scalar(true, "bool"), a, b).arraySync()).toEqual([1, 2]);
    expect(choose(tf.scalar(false, "bool"), b, a).arraySync()).toEqual([1, 2]);
  });
});
