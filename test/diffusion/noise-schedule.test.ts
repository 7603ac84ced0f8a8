import {
  createSchedule,
  discretize,
  logLinear,
  logLogit,
  rectified,
  within,
  type ScheduleConfig,
} from "../../lib/diffusion/noise-schedule";
import {tf} from "@lola-ts/engine";

describe("rectified", () => {
  test("within sigma 1e-3 and 1e3 has the ratio of logLogit at every time", () => {
    const ours = createSchedule({name: "rectified"});
    const official = logLogit();
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
