import {KarrasDenoiser, MaskedDenoiser} from "../../lib/diffusion/denoiser";
import type {Denoiser} from "../../lib/diffusion/posterior";
import {MMPSDenoiser, type MMPSOptions} from "../../lib/diffusion/guidance";
import {createSchedule, type Schedule} from "../../lib/diffusion/noise-schedule";
import {tf, compile, blockMeans} from "@lola-ts/engine";
import {channelsLast, channelsSecond, golden, plain, networkInputs} from "./layout";
import {denoiserConfig, scheduleConfig} from "../../packages/official-runs/src/official-config";
import {reference, relativeError} from "./reference";

const topic = reference("mmps");
const load = (name: string) => plain(topic.tensor(name));
const number = (name: string) => topic.tensor(name).data[0];
const cases = (kind: string) =>
  topic.names.flatMap((name) => new RegExp(`^(${kind}\\d+)/in/x_t$`).exec(name)?.[1] ?? []);
const network = topic.config.network as {model: {schedule: object}};

/** Averages over 2 x 2 blocks of the last two axes before the channels. */
const averages = (x: tf.Tensor) => blockMeans(x, [2, 2]);

let before = 0;
beforeEach(() => void (before = tf.memory().numTensors));
afterEach(() => expect(tf.memory().numTensors).toBe(before));

describe.each(cases("gaussian"))("exact denoiser of a Gaussian, %s", (name) => {
  const time = number(`${name}/in/t`);
  const [m, v, xt] = tf.tidy(() =>
    ["gaussian/mean", "gaussian/var", `${name}/in/x_t`].map((tensor) => load(tensor).expandDims(-1)),
  );
  afterAll(() => void tf.dispose([m, v, xt]));

  /** The exact denoiser for a noise schedule. */
  const gaussian = (schedule: Schedule): Denoiser => ({
    schedule,
    denoise: (x, t) => {
      const {alpha, sigma} = schedule(t as number);
      const gain = v.mul(alpha).div(v.mul(alpha ** 2).add(sigma ** 2));
      return {mean: x.sub(m.mul(alpha)).mul(gain).add(m), variance: gain.mul(sigma ** 2 / alpha)};
    },
  });

  /** The topic does not say which schedule the Gaussian has: the network's, or that of the sampler topic. */
  const candidates = [network.model, reference("sampler").config].map(({schedule}: {schedule: object}) =>
    gaussian(createSchedule(scheduleConfig(schedule))),
  );
  const error = (denoise: Denoiser) =>
    tf.tidy(() => relativeError(denoise.denoise(xt, time).mean.dataSync(), topic.tensor(`${name}/out/unguided`).data));
  const denoise = candidates.find((candidate) => error(candidate) < 1e-5) ?? candidates[0];

  test("unguided", () => {
    expect(error(denoise)).toBeLessThan(1e-5);
    const variance = tf.tidy(() => denoise.denoise(xt, time).variance.dataSync());
    expect(relativeError(variance, topic.tensor(`${name}/out/var`).data)).toBeLessThan(1e-5);
  });

  /** Guide the trajectories, whose last axis is a channel axis of one. */
  const guided = (options: MMPSOptions) =>
    tf.tidy(() => {
      const y = load(`${name}/in/y`).reshape(averages(xt).shape);
      const mmps = new MMPSDenoiser(denoise, averages, y, number(`${name}/in/var_y`), options);
      return mmps.denoise(xt, time).mean.dataSync();
    });

  const solved = topic.names.flatMap((tensor) => {
    const found = new RegExp(`^${name}/out/mean_(gmres|cg)(\\d+)$`).exec(tensor);
    return found ? [{tensor, solver: found[1] as "gmres" | "cg", iterations: Number(found[2])}] : [];
  });

  test.each(solved)("$solver with $iterations iterations", ({tensor, ...options}) => {
    expect(relativeError(guided(options), topic.tensor(tensor).data)).toBeLessThan(1e-4);
  });

  test("the stated variance as covariance", () => {
    const expected = topic.tensor(`${name}/out/mean_untweedie`).data;
    expect(relativeError(guided({covariance: "variance"}), expected)).toBeLessThan(1e-4);
  });

  test("exact posterior mean after as many iterations as observations", () => {
    const observations = topic.tensor(`${name}/in/y`).data.length / topic.tensor(`${name}/in/x_t`).shape[0];
    const iterations = Math.min(observations, 60); // of many, these are enough to converge
    expect(relativeError(guided({iterations}), topic.tensor(`${name}/exact`).data)).toBeLessThan(1e-4);
  });
});

describe.each(cases("network"))("trained denoiser, %s", (name) => {
  const context = topic.config.context as number;
  const [xt, contextStates] = [`${name}/in/x_t`, `${name}/in/x_obs`].map((tensor) => topic.tensor(tensor));
  const [batch, channels, length, ...grid] = xt.shape;

  /** Averages of the frames after the context. */
  const observe = (x: tf.Tensor) => {
    const at = (axis: number) => (axis === 1 ? context : 0);
    return averages(
      x.slice(
        x.shape.map((_, axis) => at(axis)),
        x.shape.map((size, axis) => size - at(axis)),
      ),
    );
  };

  const model = new KarrasDenoiser(denoiserConfig(network.model));
  beforeAll(() => void (model.weights = golden(model.layout, topic.below("network/weights/"))));
  afterAll(() => model.dispose());

  const inputs = () => {
    const coarse = [...grid.slice(0, -2), ...grid.slice(-2).map((size) => size / 2)];
    const y = topic.tensor(`${name}/in/y`);
    const rows = y.shape.length > 1 ? batch : 1; // one vector may hold for the whole batch
    return {
      ...networkInputs(topic, `${name}/in/`),
      y: channelsLast({shape: [rows, channels, length - context, ...coarse], data: y.data}),
      x: channelsLast(xt),
      contextStates: channelsLast(contextStates),
    };
  };
  const time = number(`${name}/in/t`);

  const guide = (weights: tf.Tensor, {x, y, contextStates: states, mask, label}: ReturnType<typeof inputs>) => {
    const given = model.condition(model.layout.bind(weights as tf.Tensor1D), label);
    const mmps = new MMPSDenoiser(given, observe, y, number(`${name}/in/var_y`));
    const posterior = mmps.denoise(x, time, mask);
    return [posterior.mean, posterior.variance, new MaskedDenoiser(mmps, states, mask).denoise(x, time).mean];
  };

  test.each([false, true])("guided, and masked around that; recorded: %s", (recorded) => {
    tf.tidy(() => {
      const loaded = inputs();
      const step = compile((weights) => guide(weights, loaded), "guided");
      const [mean, variance, masked] = recorded ? step(model.weights) : guide(model.weights, loaded);
      const unguided = model
        .condition(model.layout.bind(model.weights), loaded.label)
        .denoise(loaded.x, time, loaded.mask).mean;
      for (const [value, tensor] of [
        [unguided, "unguided"],
        [mean, "mean"],
        [masked, "mean_masked"],
      ] as const) {
        const error = relativeError(channelsSecond(value), topic.tensor(`${name}/out/${tensor}`).data);
        expect([tensor, error < 1e-4, error]).toEqual([tensor, true, error]);
      }
      expect(relativeError(variance.dataSync(), topic.tensor(`${name}/out/var`).data)).toBeLessThan(1e-5);
      step.dispose();
    });
  });
});
