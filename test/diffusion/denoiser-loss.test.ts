import {denoiserLoss, diffuse} from "../../lib/diffusion/denoiser-loss";
import {contextMask} from "../../lib/models/context";
import {logLogit} from "../../lib/diffusion/noise-schedule";
import {tf, Random} from "@lola-ts/engine";
import {relativeError} from "../reference/reference";
import {draw, labels, LATENT, tinyDenoiser} from "../tiny";

test("diffuses states by alpha x + sigma z, and context states only by the preconditioning", () => {
  const [x, z] = [1, 2].map((seed) => Random.of(seed).normal([2, 3, 2, 2, 1]));
  const schedule = logLogit();
  const times = [0.3, 0.8];
  const noise = schedule.of(tf.tensor1d(times));
  const xt = diffuse(x, noise, z, tf.tensor1d(contextMask(3, 1)));
  times.forEach((t, b) => {
    const {alpha, sigma} = schedule(t);
    const at = (y: tf.Tensor, from: number, count: number) => y.slice([b, from], [1, count]);
    const context = at(x, 0, 1).mul(Math.hypot(alpha, sigma));
    const generated = at(x, 1, 2)
      .mul(alpha)
      .add(at(z, 1, 2).mul(sigma));
    expect(relativeError(at(xt, 0, 1).dataSync(), context.dataSync())).toBeLessThan(1e-5);
    expect(relativeError(at(xt, 1, 2).dataSync(), generated.dataSync())).toBeLessThan(1e-5);
  });
});

test("without noise diffusion changes nothing", () => {
  const x = Random.of(1).normal([1, 2, 2, 2, 1]);
  const none = {alpha: tf.tensor1d([1]), sigma: tf.tensor1d([0])};
  expect(
    diffuse(x, none, tf.ones(x.shape), tf.tensor1d([0, 0]))
      .sub(x)
      .abs()
      .max()
      .dataSync()[0],
  ).toBe(0);
});

test("is weighted by the inverse variance, or not at all as Eq. 7 is printed", () => {
  tf.tidy(() => {
    const denoiser = tinyDenoiser();
    const p = denoiser.layout.bind(denoiser.weights);
    const x = draw([1, 3, 2, 2, LATENT], 1);
    const z = draw([1, 3, 2, 2, LATENT], 2);
    const label = labels(1);
    const mask = tf.tensor1d(contextMask(3, 1));
    for (const time of [0.2, 0.5, 0.9]) {
      const t = tf.tensor1d([time]);
      const loss = (weight?: "variance" | "none") =>
        denoiserLoss(denoiser, p, x, {mask, label, t, z, weight}).dataSync()[0];
      const {alpha, sigma} = denoiser.schedule(time);
      const mean = denoiser.posterior(p, diffuse(x, denoiser.schedule.of(t), z, mask), t, {mask, label}).mean;
      expect(loss("none") / mean.sub(x).square().mean().dataSync()[0]).toBeCloseTo(1, 5);
      expect(loss() / loss("none") / ((alpha ** 2 + sigma ** 2) / sigma ** 2)).toBeCloseTo(1, 4);
      expect(loss("variance")).toBe(loss());
    }
  });
});
