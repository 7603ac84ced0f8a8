import {KarrasDenoiser, MaskedDenoiser} from "../../lib/diffusion/denoiser";
import type {Posterior} from "../../lib/diffusion/posterior";
import {denoiserLoss, diffuse} from "../../lib/diffusion/denoiser-loss";
import {contextMask} from "../../lib/models/context";
import {Sampler} from "../../lib/diffusion/samplers/sampler";
import {compile, tf, Random} from "@lola-ts/engine";
import {relativeError} from "../reference/reference";
import {draw, LABEL, labels, LATENT, tinyDenoiser, tinyNetwork} from "../tiny";

const denoiser = tinyDenoiser();
const bind = () => denoiser.layout.bind(denoiser.weights);
const LENGTH = 4;
const states = (seed: number) => draw([3, LENGTH, 2, 2, LATENT], seed);

let before = 0;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(before);
});

describe("Denoiser", () => {
  test("one time for all is the same time for each, and samples do not see each other", () => {
    tf.tidy(() => {
      const x = states(1);
      const label = labels(3);
      const means = [0.4, tf.scalar(0.4), tf.fill([3], 0.4)].map((t) => denoiser.posterior(bind(), x, t, {label}).mean);
      means.forEach((mean) => expect(relativeError(mean.dataSync(), means[0].dataSync())).toBeLessThan(1e-5));
      const alone = denoiser.posterior(bind(), x.slice(1, 1), 0.4, {label: label.slice(1, 1)}).mean;
      expect(relativeError(alone.dataSync(), means[0].slice(1, 1).dataSync())).toBeLessThan(1e-5);
    });
  });

  test("returns its input where there is no noise, and a prior variance of 1 where there is only noise", () => {
    tf.tidy(() => {
      const x = states(1);
      const label = labels(3);
      const [clear, noisy]: Posterior[] = [0, 1].map((t) => denoiser.posterior(bind(), x, t, {label}));
      expect(relativeError(clear.mean.dataSync(), x.dataSync())).toBeLessThan(1e-3); // sigma at t = 0
      expect(clear.variance.dataSync()[0]).toBeCloseTo(1e-6, 9);
      expect(noisy.variance.dataSync()[0]).toBeCloseTo(1, 5);
    });
  });

  test("without condition channels ignores masks", () => {
    tf.tidy(() => {
      const free = new KarrasDenoiser({network: tinyNetwork(2, {masked: false}), schedule: {name: "log-logit"}});
      const width = (model: KarrasDenoiser) => model.specs["backbone.backbone.in_proj.weight"].shape[1];
      expect([width(denoiser), width(free)]).toEqual([2 * LATENT, LATENT]);
      const p = free.initialise(1).layout.bind(free.weights);
      const x = states(1);
      const label = labels(3);
      const mask = tf.tensor1d(contextMask(LENGTH, 2));
      const [plain, masked] = [{label}, {label, mask}].map((inputs) =>
        free.posterior(p, x, 0.5, inputs).mean.dataSync(),
      );
      expect(masked).toEqual(plain);
      free.dispose();
    });
  });

  test("refuses labels and masks of other sizes", () => {
    tf.tidy(() => {
      const x = states(1);
      const p = bind();
      const label = labels(3);
      const wanted = `expected a label [B, ${LABEL}]`;
      expect(() => denoiser.posterior(p, x, 0.5, {label: label.slice([0, 1])})).toThrow(wanted);
      expect(() => denoiser.posterior(p, x, 0.5)).toThrow("found none");
      const mask = tf.ones([LENGTH + 1]);
      expect(() => denoiser.posterior(p, x, 0.5, {label, mask})).toThrow("expected one element per state");
    });
  });
});

describe("denoiser loss", () => {
  const inputs = () => ({
    z: states(3),
    t: tf.tensor1d([0.2, 0.5, 0.9]),
    mask: tf.tensor2d(
      [...contextMask(LENGTH, 1), ...contextMask(LENGTH, 2), ...contextMask(LENGTH, 1, "end")],
      [3, LENGTH],
    ),
    label: labels(3),
  });

  test("counts all entries, or the generated ones only", () => {
    tf.tidy(() => {
      const x = states(1);
      const rest = inputs();
      const p = bind();
      const value = (over: "all" | "generated") => denoiserLoss(denoiser, p, x, {...rest, over}).dataSync()[0];
      const xt = diffuse(x, denoiser.schedule.of(rest.t), rest.z, rest.mask);
      const {mean, variance} = denoiser.posterior(p, xt, rest.t, rest);
      const perState = mean.sub(x).square().div(variance).mean([2, 3, 4]);
      expect(value("all") / perState.mean().dataSync()[0]).toBeCloseTo(1, 4);
      const free = tf.sub(1, rest.mask);
      expect(value("generated") / perState.mul(free).sum().div(free.sum()).dataSync()[0]).toBeCloseTo(1, 4);
    });
  });

  test("recorded with its gradient equals eager, and draws anew with each counter", () => {
    const x = states(1);
    const held = inputs();
    const {mask, label} = held;
    const step = (weights: tf.Tensor, key: tf.Tensor) => {
      const random = new Random(key as tf.Tensor1D);
      const {value, grad} = tf.valueAndGrad((w) =>
        denoiser.loss(denoiser.layout.bind(w as tf.Tensor1D), [x, mask, label], {random}),
      )(weights);
      return [value, grad];
    };
    const recorded = compile(step, "denoiser_loss");
    const losses = [0, 1].map((counter) =>
      tf.tidy(() => {
        const {key} = Random.of(7, counter);
        const fast = recorded(denoiser.weights, key);
        const slow = step(denoiser.weights, key);
        expect(relativeError(fast[0].dataSync(), slow[0].dataSync())).toBeLessThan(1e-5);
        expect(relativeError(fast[1].dataSync(), slow[1].dataSync())).toBeLessThan(1e-4);
        return fast[0].dataSync()[0];
      }),
    );
    expect(losses[0]).not.toBe(losses[1]);
    recorded.dispose();
    tf.dispose([x, held]);
  });
});

describe("the paper's rectified flow and the official log-logit schedule are one process", () => {
  const times = [0, 0.02, 0.3, 0.5, 0.9, 1];
  const models = () => {
    const [official, paper] = (["log-logit", "rectified"] as const).map((name) => tinyDenoiser(undefined, {name}));
    return {official, paper, p: official.layout.bind(official.weights)};
  };
  const states = (seed: number) => draw([2, 3, 2, 2, LATENT], seed);

  test("the same weights denoise the same, once noisy states are scaled by alpha", () => {
    tf.tidy(() => {
      const {official, paper, p} = models();
      const inputs = {mask: tf.tensor1d([1, 0, 0]), label: labels(2)};
      for (const t of times) {
        const {alpha, sigma} = paper.schedule(t);
        const noisy = states(1).add(states(2).mul(sigma / alpha)); // alpha = 1 in the official schedule
        const a = official.posterior(p, noisy, t, inputs);
        const b = paper.posterior(p, noisy.mul(alpha), t, inputs);
        expect(relativeError(b.mean.dataSync(), a.mean.dataSync())).toBeLessThan(1e-4);
        expect(relativeError(b.variance.dataSync(), a.variance.dataSync())).toBeLessThan(1e-4);
      }
      [official, paper].forEach((model) => model.dispose());
    });
  });

  test("they have the same loss for the same times and noise", () => {
    tf.tidy(() => {
      const {official, paper, p} = models();
      for (const t of times) {
        const inputs = {mask: tf.tensor1d([1, 0, 0]), label: labels(2), t: tf.fill([2], t), z: states(2)};
        const [a, b] = [official, paper].map((model) => denoiserLoss(model, p, states(1), inputs).dataSync()[0]);
        expect(b / a).toBeCloseTo(1, 3);
      }
      [official, paper].forEach((model) => model.dispose());
    });
  });

  test("a sampler walks the same trajectory, scaled by alpha", () => {
    tf.tidy(() => {
      const {official, paper, p} = models();
      const mask = tf.tensor1d([1, 0, 0]);
      const sampler = new Sampler({steps: 8});
      const walk = (model: KarrasDenoiser, x1: tf.Tensor) =>
        sampler.trajectory(new MaskedDenoiser(model.condition(p, labels(2)), states(1), mask), x1);
      const x1 = sampler.start(official.schedule, states(3));
      const expected = walk(official, x1);
      walk(paper, x1.mul(paper.schedule(1).alpha)).forEach((state, i) => {
        const {alpha} = paper.schedule(1 - i / 8);
        expect(relativeError(state.div(alpha).dataSync(), expected[i].dataSync())).toBeLessThan(1e-4);
      });
      [official, paper].forEach((model) => model.dispose());
    });
  });
});

describe("every context, forward and backward", () => {
  const length = 5;
  const contexts = Array.from({length}, (_, i) => i + 1).flatMap((count) =>
    (["start", "end"] as const).map((side) => ({count, side})),
  );

  test.each(contexts)(
    "$count states at the $side: context states stay, and other states of y are not used",
    (context) => {
      tf.tidy(() => {
        const model = tinyDenoiser();
        const [x, y, other] = [1, 2, 3].map((seed) => draw([2, length, 2, 1, LATENT], seed));
        const mask = tf.tensor1d(contextMask(length, context.count, context.side));
        const b = mask.reshape([1, length, 1, 1, 1]);
        const free = tf.sub(1, b);
        const given = model.condition(model.layout.bind(model.weights), labels(2));
        const run = (context: tf.Tensor, xt: tf.Tensor) =>
          new MaskedDenoiser(given, context, mask).denoise(xt, 0.4).mean;

        const mean = run(y, x);
        expect(mean.sub(y).mul(b).abs().max().dataSync()[0]).toBe(0);
        expect(run(y.add(other.mul(free)), x).dataSync()).toEqual(mean.dataSync());
        expect(run(y, x.add(other.mul(b))).dataSync()).toEqual(mean.dataSync());
        if (context.count < length) {
          // context and noise both matter to the generated states
          const generated = (z: tf.Tensor) => z.mul(free).dataSync();
          expect(relativeError(generated(run(y.add(other.mul(b)), x)), generated(mean))).toBeGreaterThan(1e-4);
          expect(relativeError(generated(run(y, x.add(other.mul(free)))), generated(mean))).toBeGreaterThan(1e-4);
        }
        model.dispose();
      });
    },
  );

  test.each(contexts.filter(({count}) => count < length))(
    "$count states at the $side are sampled around",
    (context) => {
      tf.tidy(() => {
        const model = tinyDenoiser();
        const [noise, y, other] = [1, 2, 3].map((seed) => draw([1, length, 2, 1, LATENT], seed));
        const mask = tf.tensor1d(contextMask(length, context.count, context.side));
        const b = mask.reshape([1, length, 1, 1, 1]);
        const sampler = new Sampler({steps: 4});
        const given = model.condition(model.layout.bind(model.weights), labels(1));
        const sample = (context: tf.Tensor) =>
          sampler.sample(new MaskedDenoiser(given, context, mask), sampler.start(model.schedule, noise));
        const found = sample(y);
        expect(found.sub(y).mul(b).abs().max().dataSync()[0]).toBeLessThan(0.02); // sigma at t = 0 is 1e-3
        expect(sample(y.add(other.mul(tf.sub(1, b)))).dataSync()).toEqual(found.dataSync());
        model.dispose();
      });
    },
  );
});

test("NaN and infinity in states outside of the context do not reach the result", () => {
  const values = Float32Array.from({length: LENGTH * 4 * LATENT}, (_, i) => Math.sin(i));
  const broken = values.map((value, i) => (i < 4 * LATENT ? value : i % 2 === 0 ? NaN : Infinity));
  const shape = [1, LENGTH, 2, 2, LATENT];
  const mask = tf.tensor1d([1, 0, 0, 0]);
  const xt = draw(shape, 7);
  const label = labels(1);
  const [whole, masked] = [values, broken].map((y) =>
    tf.tidy(() => {
      const inner = denoiser.condition(bind(), label);
      return [...new MaskedDenoiser(inner, tf.tensor(y, shape), mask).denoise(xt, 0.5).mean.dataSync()];
    }),
  );
  tf.dispose([mask, xt, label]);
  expect(masked.every(Number.isFinite)).toBe(true);
  expect(masked).toEqual(whole);
});

test("a mask that is no mask and a time that is no time are refused", () => {
  tf.tidy(() => {
    const y = draw([1, LENGTH, 2, 2, LATENT], 8);
    const inner = denoiser.condition(bind(), labels(1));
    const half = tf.tensor1d([1, 0.5, 0, 0]);
    expect(() => new MaskedDenoiser(inner, y, half)).toThrow("MaskedDenoiser: expected a mask of 0 and 1, found 0.5");
    expect(() => inner.denoise(y, 0.5, half)).toThrow("denoise: expected a mask of 0 and 1, found 0.5");
    for (const t of [2, NaN]) {
      expect(() => inner.denoise(y, t)).toThrow("denoise: expected t to be a finite number from 0 to 1");
    }
  });
});
