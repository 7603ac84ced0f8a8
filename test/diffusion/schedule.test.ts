import {createSchedule, discretize, logLinear, logLogit, rectified, within} from "../../lib/diffusion/schedule";
import type {Schedule, ScheduleConfig} from "../../lib/diffusion/schedule";
import {preconditioning} from "../../lib/diffusion/denoiser";
import {tf} from "../../lib/tensor/backend";
import {reference, relativeError} from "../reference/reference";

const topic = reference("denoiser");

type Official = {name: string; sigma_min: number; sigma_max: number; scale?: number; shift?: number};

function fromOfficial({name, sigma_min: sigmaMin, sigma_max: sigmaMax, scale, shift}: Official): Schedule {
  return createSchedule({name: name.replace("_", "-"), sigmaMin, sigmaMax, scale, shift} as ScheduleConfig);
}

const configs = topic.config.schedules as Official[];

describe.each(configs.map((config, i) => ({i, config})))("schedule$i equals the official one", ({i, config}) => {
  const schedule = fromOfficial(config);
  const times = topic.tensor(`schedule${i}/in/t`).data;
  const read = (name: string) => topic.tensor(`schedule${i}/out/${name}`).data;
  const eachRelative = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Math.max(...Array.from(b, (value, n) => Math.abs(a[n] / value - 1)));

  test("in numbers", () => {
    const noise = Array.from(times, (t) => schedule(t));
    expect(
      relativeError(
        Float64Array.from(noise, ({alpha}) => alpha),
        read("alpha"),
      ),
    ).toBe(0);
    const sigma = Float64Array.from(noise, (pair) => pair.sigma);
    expect(eachRelative(sigma, read("sigma_float64"))).toBeLessThan(1e-6);
    expect(relativeError(sigma, read("sigma"))).toBeLessThan(1e-4);
  });

  test("in tensors, to the last times of float32", () => {
    const out = tf.tidy(() => {
      const {alpha, sigma} = schedule.of(tf.tensor1d(times));
      return [alpha.dataSync(), sigma.dataSync()];
    });
    expect(relativeError(out[0], read("alpha"))).toBe(0);
    expect(eachRelative(out[1], read("sigma_float64"))).toBeLessThan(1e-5);
  });

  test("with the coefficients of the preconditioning", () => {
    const out = tf.tidy(() => {
      const {cIn, cSkip, cOut, cNoise, variance} = preconditioning(schedule.of(tf.tensor1d(times)));
      return Object.entries({c_in: cIn, c_skip: cSkip, c_out: cOut, c_noise: cNoise, var: variance}).map(
        ([name, tensor]) => ({name, data: tensor.dataSync()}),
      );
    });
    for (const {name, data} of out) expect(relativeError(data, read(name))).toBeLessThan(1e-5);
  });
});

describe("rectified", () => {
  test("is the log-logit schedule up to a rescaling of time (golden)", () => {
    const [t, paper, ratio] = ["t", "t_paper", "ratio"].map((name) => topic.tensor(`rectified/${name}`).data);
    const model = fromOfficial(topic.config.model.schedule as Official);
    t.forEach((time, n) => {
      expect(model(time).sigma / ratio[n]).toBeCloseTo(1, 4);
      const {alpha, sigma} = rectified(paper[n]);
      expect(sigma / alpha / ratio[n]).toBeCloseTo(1, 3); // 1 - t_paper has few digits left in float32
    });
  });

  test("within sigma 1e-3 and 1e3 has the ratio of logLogit at every time", () => {
    const [ours, official] = [createSchedule({name: "rectified"}), logLogit()];
    for (const t of [0, 0.01, 0.3, 0.5, 0.9, 0.99, 1]) {
      const {alpha, sigma} = ours(t);
      expect(alpha + sigma).toBeCloseTo(1, 12);
      expect(sigma / alpha / official(t).sigma).toBeCloseTo(1, 9);
    }
  });

  test("is the same in numbers and tensors", () => {
    for (const schedule of [rectified, within(rectified, 0.1, 0.7)]) {
      const times = [0, 0.25, 0.5, 1];
      const {alpha, sigma} = schedule.of(tf.tensor1d(times));
      times.forEach((t, n) => {
        expect(alpha.dataSync()[n]).toBeCloseTo(schedule(t).alpha, 6);
        expect(sigma.dataSync()[n]).toBeCloseTo(schedule(t).sigma, 6);
      });
      tf.dispose([alpha, sigma]);
    }
  });
});

test("a positive shift moves the noise up by the same factor at all times", () => {
  for (const t of [0, 0.2, 0.7, 1]) {
    expect(logLogit({shift: 1})(t).sigma / logLogit()(t).sigma).toBeCloseTo(Math.E, 12);
    expect(Math.log(logLogit({scale: 0.5})(t).sigma)).toBeCloseTo(0.5 * Math.log(logLogit()(t).sigma), 12);
  }
});

test("a sampler's grid starts at pure noise and ends at data", () => {
  const grid = discretize(rectified, 16);
  expect(grid).toHaveLength(17);
  expect(grid[0]).toEqual({alpha: 0, sigma: 1});
  expect(grid[16]).toEqual({alpha: 1, sigma: 0});
});

test("refuses ranges and names that make no schedule", () => {
  expect(() => logLogit({sigmaMin: 2, sigmaMax: 1})).toThrow("expected 0 < sigmaMin < sigmaMax, found 2 and 1");
  expect(() => logLogit({scale: 0})).toThrow("expected scale > 0 and a finite shift, found 0 and 0");
  expect(() => logLinear({sigmaMin: -1})).toThrow("logLinear: expected 0 < sigmaMin < sigmaMax, found -1 and 1000");
  expect(() => within(rectified, 0.5, 0.5)).toThrow("expected 0 <= from < to <= 1, found 0.5 and 0.5");
  expect(() => createSchedule({name: "cosine"} as unknown as ScheduleConfig)).toThrow(
    "expected the name log-logit, log-linear or rectified, found cosine",
  );
});
