import {logLogit, rectified} from "../../lib/diffusion/noise-schedule";
import {noiseAt, score} from "../../lib/diffusion/posterior";
import {tf} from "@lola-ts/engine";
import {relativeError} from "../reference/reference";

test("the score follows Eq. 4: it is the exact one of a Gaussian, the printed form after it is not", () => {
  tf.tidy(() => {
    const m = 0.7;
    const v = 2.5;
    const x = tf.linspace(-3, 3, 7);
    for (const noise of [
      {alpha: 0.6, sigma: 0.4},
      {alpha: 1, sigma: 3},
    ]) {
      const {alpha, sigma} = noise;
      const variance = alpha ** 2 * v + sigma ** 2;
      const mean = x
        .sub(alpha * m)
        .mul((alpha * v) / variance)
        .add(m);
      const exact = x.sub(alpha * m).div(-variance);
      expect(relativeError(score(x, mean, noise).dataSync(), exact.dataSync())).toBeLessThan(1e-5);
      const printed = mean.sub(x.mul(alpha)).div(sigma ** 2);
      if (alpha !== 1) expect(relativeError(printed.dataSync(), exact.dataSync())).toBeGreaterThan(0.1);
    }
  });
});

test.each([
  ["log-logit", logLogit()],
  ["rectified flow", rectified],
])("noise levels are the same at a number, a scalar and a tensor of times: %s", (_, schedule) => {
  tf.tidy(() => {
    const times = [0.1, 0.5, 0.95];
    const together = noiseAt(schedule, tf.tensor1d(times));
    times.forEach((t, i) => {
      const exact = schedule(t);
      for (const level of [noiseAt(schedule, t), noiseAt(schedule, tf.scalar(t))]) {
        for (const name of ["alpha", "sigma"] as const) {
          expect(level[name].shape).toEqual([1]);
          expect(level[name].dataSync()[0] / exact[name]).toBeCloseTo(1, 5);
          expect(together[name].dataSync()[i] / exact[name]).toBeCloseTo(1, 5);
        }
      }
    });
  });
});
