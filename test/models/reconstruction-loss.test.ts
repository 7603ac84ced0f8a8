import {reconstructionLoss, type LossKind} from "../../lib/models/reconstruction-loss";
import type {Variance} from "../../lib/nn/linear";
import {tf} from "@lola-ts/engine";

test("losses equal their formulas, by hand", () => {
  const u = tf.tensor4d([1, 3], [1, 1, 2, 1]); // unbiased variance 2
  const v = tf.tensor4d([1, 5], [1, 1, 2, 1]); // mean square error 2
  const value = (kind: LossKind) => reconstructionLoss(u, v, kind).dataSync()[0];
  expect(value("mse")).toBeCloseTo(2, 6);
  expect(value("mae")).toBeCloseTo(1, 6);
  expect(value("vmse")).toBeCloseTo(2 / 2.01, 6);
  expect(value("vrmse")).toBeCloseTo(Math.sqrt(2 / 2.01), 6);
});

test("similarity is the mean cosine between the latents of all pairs, by hand", () => {
  const u = tf.zeros([3, 1, 2, 1]);
  const z = tf.tensor4d([1, 0, 0, 2, -3, 3], [3, 1, 2, 1]); // cosines 0, -1/sqrt 2, 1/sqrt 2
  const value = (latents: tf.Tensor) => reconstructionLoss(u, u, "similarity", {latents}).dataSync()[0];
  expect(value(z)).toBeCloseTo(0, 6);
  expect(value(z.abs())).toBeCloseTo((2 * Math.SQRT1_2) / 3, 6);
  expect(value(tf.ones([3, 1, 2, 1]))).toBeCloseTo(1, 6);
  expect(() => reconstructionLoss(u, u, "similarity")).toThrow("latents of 2 or more samples");
});

test("refuses other shapes and unknown names", () => {
  const u = tf.zeros([1, 2, 2, 1]);
  expect(() => reconstructionLoss(u, tf.zeros([1, 2, 2, 2]))).toThrow("expected a reconstruction [1, 2, 2, 1]");
  expect(() => reconstructionLoss(u, u, {l3: 1} as never)).toThrow('found "l3"');
  expect(() => reconstructionLoss(u, u, {})).toThrow("at least one");
});

test("the variance is unbiased as in the code, or that of the population as in Eq. 14", () => {
  const u = tf.tensor4d([1, 3], [1, 1, 2, 1]); // variances 2 and 1
  const v = tf.tensor4d([1, 5], [1, 1, 2, 1]);
  const value = (kind: LossKind, variance: Variance) => reconstructionLoss(u, v, kind, {variance}).dataSync()[0];
  expect(value("vmse", "unbiased")).toBeCloseTo(2 / 2.01, 6);
  expect(value("vmse", "population")).toBeCloseTo(2 / 1.01, 6);
  expect(value("vrmse", "population")).toBeCloseTo(Math.sqrt(2 / 1.01), 6);
});
