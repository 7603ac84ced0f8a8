import {adamsBashforth, exponentialAdamsBashforth} from "../../lib/diffusion/samplers/multistep";
import {KarrasDenoiser, MaskedDenoiser} from "../../lib/diffusion/denoiser";
import {Sampler, type NoiseSource, type SamplerOptions} from "../../lib/diffusion/samplers/sampler";
import {createSchedule} from "../../lib/diffusion/noise-schedule";
import {denoiserConfig, scheduleConfig} from "../../packages/official-runs/src/official-config";
import {compile, tf, Random} from "@lola-ts/engine";
import {gaussian, moments} from "../diffusion/gaussian";
import {channelsLast, channelsSecond, golden, plain, networkInputs} from "./layout";
import {reference, relativeError} from "./reference";

const topic = reference("sampler");
const schedule = createSchedule(scheduleConfig(topic.config.schedule));
const load = (name: string) => plain(topic.tensor(name));

/**
 * The official times are float32, and near t = 1 the logit of the log-logit schedule loses digits: sigma is off by up to
 * 9e-8 sigma_max (relative), which is within 1e-4 up to sigma_max = 1e3 and must be granted beyond.
 */
const limit = 1e-4 * Math.max(1, (topic.config.schedule.sigma_max * (topic.config.schedule.scale ?? 1)) / 1e3);

let before = 0;
beforeEach(() => void (before = tf.memory().numTensors));
afterEach(() => expect(tf.memory().numTensors).toBe(before));

const cases = (topic.config.coefficients as {steps: number; order: number}[]).map((config, i) => ({i, ...config}));

describe.each([
  {kind: "ab", coefficients: adamsBashforth, all: 1e-6, each: 1e-5},
  // the official ones are computed from float32 logarithms of rho (notes), hence 5e-5
  {kind: "eab", coefficients: exponentialAdamsBashforth, all: 5e-5, each: 5e-4},
])("coefficients of $kind", ({kind, coefficients, all, each}) => {
  test.each(cases)("equal coefficients$i (order $order, $steps steps)", ({i, steps, order}) => {
    const rows = coefficients([...topic.tensor(`coefficients${i}/in/rho`).data], order);
    const padded = rows.flatMap((row) => [...new Array<number>(order - row.length).fill(0), ...row]);
    const expected = topic.tensor(`coefficients${i}/out/${kind}`);
    expect(expected.shape).toEqual([steps, order]);
    expect(relativeError(padded, expected.data)).toBeLessThan(all);
    rows.forEach((row, n) => {
      const official = [...expected.data.subarray((n + 1) * order - row.length, (n + 1) * order)];
      expect(relativeError(row, official)).toBeLessThan(each); // also where steps are small
    });
  });
});

/** Compare all states of a trajectory with stored ones. */
function expectStates(values: ArrayLike<number>[], official: Float32Array): void {
  const size = values[0].length;
  expect(values.length * size).toBe(official.length);
  values.forEach((state, i) => {
    expect(relativeError(state, official.subarray(i * size, (i + 1) * size))).toBeLessThan(limit);
  });
}

const runs = Object.entries(topic.config.runs as Record<string, {steps: number; order?: number; eta?: number}>).map(
  ([run, options]) => ({run, options: {kind: run.replace(/\d+$/, ""), ...options} as SamplerOptions}),
);

test.each(runs)("$run walks the official trajectory of an exact Gaussian", ({run, options}) => {
  tf.tidy(() => {
    const denoise = gaussian(schedule, load("gaussian/mean"), load("gaussian/var"));
    const x1 = load(`gaussian/${run}/in/x_1`);
    const sampler = new Sampler(options);
    const states = sampler.trajectory(denoise, x1).map((state) => state.dataSync());
    expectStates(states, topic.tensor(`gaussian/${run}/out/states`).data);
    const x0 = sampler.sample(denoise, x1).dataSync();
    expect(relativeError(x0, topic.tensor(`gaussian/${run}/out/x_0`).data)).toBeLessThan(limit);
  });
});

const stochastic = topic.names.flatMap((tensor) => {
  const kind = /^gaussian\/(\w+)\/mean$/.exec(tensor)?.[1];
  if (!kind) return [];
  const {steps, order, eta, corrections, delta, samples} = topic.values[kind];
  return [{kind, samples: samples as number, options: {kind, steps, order, eta, corrections, delta} as SamplerOptions}];
});

describe.each(stochastic)("moments of $kind", ({kind, samples, options}) => {
  const shape = topic.tensor("gaussian/mean").shape;
  const official = {mean: `gaussian/${kind}/mean`, variance: `gaussian/${kind}/var`};
  const exact = () => gaussian(schedule, load("gaussian/mean"), load("gaussian/var"));

  test("are the exact ones: x_0 is linear in x_1 and in every draw of noise", () => {
    tf.tidy(() => {
      // row 0: no noise at all, the mean; row 1: a unit of the initial noise; row n + 2: a unit of draw n alone
      const draws = options.steps! * Math.max(1, topic.values[kind].corrections ?? 1);
      const rows = [draws + 2, ...shape];
      const unit = (row: number): tf.Tensor =>
        tf.oneHot(tf.tensor1d([row], "int32"), rows[0]).reshape([-1, ...shape.map(() => 1)]);
      let drawn = 0;
      const random = (n: number): NoiseSource => ({
        fold: random,
        normal: () => (drawn++, unit(n + 2).mul(tf.ones(rows))),
      });
      const sampler = new Sampler(options);
      const x1 = sampler.start(schedule, unit(1).mul(tf.ones(rows)));
      const x0 = sampler.sample(exact(), x1, random(0));
      const mean = x0.slice(0, 1);
      expect(drawn).toBe(draws);
      expect(relativeError(mean.dataSync(), topic.tensor(official.mean).data)).toBeLessThan(limit);
      const variance = x0.slice(1).sub(mean).square().sum(0).dataSync();
      expect(relativeError(variance, topic.tensor(official.variance).data)).toBeLessThan(limit);
    });
  });

  test("are those of a large sample, within 5 standard errors", () => {
    tf.tidy(() => {
      const sampler = new Sampler(options);
      const random = Random.of(11);
      const x1 = sampler.start(schedule, random.normal([samples, ...shape]));
      const found = moments(sampler.sample(exact(), x1, random));
      const mean = topic.tensor(official.mean).data;
      const variance = topic.tensor(official.variance).data;
      // 20000 samples: the mean to 0.7 % of the standard deviation, the variance to 1 %
      mean.forEach((m, i) => {
        expect(Math.abs(found.mean[i] - m) / Math.sqrt(variance[i] / samples)).toBeLessThan(5);
        expect(Math.abs(found.variance[i] / variance[i] - 1) / Math.sqrt(2 / samples)).toBeLessThan(5);
      });
    });
  });
});

test("the masked network's trajectory equals the official one, eager and recorded", () => {
  tf.tidy(() => {
    const {model: config, steps, order} = topic.config.network;
    const model = new KarrasDenoiser(denoiserConfig(config));
    model.weights = golden(model.layout, topic.below("network/weights/"));
    const {mask, label} = networkInputs(topic, "network/in/");
    const [x1, y] = ["x_1", "y"].map((name) => channelsLast(topic.tensor(`network/in/${name}`)));
    const sampler = new Sampler({steps, order});
    const chain = (weights: tf.Tensor, x: tf.Tensor) => {
      const given = model.condition(model.layout.bind(weights as tf.Tensor1D), label);
      return sampler.trajectory(new MaskedDenoiser(given, y, mask), x);
    };
    const recorded = compile(chain, "network");
    for (const walk of [chain, recorded]) {
      const states = walk(model.weights, x1).map(channelsSecond);
      expectStates(states, topic.tensor("network/out/states").data);
      expect(relativeError(states[steps], topic.tensor("network/out/x_0").data)).toBeLessThan(limit);
    }
    recorded.dispose();
    model.dispose();
  });
});
