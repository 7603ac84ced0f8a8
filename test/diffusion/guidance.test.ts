import {Autoencoder} from "../../lib/models/autoencoder";
import {KarrasDenoiser, MaskedDenoiser} from "../../lib/diffusion/denoiser";
import type {Denoiser} from "../../lib/diffusion/posterior";
import {MMPSDenoiser, observeDecoded, type ObservationOperator} from "../../lib/diffusion/guidance";
import {Sampler} from "../../lib/diffusion/samplers/sampler";
import {logLogit, rectified, within, type Schedule} from "../../lib/diffusion/noise-schedule";
import {tf, compile, blockMeans} from "@lola-ts/engine";
import {relativeError} from "../reference/reference";
import {normal} from "../../packages/engine/test/gradients";

const D = 6;

/** Covariance of correlated numbers, and the exact denoiser of trajectories [B, 1, D, 1] with it and mean 0.3. */
function correlated(schedule: Schedule): {covariance: tf.Tensor2D; denoise: Denoiser} {
  const covariance = tf.tidy(() => {
    const root = normal([D, D], 5) as tf.Tensor2D;
    return tf.matMul(root, root, false, true).div(D).add(tf.eye(D).mul(0.1)) as tf.Tensor2D;
  });
  const denoise: Denoiser = {
    schedule,
    denoise: (xt, t) => {
      const {alpha, sigma} = schedule(t as number);
      const total = covariance.mul(alpha ** 2).add(tf.eye(D).mul(sigma ** 2)) as tf.Tensor2D;
      const gain = tf.matMul(covariance, inverse(total)).mul(alpha); // x_hat = m + gain (x_t - alpha m)
      const rows = xt.reshape([-1, D]).sub(0.3 * alpha);
      return {mean: tf.matMul(rows, gain, false, true).add(0.3).reshape(xt.shape), variance: tf.ones([1, 1, 1, 1])};
    },
  };
  return {covariance, denoise};
}

/** Inverse by Gauss and Jordan in double precision. */
function inverse(matrix: tf.Tensor2D): tf.Tensor2D {
  const n = matrix.shape[0];
  const a = (matrix.arraySync() as number[][]).map((row, i) => [...row, ...row.map((_, j) => Number(i === j))]);
  for (let i = 0; i < n; i++) {
    const pivot = a[i][i]; // positive: the matrices here are positive definite
    a[i] = a[i].map((value) => value / pivot);
    for (let j = 0; j < n; j++) if (j !== i) a[j] = a[j].map((value, k) => value - a[j][i] * a[i][k]);
  }
  return tf.tensor2d(a.map((row) => row.slice(n)));
}

/** Means of pairs of neighbours. */
const pairs: ObservationOperator = (x) => blockMeans(x, [2]);

const schedules = {"log-logit": logLogit(), "rectified flow": within(rectified, 1e-3, 1 - 1e-3)};

describe.each(Object.entries(schedules))("on a correlated Gaussian, %s", (_, schedule) => {
  const {covariance, denoise} = correlated(schedule);
  const y = normal([2, 1, D / 2, 1], 3);
  /** E[x | x_t, y] of the joint Gaussian of x, x_t and y, given the variance of each observation's noise. */
  function posteriorMean(xt: tf.Tensor, t: number, varY: number[]): tf.Tensor {
    const {alpha, sigma} = schedule(t);
    const A = tf.tidy(
      () =>
        pairs(tf.eye(D).reshape([D, 1, D, 1]))
          .reshape([D, D / 2])
          .transpose() as tf.Tensor2D,
    );
    const scaled = A.div(tf.tensor2d(varY, [varY.length, 1])) as tf.Tensor2D;
    const precision = inverse(covariance)
      .add(tf.eye(D).mul((alpha / sigma) ** 2))
      .add(tf.matMul(A, scaled, true)) as tf.Tensor2D;
    const pull = tf.matMul(inverse(covariance), tf.fill([D, 1], 0.3)).transpose();
    const evidence = xt
      .reshape([-1, D])
      .mul(alpha / sigma ** 2)
      .add(tf.matMul(y.reshape([-1, D / 2]), scaled))
      .add(pull) as tf.Tensor2D;
    return tf.matMul(evidence, inverse(precision));
  }

  test.each([0.3, 0.5, 0.8])("the guided mean is the posterior mean at t = %f", (t) => {
    tf.tidy(() => {
      const {alpha, sigma} = schedule(t);
      const xt = normal([2, 1, D, 1], 4).mul(Math.hypot(alpha, sigma));
      const guided = (varY: number | tf.Tensor, iterations: number, solver: "gmres" | "cg" = "gmres") =>
        new MMPSDenoiser(denoise, pairs, y, varY, {iterations, solver}).denoise(xt, t).mean.dataSync();

      const expected = posteriorMean(xt, t, [0.05, 0.05, 0.05]).dataSync();
      expect(relativeError(guided(0.05, 3), expected)).toBeLessThan(1e-4);
      expect(relativeError(guided(0.05, 3, "cg"), expected)).toBeLessThan(1e-4);
      const once = relativeError(guided(0.05, 1), expected);
      expect(once).toBeGreaterThan(1e-3);
      expect(once).toBeLessThan(relativeError(denoise.denoise(xt, t).mean.dataSync(), expected));

      const each = [0.01, 0.1, 1];
      const entries = guided(tf.tensor2d(each, [3, 1]), 3);
      expect(relativeError(entries, posteriorMean(xt, t, each).dataSync())).toBeLessThan(1e-4);
    });
  });
});

test("guided samples agree with precise observations, others do not", () => {
  tf.tidy(() => {
    const {denoise} = correlated(logLogit());
    const y = tf.tensor4d([1.5, -1, 0.5], [1, 1, 3, 1]);
    const guided = new MMPSDenoiser(denoise, pairs, y, 1e-4, {iterations: 3});
    const sampler = new Sampler({steps: 16});
    const x1 = sampler.start(guided.schedule, normal([64, 1, D, 1], 6));
    const seen = pairs(sampler.sample(guided, x1));
    expect(seen.sub(y).square().mean().sqrt().dataSync()[0]).toBeLessThan(0.03);
    const free = pairs(sampler.sample(denoise, x1));
    expect(free.sub(y).square().mean().sqrt().dataSync()[0]).toBeGreaterThan(0.5);
  });
});

describe("latents observed through a decoder", () => {
  const autoencoder = Autoencoder.create(
    {pixChannels: 2, latChannels: 2, hidChannels: [4, 6], hidBlocks: [1, 1], periodic: true},
    1,
  );
  const denoiser = KarrasDenoiser.create(
    {
      network: {
        channels: 2,
        embFeatures: 8,
        labelFeatures: 0,
        hidChannels: 8,
        hidBlocks: 1,
        attentionHeads: 2,
        spatial: 3,
        patchSize: 1,
      },
      schedule: {name: "log-logit", sigmaMin: 1e-2, sigmaMax: 1e2},
    },
    2,
  );
  const shape = [2, 3, 2, 2, 2];
  const observe = observeDecoded(autoencoder, (x) => blockMeans(x, [2, 2]));
  const sampler = new Sampler({steps: 8});
  const mask = tf.tensor1d([1, 0, 0]);
  const truth = normal(shape, 3).mul(0.5);
  const y = tf.tidy(() => observe(truth));

  const sample = (guided: boolean) => (weights: tf.Tensor, noise: tf.Tensor, seen: tf.Tensor) => {
    const bound = denoiser.condition(denoiser.layout.bind(weights as tf.Tensor1D));
    const posterior = guided ? new MMPSDenoiser(bound, observe, seen, 1e-2, {iterations: 2}) : bound;
    return [sampler.sample(new MaskedDenoiser(posterior, truth, mask), sampler.start(denoiser.schedule, noise))];
  };
  const misfit = (z: tf.Tensor) => tf.tidy(() => observe(z).sub(y).square().mean().sqrt().dataSync()[0]);

  test("guided samples fit the observations much better; recorded equals eager, and leaves nothing behind", () => {
    const recorded = compile(sample(true), "guided");
    const noise = normal(shape, 4);
    tf.dispose(recorded(denoiser.weights, noise, y));
    const before = tf.memory().numTensors;
    const results = [recorded, sample(true), sample(false)].map((run) =>
      tf.tidy(() => run(denoiser.weights, noise, y)[0]),
    );
    const [fast, slow, unguided] = results;
    expect(relativeError(fast.dataSync(), slow.dataSync())).toBeLessThan(1e-3); // eight steps of solved systems
    expect(misfit(fast)).toBeLessThan(0.3 * misfit(unguided));
    tf.dispose(results);
    expect(tf.memory().numTensors).toBe(before);
    recorded.dispose();
  });

  test("guidance around a masked denoiser works as well", () => {
    tf.tidy(() => {
      const bound = denoiser.condition(denoiser.layout.bind(denoiser.weights));
      const inside = new MMPSDenoiser(new MaskedDenoiser(bound, truth, mask), observe, y, 1e-2);
      const z = sampler.sample(inside, sampler.start(denoiser.schedule, normal(shape, 4)));
      expect(misfit(z)).toBeLessThan(misfit(sample(false)(denoiser.weights, normal(shape, 4), y)[0]));
    });
  });

  test("each sample has its own time", () => {
    tf.tidy(() => {
      const guided = new MMPSDenoiser(denoiser.condition(denoiser.layout.bind(denoiser.weights)), observe, y, 1e-2);
      const xt = normal(shape, 5);
      const both = guided.denoise(xt, tf.tensor1d([0.4, 0.6]));
      expect(both.variance.shape).toEqual([2, 1, 1, 1, 1]);
      [0.4, 0.6].forEach((t, i) => {
        const alone = guided.denoise(xt, t).mean.slice([i], [1]).dataSync();
        expect(relativeError(both.mean.slice([i], [1]).dataSync(), alone)).toBeLessThan(1e-4);
      });
    });
  });
});

describe("refuses", () => {
  const untouched: Denoiser = {
    schedule: logLogit(),
    denoise: () => {
      throw new Error("the denoiser was called");
    },
  };
  const x = tf.zeros([2, 1, 4, 4, 3]);
  const halves: ObservationOperator = (z) => blockMeans(z, [2, 2]);

  test.each([
    {what: "observations of another shape", y: [2, 1, 2, 2, 2], text: "y [2, 1, 2, 2, 3] or [1, 1, 2, 2, 3]"},
    {what: "observations of other rows", y: [3, 1, 2, 2, 3], text: "found [3, 1, 2, 2, 3]"},
    {what: "variances of another shape", y: [1, 2, 2, 3], varY: [2], text: "broadcasts to [2, 1, 2, 2, 3], found [2]"},
  ])("$what before any work, without leaks", ({y, varY, text}) => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const guided = new MMPSDenoiser(untouched, halves, tf.zeros(y), varY ? tf.ones(varY) : 1);
      expect(() => guided.denoise(x, 0.5)).toThrow(text);
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  test("maps that mix samples or do not fit the trajectories, and leaves nothing behind when a denoiser fails", () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const y = tf.zeros([1, 2, 2, 3]);
      const guided = (observe: ObservationOperator) => new MMPSDenoiser(untouched, observe, y, 1);
      expect(() => guided((z) => z.sum()).denoise(x, 0.5)).toThrow("to [2, ...], found []");
      expect(() => guided((z) => z.mean(0)).denoise(x, 0.5)).toThrow("found [1, 4, 4, 3]");
      expect(() => guided((z) => blockMeans(z, [3, 3])).denoise(x, 0.5)).toThrow("blockMeans");
      expect(() => guided(halves).denoise(x, 0.5)).toThrow("the denoiser was called");
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  test("impossible variances, iterations and solvers", () => {
    const y = tf.zeros([1, 1]);
    expect(() => new MMPSDenoiser(untouched, halves, y, -1)).toThrow(
      "expected varY to be a finite number of 0 or more, found -1",
    );
    expect(() => new MMPSDenoiser(untouched, halves, y, NaN)).toThrow("found NaN");
    expect(() => new MMPSDenoiser(untouched, halves, y, 1, {iterations: 0})).toThrow("at least 1, found 0");
    expect(() => new MMPSDenoiser(untouched, halves, y, 1, {solver: "lu" as never})).toThrow(
      '"gmres" or "cg", found "lu"',
    );
    const options = {covariance: "none" as never};
    expect(() => new MMPSDenoiser(untouched, halves, y, 1, options)).toThrow('"tweedie" or "variance", found "none"');
  });
});
