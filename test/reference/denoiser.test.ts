import {KarrasDenoiser, MaskedDenoiser, preconditioning} from "../../lib/diffusion/denoiser";
import {denoiserLoss, diffuse} from "../../lib/diffusion/denoiser-loss";
import {createSchedule, rectified, type Schedule} from "../../lib/diffusion/noise-schedule";
import {denoiserConfig, scheduleConfig} from "../../packages/official-runs/src/official-config";
import {compile, tf} from "@lola-ts/engine";
import {channelsLast, channelsSecond, expectGradients, golden, networkInputs} from "./layout";
import {reference, relativeError} from "./reference";

const topic = reference("denoiser");
const denoiser = new KarrasDenoiser(denoiserConfig(topic.config.model));
denoiser.weights = golden(denoiser.layout, topic.below("weights/"));
const bind = () => denoiser.layout.bind(denoiser.weights);
const field = (name: string) => channelsLast(topic.tensor(name));
const error = (y: tf.Tensor, name: string) => relativeError(channelsSecond(y), topic.tensor(name).data);

let before = 0;
beforeEach(() => void (before = tf.memory().numTensors));
afterEach(() => expect(tf.memory().numTensors).toBe(before));

test("mean and variance, each sample at its own time", () => {
  tf.tidy(() => {
    const t = tf.tensor1d(topic.tensor("denoiser/in/t").data);
    const {mean, variance} = denoiser.posterior(
      bind(),
      field("denoiser/in/x_t"),
      t,
      networkInputs(topic, "denoiser/in/"),
    );
    expect(error(mean, "denoiser/out/mean")).toBeLessThan(1e-5);
    expect(relativeError(variance.dataSync(), topic.tensor("denoiser/out/var").data)).toBeLessThan(1e-5);
  });
});

const masked = topic.names.flatMap((name) => /^(masked\d+)\/in\/x_t$/.exec(name)?.[1] ?? []);

test.each(masked)("masked denoiser, %s", (name) => {
  tf.tidy(() => {
    const {mask, label} = networkInputs(topic, `${name}/in/`);
    const conditioned = new MaskedDenoiser(denoiser.condition(bind(), label), field(`${name}/in/y`), mask);
    const {mean, variance} = conditioned.denoise(field(`${name}/in/x_t`), topic.tensor(`${name}/in/t`).data[0]);
    expect(error(mean, `${name}/out/mean`)).toBeLessThan(1e-5);
    expect(relativeError(variance.dataSync(), topic.tensor(`${name}/out/var`).data)).toBeLessThan(1e-5);
  });
});

describe("loss", () => {
  const inputs = () => ({
    z: field("loss/in/z"),
    t: tf.tensor1d(topic.tensor("loss/in/t").data),
    ...networkInputs(topic, "loss/in/"),
  });

  test("noisy states", () => {
    tf.tidy(() => {
      const {z, t, mask} = inputs();
      const xt = diffuse(field("loss/in/x"), denoiser.schedule.of(t), z, mask);
      expect(error(xt, "loss/out/x_t")).toBeLessThan(1e-5);
    });
  });

  test("value and gradients, recorded and not", () => {
    tf.tidy(() => {
      const x = field("loss/in/x");
      const rest = inputs();
      const step = (weights: tf.Tensor) => {
        const {value, grad} = tf.valueAndGrad((w) =>
          denoiserLoss(denoiser, denoiser.layout.bind(w as tf.Tensor1D), x, rest),
        )(weights);
        return [value, grad];
      };
      const recorded = compile(step, "denoiser_loss");
      for (const run of [step, recorded]) {
        const [value, grad] = run(denoiser.weights);
        expect(relativeError(value.dataSync(), topic.tensor("loss/out/loss").data)).toBeLessThan(1e-5);
        const named = denoiser.layout.toOfficial(grad.dataSync<"float32">());
        expectGradients(topic.below("loss/grad/"), (name) => named.get(name)!.data);
      }
      recorded.dispose();
    });
  });
});

const schedules = topic.names.flatMap((name) => /^schedule(\d+)\/in\/t$/.exec(name)?.[1] ?? []).map(Number);

describe.each(schedules)("schedule%i", (i) => {
  const schedule: Schedule = createSchedule(scheduleConfig(topic.config.schedules[i]));
  const times = topic.tensor(`schedule${i}/in/t`).data;
  const read = (name: string) => topic.tensor(`schedule${i}/out/${name}`).data;
  const eachRelative = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Math.max(...Array.from(b, (value, n) => Math.abs(a[n] / value - 1)));

  test("in numbers", () => {
    const noise = Array.from(times, (t) => schedule(t));
    const alpha = noise.map((pair) => pair.alpha);
    const sigma = noise.map((pair) => pair.sigma);
    expect(relativeError(alpha, read("alpha"))).toBe(0);
    expect(eachRelative(sigma, read("sigma_float64"))).toBeLessThan(1e-6);
    expect(relativeError(sigma, read("sigma"))).toBeLessThan(1e-4);
  });

  test("in tensors, to the last times of float32", () => {
    tf.tidy(() => {
      const {alpha, sigma} = schedule.of(tf.tensor1d(times));
      expect(relativeError(alpha.dataSync(), read("alpha"))).toBe(0);
      expect(eachRelative(sigma.dataSync(), read("sigma_float64"))).toBeLessThan(1e-5);
    });
  });

  test("with the coefficients of the preconditioning", () => {
    tf.tidy(() => {
      const scales = preconditioning(schedule.of(tf.tensor1d(times)));
      const {cIn: c_in, cSkip: c_skip, cOut: c_out, cNoise: c_noise, variance} = scales;
      for (const [name, scale] of Object.entries({c_in, c_skip, c_out, c_noise, var: variance})) {
        expect([name, relativeError(scale.dataSync(), read(name)) < 1e-5]).toEqual([name, true]);
      }
    });
  });
});

describe("the paper's rectified flow", () => {
  const {schedule} = denoiser;
  const [t, paper, ratio] = ["t", "t_paper", "ratio"].map((name) => topic.tensor(`rectified/${name}`).data);

  test("has the official ratios of noise to signal at its own times", () => {
    t.forEach((time, n) => {
      const official = schedule(time);
      expect(Math.abs(official.sigma / official.alpha / ratio[n] - 1)).toBeLessThan(1e-4);
      const {alpha, sigma} = rectified(paper[n]);
      // near the end 1 - t_paper has few digits left in float32: 6e-8 of the time is 6e-8 / (1 - t) of the ratio
      expect(Math.abs(sigma / alpha / ratio[n] - 1)).toBeLessThan(1e-5 + 2e-7 / alpha);
    });
  });

  test("denoises like the official process, states rescaled", () => {
    tf.tidy(() => {
      const inputs = networkInputs(topic, "denoiser/in/");
      const xt = field("denoiser/in/x_t");
      const times = topic.tensor("denoiser/in/t").data;
      const same = new KarrasDenoiser({
        ...denoiser.config,
        schedule: {name: "rectified", sigmaMin: 1e-6, sigmaMax: 1e6},
      });
      const scales = Array.from(times, (time) => {
        const {alpha, sigma} = schedule(time);
        const signal = 1 / (1 + sigma / alpha); // 1 - t of the same ratio
        return {signal, factor: signal / alpha, time: timeOf(same.schedule, signal)};
      });
      const spread = (values: number[]) => tf.tensor1d(values).reshape([-1, ...xt.shape.slice(1).map(() => 1)]);
      const rescaled = xt.mul(spread(scales.map(({factor}) => factor)));
      const time = tf.tensor1d(scales.map((scale) => scale.time));
      const {mean} = same.posterior(same.layout.bind(denoiser.weights), rescaled, time, inputs);
      // 1 - t of float32 times that are close to 1 carries a relative error of 6e-8 / (1 - t)
      const limit = 1e-5 + Math.max(...scales.map(({signal}) => 6e-7 / signal));
      expect(error(mean, "denoiser/out/mean")).toBeLessThan(limit);
      expect(same.layout.size).toBe(denoiser.layout.size);
    });
  });
});

/** The time at which a schedule has a signal scale that falls linearly in time. */
function timeOf(schedule: Schedule, signal: number): number {
  const first = schedule(0).alpha;
  const last = schedule(1).alpha;
  return (first - signal) / (first - last);
}
