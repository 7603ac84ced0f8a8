import {Denoiser, MaskedDenoiser} from "../../lib/diffusion/denoiser";
import {denoiserLoss, diffuse, sampledDenoiserLoss} from "../../lib/diffusion/loss";
import {Sampler} from "../../lib/diffusion/sampler";
import {compile} from "../../lib/tensor/compile";
import {tf} from "../../lib/tensor/backend";
import {Random} from "../../lib/tensor/random";
import {reference, relativeError} from "../reference/reference";
import {denoiserConfig, field, label, officialGradient, sampledNetwork, toOfficial, windowMask} from "./official";

const topic = reference("denoiser");
const denoiser = new Denoiser(denoiserConfig(topic.config.model));
denoiser.weights = tf.tensor1d(denoiser.layout.fromOfficial(topic.below("weights/")));
const bind = () => denoiser.layout.bind(denoiser.weights);
const theta = (name: string) => label(topic, name);

let before = 0;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(before);
});

describe("Denoiser", () => {
  test("equals the official mean and variance, each sample at its own time", () => {
    tf.tidy(() => {
      const x = field(topic, "denoiser/in/x_t");
      const t = tf.tensor1d(topic.tensor("denoiser/in/t").data);
      const inputs = {mask: windowMask(topic, "denoiser/in/mask"), label: theta("denoiser/in/label")};
      const {mean, variance} = denoiser.posterior(bind(), x, t, inputs);
      expect(relativeError(toOfficial(mean), topic.tensor("denoiser/out/mean").data)).toBeLessThan(1e-5);
      expect(relativeError(variance.dataSync(), topic.tensor("denoiser/out/var").data)).toBeLessThan(1e-5);
    });
  });

  test("refuses labels and masks of other sizes", () => {
    tf.tidy(() => {
      const [x, p] = [field(topic, "denoiser/in/x_t"), bind()];
      const known = theta("denoiser/in/label");
      const wanted = `expected a label [B, ${known.shape[1]}]`;
      expect(() => denoiser.posterior(p, x, 0.5, {label: known.slice([0, 1])})).toThrow(wanted);
      expect(() => denoiser.posterior(p, x, 0.5)).toThrow("found none");
      const mask = tf.ones([x.shape[1]! + 1]);
      expect(() => denoiser.posterior(p, x, 0.5, {label: known, mask})).toThrow("expected one element per state");
    });
  });
});

const masked = topic.names.flatMap((name) => /^masked(\d+)\/in\/x_t$/.exec(name)?.[1] ?? []);

describe.each(masked)("MaskedDenoiser, masked%s", (n) => {
  const load = () => {
    const [x, y] = [field(topic, `masked${n}/in/x_t`), field(topic, `masked${n}/in/y`)];
    const mask = windowMask(topic, `masked${n}/in/mask`);
    const t = topic.tensor(`masked${n}/in/t`).data[0];
    return {x, y, mask, t, given: denoiser.given(bind(), theta(`masked${n}/in/label`))};
  };

  test("equals the official one", () => {
    tf.tidy(() => {
      const {x, y, mask, t, given} = load();
      const {mean, variance} = new MaskedDenoiser(given, y, mask).denoise(x, t);
      expect(relativeError(toOfficial(mean), topic.tensor(`masked${n}/out/mean`).data)).toBeLessThan(1e-5);
      expect(relativeError(variance.dataSync(), topic.tensor(`masked${n}/out/var`).data)).toBeLessThan(1e-5);
    });
  });

  test("looks at the observed states of y only, and nowhere else at y", () => {
    tf.tidy(() => {
      const {x, y, mask, t, given} = load();
      const b = mask.reshape([...mask.shape, 1, 1, 1]);
      const first = new MaskedDenoiser(given, y, mask).denoise(x.add(b.mul(3)), t).mean;
      const second = new MaskedDenoiser(given, y.add(tf.sub(1, b).mul(3)), mask).denoise(x, t).mean;
      expect(relativeError(first.dataSync(), second.dataSync())).toBeLessThan(1e-6);
      expect(first.sub(y).mul(b).abs().max().dataSync()[0]).toBe(0);
    });
  });
});

describe("denoiser loss", () => {
  const inputs = () => ({
    x: field(topic, "loss/in/x"),
    z: field(topic, "loss/in/z"),
    t: tf.tensor1d(topic.tensor("loss/in/t").data),
    mask: windowMask(topic, "loss/in/mask"),
    label: theta("loss/in/label"),
  });

  test("diffuses like the official code", () => {
    tf.tidy(() => {
      const {x, z, t, mask} = inputs();
      const xt = diffuse(x, denoiser.schedule.of(t), z, mask);
      expect(relativeError(toOfficial(xt), topic.tensor("loss/out/x_t").data)).toBeLessThan(1e-5);
    });
  });

  test("equals the official loss and its gradients", () => {
    tf.tidy(() => {
      const {x, ...rest} = inputs();
      const {value, grad} = tf.valueAndGrad((w) =>
        denoiserLoss(denoiser, denoiser.layout.bind(w as tf.Tensor1D), x, rest),
      )(denoiser.weights);
      expect(relativeError(value.dataSync(), topic.tensor("loss/out/loss").data)).toBeLessThan(1e-5);
      const names = [...topic.below("loss/grad/").keys()];
      expect(names.length).toBeGreaterThan(0);
      for (const name of names) {
        const error = relativeError(officialGradient(denoiser, grad, name), topic.tensor(`loss/grad/${name}`).data);
        expect(error).toBeLessThan(1e-4);
      }
    });
  });

  test("counts all entries, or the generated ones only", () => {
    tf.tidy(() => {
      const {x, ...rest} = inputs();
      const p = bind();
      const all = denoiserLoss(denoiser, p, x, rest).dataSync()[0];
      const generated = denoiserLoss(denoiser, p, x, {...rest, over: "generated"}).dataSync()[0];
      const {mean, variance} = denoiser.posterior(
        p,
        diffuse(x, denoiser.schedule.of(rest.t), rest.z, rest.mask),
        rest.t,
        rest,
      );
      const perState = mean.sub(x).square().div(variance).mean([2, 3, 4]);
      expect(all / perState.mean().dataSync()[0]).toBeCloseTo(1, 4);
      const free = tf.sub(1, rest.mask);
      expect(generated / perState.mul(free).sum().div(free.sum()).dataSync()[0]).toBeCloseTo(1, 4);
    });
  });

  test("recorded with its gradient equals eager, and draws anew with each counter", () => {
    const held = inputs();
    const {x, mask, label: known} = held;
    const step = (weights: tf.Tensor, key: tf.Tensor) => {
      const random = new Random(key as tf.Tensor1D);
      const {value, grad} = tf.valueAndGrad((w) =>
        sampledDenoiserLoss(denoiser, denoiser.layout.bind(w as tf.Tensor1D), x, {mask, label: known, random}),
      )(weights);
      return [value, grad];
    };
    const recorded = compile(step, "denoiser_loss");
    const losses = [0, 1].map((counter) =>
      tf.tidy(() => {
        const {key} = Random.of(7, counter);
        const [fast, slow] = [recorded(denoiser.weights, key), step(denoiser.weights, key)];
        expect(relativeError(fast[0].dataSync(), slow[0].dataSync())).toBeLessThan(1e-5);
        expect(relativeError(fast[1].dataSync(), slow[1].dataSync())).toBeLessThan(1e-4);
        return fast[0].dataSync()[0];
      }),
    );
    expect(losses[0]).not.toBe(losses[1]);
    recorded.dispose();
    tf.dispose(held);
  });
});

describe("sampling with the network", () => {
  const {run, steps, order, model, load} = sampledNetwork();
  const sampler = new Sampler({steps, order});
  const chain = (weights: tf.Tensor, x1: tf.Tensor, y: tf.Tensor, mask: tf.Tensor, known: tf.Tensor) => {
    const given = model.given(model.layout.bind(weights as tf.Tensor1D), known as tf.Tensor2D);
    return sampler.trajectory(new MaskedDenoiser(given, y, mask), x1);
  };

  test("equals the official trajectory, eager and recorded", () => {
    tf.tidy(() => {
      const {x1, y, mask, known} = load();
      const official = run.tensor("network/out/states");
      const recorded = compile(chain, "network");
      for (const walk of [chain, recorded]) {
        const states = walk(model.weights, x1, y, mask, known);
        states.forEach((state, i) => {
          const size = state.size;
          const expected = official.data.subarray(i * size, (i + 1) * size);
          expect(relativeError(toOfficial(state), expected)).toBeLessThan(1e-4);
        });
        expect(relativeError(toOfficial(states[steps]), run.tensor("network/out/x_0").data)).toBeLessThan(1e-4);
      }
      recorded.dispose();
    });
  });
});
