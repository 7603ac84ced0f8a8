import {ddim, predictorCorrector} from "../../../lib/diffusion/samplers/ddim";
import type {NoiseLevel} from "../../../lib/diffusion/noise-schedule";
import {tf} from "@lola-ts/engine";

const from = {alpha: 0.6, sigma: 0.7};
const to = {alpha: 0.9, sigma: 0.3};
const variance = 2;

/** One step from `x` to a noise level for data from N(0, variance), whose denoiser is exact; counts denoiser calls. */
function step(scheme: ReturnType<typeof ddim>, end: NoiseLevel, x: number, z: number) {
  const gain = (from.alpha * variance) / (from.alpha ** 2 * variance + from.sigma ** 2);
  let calls = 0;
  const value = tf.tidy(() => {
    const mean = (xt: tf.Tensor) => (calls++, xt.mul(gain));
    const input = {i: 0, from, to: end, mean, noise: () => tf.scalar(z)};
    return scheme.begin([from, end])(tf.scalar(x), input).dataSync()[0];
  });
  return {value, calls};
}

test.each([0.01, 0.3])("corrections of size %p preserve the distribution of x_t up to delta / (2 - delta)", (delta) => {
  // a step to the same noise level corrects only: x' = a x + b z, whose stationary variance is b² / (1 - a²)
  const corrector = predictorCorrector(1, delta);
  const a = step(corrector, from, 1, 0).value;
  const b = step(corrector, from, 0, 1).value;
  const total = from.alpha ** 2 * variance + from.sigma ** 2;
  const excess = b ** 2 / (1 - a ** 2) / total - 1;
  expect(excess).toBeGreaterThan(0);
  expect(excess).toBeLessThan(delta / (2 - delta));
});

test("a step is its corrections at fixed t, then a deterministic DDIM step", () => {
  const corrections = 3;
  const delta = 0.2;
  const z = 0.4;
  let x = 1.5;
  for (let n = 0; n < corrections; n++) x = step(predictorCorrector(1, delta), from, x, z).value;
  const {value, calls} = step(predictorCorrector(corrections, delta), to, 1.5, z);
  expect(value).toBeCloseTo(step(ddim(0), to, x, z).value, 5);
  expect(calls).toBe(corrections + 1);
});

test.each([
  {corrections: 0, delta: 0.1},
  {corrections: 4, delta: 0},
])("%j is deterministic DDIM at the same cost", ({corrections, delta}) => {
  const scheme = predictorCorrector(corrections, delta);
  expect(scheme.stochastic).toBe(false);
  expect(step(scheme, to, -0.8, 9)).toEqual(step(ddim(0), to, -0.8, 9));
  expect(predictorCorrector(1, 0.1).stochastic).toBe(true);
});
