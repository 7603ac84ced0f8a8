import {ddim} from "../../../lib/diffusion/samplers/ddim";
import type {NoiseLevel} from "../../../lib/diffusion/noise-schedule";
import {tf} from "@lola-ts/engine";

const levels: [string, NoiseLevel, NoiseLevel][] = [
  ["alpha is constant", {alpha: 1, sigma: 2}, {alpha: 1, sigma: 0.5}],
  ["alpha grows", {alpha: 0.2, sigma: 0.9}, {alpha: 0.7, sigma: 0.4}],
  ["the step ends without noise", {alpha: 0.8, sigma: 0.3}, {alpha: 1, sigma: 0}],
];

/** One step from `x` where the denoiser's mean is `m` and the new noise is `z`. */
function step(eta: number, from: NoiseLevel, to: NoiseLevel, {x, m, z}: {x: number; m: number; z: number}): number {
  return tf.tidy(() => {
    const input = {i: 0, from, to, mean: () => tf.scalar(m), noise: () => tf.scalar(z)};
    return ddim(eta).begin([from, to])(tf.scalar(x), input).dataSync()[0];
  });
}

describe.each(levels)("where %s", (_, from, to) => {
  const m = 0.3;
  const x = -1.1;

  test("eta 0 preserves the noise in x, rescaled: Euler's method in sigma / alpha", () => {
    const rho = ({alpha, sigma}: NoiseLevel) => sigma / alpha;
    const slope = (x - from.alpha * m) / from.sigma;
    const euler = to.alpha * (x / from.alpha + (rho(to) - rho(from)) * slope);
    expect(step(0, from, to, {x, m, z: 5})).toBeCloseTo(euler, 5);
  });

  test("eta 1 draws from p(x_s | x_t, x) by Bayes' rule, as DDPM does", () => {
    const ratio = from.alpha / to.alpha; // x_t = ratio x_s + noise of variance `added`
    const added = from.sigma ** 2 - (ratio * to.sigma) ** 2;
    const gain = (ratio * to.sigma ** 2) / (added + (ratio * to.sigma) ** 2);
    const mean = to.alpha * m + gain * (x - ratio * to.alpha * m);
    const deviation = Math.sqrt(to.sigma ** 2 - gain * ratio * to.sigma ** 2);
    for (const z of [0, 1, -2]) expect(step(1, from, to, {x, m, z})).toBeCloseTo(mean + deviation * z, 5);
  });

  test.each([0.3, 0.7])("eta %p renews that share of the noise that DDPM renews", (eta) => {
    const renewed = (share: number) => step(share, from, to, {x, m, z: 1}) - step(share, from, to, {x, m, z: 0});
    expect(renewed(eta) ** 2).toBeCloseTo(eta * renewed(1) ** 2, 5);
  });

  test.each([0, 0.3, 1, 1e9])("eta %p: the noise of the result has the variance of its time", (eta) => {
    const at = (noise: number, z: number) => step(eta, from, to, {x: from.alpha * m + from.sigma * noise, m, z});
    const centre = at(0, 0);
    expect(centre).toBeCloseTo(to.alpha * m, 5);
    expect((at(1, 0) - centre) ** 2 + (at(0, 1) - centre) ** 2).toBeCloseTo(to.sigma ** 2, 5);
  });
});

test("is stochastic above eta 0 only", () => {
  expect([0, 0.1, 1].map((eta) => ddim(eta).stochastic)).toEqual([false, true, true]);
});
