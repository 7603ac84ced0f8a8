import {drawTimes, type TimeDistribution} from "../../lib/diffusion/denoiser-loss";
import {Random} from "@lola-ts/engine";

const COUNT = 20000;

function sample(distribution?: TimeDistribution): Float32Array {
  const {key} = Random.of(3);
  const times = drawTimes(new Random(key), COUNT, distribution);
  const values = times.dataSync<"float32">().slice().sort();
  times.dispose();
  key.dispose();
  return values;
}

/** Largest distance between the empirical distribution of sorted values and a cumulative distribution function. */
const kolmogorov = (sorted: Float32Array, cdf: (t: number) => number) =>
  sorted.reduce((worst, t, i) => Math.max(worst, Math.abs((i + 0.5) / COUNT - cdf(t))), 0);

/** Distance that a sample of the right distribution exceeds with probability 1e-4. */
const CRITICAL = 2.23 / Math.sqrt(COUNT);

/** The logistic-normal's CDF at t, by the trapezoidal rule over the normal density of the logit. */
function logitNormal(mean: number, deviation: number): (t: number) => number {
  return (t) => {
    const end = (Math.log(t / (1 - t)) - mean) / deviation;
    const from = -8;
    const step = (end - from) / 400;
    let sum = 0;
    for (let i = 0; i <= 400; i++) sum += Math.exp(-((from + i * step) ** 2) / 2) * (i % 400 === 0 ? 0.5 : 1);
    return (sum * step) / Math.sqrt(2 * Math.PI);
  };
}

test("draws times uniformly by default", () => {
  const values = sample();
  expect(kolmogorov(values, (t) => t)).toBeLessThan(CRITICAL);
  expect(sample({kind: "uniform"})).toEqual(values);
});

test("draws times uniformly from an interval", () => {
  const values = sample({kind: "uniform", min: 0.25, max: 0.75});
  expect(kolmogorov(values, (t) => Math.min(1, Math.max(0, 2 * t - 0.5)))).toBeLessThan(CRITICAL);
});

test.each([
  [0, 1],
  [-0.8, 0.5],
])("draws logit-normal times of mean %p and deviation %p", (mean, deviation) => {
  const values = sample({kind: "logit-normal", mean, deviation});
  expect(kolmogorov(values, logitNormal(mean, deviation))).toBeLessThan(CRITICAL);
});

test("refuses another kind, an interval outside of [0, 1], a mean that is not finite and a deviation that is not positive", () => {
  expect(() => sample({kind: "beta"} as never)).toThrow("expected the kind uniform or logit-normal, found beta");
  expect(() => sample({kind: "uniform", min: 0.5, max: 0.5})).toThrow("found 0.5 and 0.5");
  expect(() => sample({kind: "uniform", max: 1.1})).toThrow("found 0 and 1.1");
  expect(() => sample({kind: "logit-normal", deviation: 0})).toThrow("found 0 and 0");
  expect(() => sample({kind: "logit-normal", mean: NaN})).toThrow("found NaN and 1");
});
