import {gaussianDivergence, gaussianLatents, sampleLatents} from "../../lib/models/autoencoder";
import {tf, Random} from "@lola-ts/engine";
import {derivativeErrors, normal} from "../../packages/engine/test/gradients";

const of = (mean: number, variance: number) => ({
  mean: tf.fill([2, 3], mean),
  logVariance: tf.fill([2, 3], Math.log(variance)),
});
const divergence = (mean: number, variance: number) => gaussianDivergence(of(mean, variance)).dataSync()[0];

test("the divergence of a unit Gaussian is 0, that of others as the formula and as an integral says", () => {
  expect(divergence(0, 1)).toBeCloseTo(0, 6);
  expect(divergence(1, 4)).toBeCloseTo((1 + 4 - Math.log(4) - 1) / 2, 5);
  const [mean, deviation, step] = [0.7, 0.5, 1e-3];
  const density = (z: number, m: number, s: number) => Math.exp(-(((z - m) / s) ** 2) / 2) / s / Math.sqrt(2 * Math.PI);
  let integral = 0;
  for (let z = -8; z < 8; z += step) {
    const p = density(z, mean, deviation);
    if (p > 0) integral += step * p * Math.log(p / density(z, 0, 1));
  }
  expect(divergence(mean, deviation ** 2)).toBeCloseTo(integral, 5);
});

test("divergence and samples have the derivatives that differences say", () => {
  const inputs = [normal([2, 3], 1), normal([2, 3], 2).mul(0.5)];
  const ofDivergence = derivativeErrors(
    (mean, logVariance) => gaussianDivergence({mean, logVariance}).reshape([1]),
    inputs,
  );
  const ofSamples = derivativeErrors((mean, logVariance) => sampleLatents({mean, logVariance}, Random.of(3)), inputs);
  for (const {gradient, tangent, adjoint} of [ofDivergence, ofSamples]) {
    expect(gradient).toBeLessThan(1e-3);
    expect(tangent).toBeLessThan(1e-3);
    expect(adjoint).toBeLessThan(1e-4);
  }
});

test("samples have the mean and the variance that they are drawn with, and are those of their key", () => {
  const many = {mean: tf.fill([100, 100], 2), logVariance: tf.fill([100, 100], Math.log(9))};
  const {mean, variance} = tf.moments(sampleLatents(many, Random.of(1)));
  expect(Math.abs(mean.dataSync()[0] - 2)).toBeLessThan(5 * (3 / 100)); // standard errors
  expect(Math.abs(variance.dataSync()[0] / 9 - 1)).toBeLessThan(5 * Math.sqrt(2 / 1e4));
  const draw = (seed: number) => sampleLatents(of(0, 1), Random.of(seed)).dataSync();
  expect(draw(1)).toEqual(draw(1));
  expect(draw(2)).not.toEqual(draw(1));
});

test("an encoder's output is split into means and logarithms of variances, which stay finite", () => {
  const {mean, logVariance} = gaussianLatents(tf.tensor2d([[1, 2, 300, -300]]));
  expect([...mean.dataSync()]).toEqual([1, 2]);
  expect([...logVariance.dataSync()]).toEqual([20, -30]);
});
