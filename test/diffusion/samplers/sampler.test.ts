import {Sampler, type SamplerOptions} from "../../../lib/diffusion/samplers/sampler";
import {createSchedule, logLinear, logLogit, type Schedule} from "../../../lib/diffusion/noise-schedule";
import {compile, tf, Random} from "@lola-ts/engine";
import {executionModeNames} from "../../../packages/engine/src/compile/compile";
import {relativeError} from "../../reference/reference";
import {withExecutionMode} from "../../execution-modes";
import {draw} from "../../tiny";
import {gaussian, moments} from "../gaussian";

const kinds: SamplerOptions[] = [
  {kind: "ab", order: 2},
  {kind: "eab"},
  {kind: "ddim"},
  {kind: "ddim", eta: 0.5},
  {kind: "ddpm"},
  {kind: "pc", corrections: 2, delta: 0.02},
];
const schedule = logLogit();
const exact = (process: Schedule = schedule) =>
  gaussian(process, tf.tensor1d([-1, 0, 0.5, 2]), tf.tensor1d([0.1, 1, 0.5, 0.3]));
const start = (sampler: Sampler, rows = 3) => sampler.start(schedule, draw([rows, 4], 1));

let before = 0;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(before);
});

describe("order of convergence to the probability flow's exact solution", () => {
  /**
   * A range of noise that shows the orders above the rounding of float32. It starts where z is nearly constant, so that the
   * first steps, which are of lower order, do not count, and ends where it changes: over the whole range of noise the
   * exponential method gains an order, because its error is that of z's derivatives at both ends.
   */
  const low = 1;
  const high = 100;
  const error = (options: SamplerOptions) =>
    tf.tidy(() => {
      const m = 0.3;
      const v = 1;
      const denoise = gaussian(logLinear({sigmaMin: low, sigmaMax: high}), tf.tensor1d([m]), tf.tensor1d([v]));
      const found = new Sampler(options).sample(denoise, tf.tensor1d([130])).dataSync()[0];
      return Math.abs(found - m - Math.sqrt((v + low ** 2) / (v + high ** 2)) * (130 - m));
    });
  const steps = [24, 32, 48, 64, 96];
  /** Slope of log(error) against log(steps), least squares. */
  const slope = (options: SamplerOptions) => {
    const points = steps.map((n) => [Math.log(n), Math.log(error({...options, steps: n}))]);
    const centre = [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length);
    const sum = (f: (x: number, y: number) => number) =>
      points.reduce((total, [x, y]) => total + f(x - centre[0], y - centre[1]), 0);
    return -sum((x, y) => x * y) / sum((x) => x * x);
  };
  const methods = (["ab", "eab"] as const).flatMap((kind) => [1, 2, 3].map((order) => ({kind, order})));

  test.each(methods)("$kind of order $order", ({kind, order}) => {
    expect(Math.abs(slope({kind, order}) - order)).toBeLessThan(0.25);
  });

  test("deterministic DDIM and its corrections of strength 0 are of order 1", () => {
    for (const options of [{kind: "ddim"}, {kind: "pc", delta: 0}] as const) {
      expect(Math.abs(slope(options) - 1)).toBeLessThan(0.1);
    }
  });

  test("higher orders are more accurate at equal cost", () => {
    for (const kind of ["ab", "eab"] as const) {
      const errors = [1, 2, 3].map((order) => error({kind, order, steps: 24}));
      expect(errors[1]).toBeLessThan(errors[0] / 2);
      expect(errors[2]).toBeLessThan(errors[1] / 2);
    }
  });
});

describe("schemes that coincide", () => {
  const walk = (options: SamplerOptions) =>
    tf.tidy(() => {
      const sampler = new Sampler({steps: 8, ...options});
      return sampler.trajectory(exact(), start(sampler), Random.of(5)).map((state) => state.dataSync());
    });
  const same: [string, SamplerOptions, SamplerOptions][] = [
    ["the default: Adams-Bashforth of order 3", {}, {kind: "ab", order: 3}],
    ["DDIM at eta 0 and Adams-Bashforth of order 1", {kind: "ddim", eta: 0}, {kind: "ab", order: 1}],
    ["exponential and plain Adams-Bashforth of order 1", {kind: "eab", order: 1}, {kind: "ab", order: 1}],
    ["DDPM and DDIM at eta 1", {kind: "ddpm"}, {kind: "ddim", eta: 1}],
    ["the default corrector: one correction of size 0.01", {kind: "pc"}, {kind: "pc", corrections: 1, delta: 0.01}],
    ["no correction and DDIM at eta 0", {kind: "pc", corrections: 0}, {kind: "ddim"}],
  ];

  test.each(same)("%s", (_, a, b) => {
    const first = walk(a);
    const second = walk(b);
    first.forEach((state, i) => expect(relativeError(state, second[i])).toBeLessThan(1e-5));
  });

  test("other schemes differ", () => {
    const ends = kinds.map((options) => walk(options)[8]);
    ends.forEach((a, i) => ends.slice(i + 1).forEach((b) => expect(relativeError(a, b)).toBeGreaterThan(1e-3)));
  });
});

describe.each(executionModeNames)("in the mode %s", (mode) => {
  withExecutionMode(mode);

  test.each(kinds)("%j: compiled equals eager, draws anew with other keys and leaks nothing", (options) => {
    const sampler = new Sampler({steps: 6, ...options});
    const step = (x1: tf.Tensor, key: tf.Tensor) => [
      tf.tidy(() => sampler.sample(exact(), x1, new Random(key as tf.Tensor1D))),
    ];
    const compiled = compile(step, "gaussian");
    const x1 = tf.tidy(() => start(sampler));
    const ends = [1, 2].map((seed) => {
      const {key} = Random.of(seed);
      const [fast] = compiled(x1, key);
      const [slow] = step(x1, key);
      const values = fast.dataSync();
      expect(relativeError(values, slow.dataSync())).toBeLessThan(1e-6);
      tf.dispose([key, fast, slow]);
      return values;
    });
    expect(relativeError(ends[0], ends[1]) > 0.01).toBe(sampler.stochastic);
    compiled.dispose();
    x1.dispose();
  });
});

test.each(kinds)("%j: samples of a correlated Gaussian have its mean and covariance, within 5 errors", (options) => {
  tf.tidy(() => {
    // x = m + R y with independent y: its denoiser is that of y, rotated
    const rows = 20000;
    const angle = 0.6;
    const rotation = tf.tensor2d([Math.cos(angle), -Math.sin(angle), Math.sin(angle), Math.cos(angle)], [2, 2]);
    const m = tf.tensor1d([0.5, -1]);
    const v = [0.2, 1];
    const process = logLogit({sigmaMin: 0.01, sigmaMax: 100});
    const turned = gaussian(process, tf.matMul(m.reshape([1, 2]), rotation), tf.tensor1d(v));
    const sampler = new Sampler({...options, steps: 400});
    const x1 = sampler.start(process, draw([rows, 2], 4));
    const denoise = {
      schedule: process,
      denoise: (xt: tf.Tensor, t: number | tf.Tensor) => {
        const {mean, variance} = turned.denoise(tf.matMul(xt as tf.Tensor2D, rotation), t);
        return {mean: tf.matMul(mean as tf.Tensor2D, rotation, false, true), variance};
      },
    };
    const x = sampler.sample(denoise, x1, Random.of(9));
    const y = moments(tf.matMul(x.sub(m) as tf.Tensor2D, rotation));
    const [a, b] = tf.unstack(tf.matMul(x.sub(m) as tf.Tensor2D, rotation), 1);
    // beside the statistical error, which the steps' finite number adds to: DDPM's variance is 1.5 % too low
    y.variance.forEach((found, i) => {
      expect(Math.abs(y.mean[i])).toBeLessThan(5 * Math.sqrt(v[i] / rows) + 0.005);
      expect(Math.abs(found / v[i] - 1)).toBeLessThan(5 * Math.sqrt(2 / rows) + 0.02);
    });
    expect(Math.abs(a.mul(b).mean().dataSync()[0]) / Math.sqrt(v[0] * v[1])).toBeLessThan(5 / Math.sqrt(rows));
  });
});

test.each(kinds)("%j: leaves no tensor behind when the denoiser fails on the way", (options) => {
  const sampler = new Sampler({...options, steps: 8});
  const x1 = tf.tidy(() => start(sampler));
  const source = Random.of(1);
  let calls = 0;
  const broken = {
    schedule,
    denoise: (xt: tf.Tensor, t: number | tf.Tensor) => {
      if (++calls === 4) throw new Error("broken");
      return exact().denoise(xt, t);
    },
  };
  const held = tf.memory().numTensors;
  expect(() => sampler.sample(broken, x1, source)).toThrow("broken");
  expect(tf.memory().numTensors).toBe(held);
  tf.dispose([x1, source.key]);
});

test("starts from data of unit variance, diffused", () => {
  tf.tidy(() => {
    const x1 = new Sampler().start(logLogit({sigmaMax: 10}), tf.tensor1d([1, -2]));
    [Math.sqrt(101), -2 * Math.sqrt(101)].forEach((value, i) => expect(x1.dataSync()[i]).toBeCloseTo(value, 4));
  });
});

test.each(kinds)("%j: needs no other noise schedule to give the same sample: rectified flow, rescaled", (options) => {
  tf.tidy(() => {
    const paper = createSchedule({name: "rectified"});
    const sampler = new Sampler(options);
    const x1 = start(sampler);
    const official = sampler.sample(exact(), x1, Random.of(2));
    const rescaled = sampler.sample(exact(paper), x1.mul(paper(1).alpha), Random.of(2)).div(paper(0).alpha);
    expect(relativeError(rescaled.dataSync(), official.dataSync())).toBeLessThan(1e-4);
  });
});

describe("refuses", () => {
  const wrong: [Record<string, unknown>, string][] = [
    [{steps: 0}, "Sampler: expected steps to be a whole number of 1 or more, found 0."],
    [{order: 0}, "Sampler: expected order to be a whole number from 1 to 8, found 0."],
    [{order: 50}, "Sampler: expected order to be a whole number from 1 to 8, found 50."],
    [{kind: "heun"}, 'Sampler: expected kind to be "ab" or "eab" or "ddim" or "ddpm" or "pc", found "heun".'],
    [{kind: "toString"}, 'Sampler: expected kind to be "ab" or "eab" or "ddim" or "ddpm" or "pc", found "toString".'],
    [{kind: "ddim", eta: -1}, "Sampler: expected eta to be a finite number of 0 or more, found -1."],
    [{kind: "ddim", eta: NaN}, "Sampler: expected eta to be a finite number of 0 or more, found NaN."],
    [{kind: "ddim", eta: "1"}, 'Sampler: expected eta to be a finite number of 0 or more, found "1".'],
    [{kind: "ddpm", order: 3}, 'Sampler: unknown option "order"; known are kind, steps.'],
    [{eta: 1}, 'Sampler: unknown option "eta"; known are kind, order, steps.'],
    [{kind: "pc", delta: 1.5}, "Sampler: expected delta to be a finite number from 0 to 1, found 1.5."],
    [{kind: "pc", corrections: -1}, "Sampler: expected corrections to be a whole number of 0 or more, found -1."],
  ];
  test.each(wrong)("%j", (options, sentence) => {
    expect(() => new Sampler(options as SamplerOptions)).toThrow(new RangeError(sentence));
  });

  test("stochastic schemes without a source of noise, before the denoiser is called", () => {
    tf.tidy(() => {
      const denoise = jest.fn();
      const x1 = tf.tensor1d([1]);
      for (const options of kinds.slice(3)) {
        const sampler = new Sampler(options);
        expect(() => sampler.sample({schedule, denoise}, x1)).toThrow(
          "adds noise: expected a source of noise, found none.",
        );
        expect(() => sampler.trajectory({schedule, denoise}, x1)).toThrow("expected a source of noise");
      }
      expect(denoise).not.toHaveBeenCalled();
    });
  });

  test("options that are undefined count as missing", () => {
    expect(new Sampler({kind: "ddpm", order: undefined} as SamplerOptions).steps).toBe(16);
  });
});
