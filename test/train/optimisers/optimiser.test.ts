import {tf} from "@lola-ts/engine";
import {lerp, newestWeight} from "../../../lib/train/optimisers/optimiser";

const weight = (beta: number, count: number) => tf.tidy(() => newestWeight(beta, tf.scalar(count)).dataSync()[0]);

test("the first value counts in full, later ones ever less, down to 1 - beta", () => {
  expect(weight(0.99, 1)).toBeCloseTo(1, 6);
  expect(weight(0.99, 2)).toBeCloseTo(0.01 / (1 - 0.99 ** 2), 6);
  expect(weight(0.99, 1e6)).toBeCloseTo(0.01, 6);
});

test("before the first value it is finite", () => {
  expect(weight(0.99, 0)).toBeCloseTo(1, 6);
});

test("is Adam's bias correction: the average of k values divided by 1 - beta^k", () => {
  const values = [3, -1, 4, 1, -5];
  let plain = 0;
  let corrected = 0;
  values.forEach((value, i) => {
    plain = 0.9 * plain + 0.1 * value;
    corrected = tf.tidy(
      () => lerp(tf.scalar(corrected), tf.scalar(value), newestWeight(0.9, tf.scalar(i + 1))).dataSync()[0],
    );
    expect(corrected).toBeCloseTo(plain / (1 - 0.9 ** (i + 1)), 5);
  });
});
