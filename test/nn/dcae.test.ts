import {Autoencoder} from "../../lib/models/autoencoder";
import {DCEncoder, latentStride} from "../../lib/nn/dcae";
import type {Variance} from "../../lib/nn/linear";
import {tf} from "@lola-ts/engine";
import {relativeError} from "../reference/reference";
import {draw, FIELDS, LATENT, tinyAutoencoder} from "../tiny";

const largest = (data: Float32Array) => data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

test("identity initialisation can be switched off", () => {
  const config = {pixChannels: 5, latChannels: 4, hidChannels: [8, 16], hidBlocks: [1, 1], identityInit: false};
  const {layout} = new Autoencoder(config);
  const named = layout.toOfficial(layout.initialise(5));
  expect(largest(named.get("decoder.ascent.0.0.weight")!.data)).toBeLessThan(0.2); // 1 / sqrt(4 * 9)
  expect(largest(named.get("encoder.descent.0.1.ffn.3.weight")!.data)).toBeLessThan(0.0012); // residuals stay small
});

describe.each([
  {spatial: 2, grid: [8, 12]},
  {spatial: 3, grid: [4, 8, 4]},
])("without pixel shuffling, $spatial axes", ({spatial, grid}) => {
  const autoencoder = tinyAutoencoder({spatial, pixelShuffle: false, periodic: true});

  test("levels have the same grids and the official names of convolutions alone", () => {
    const names = Object.keys(autoencoder.specs).filter((name) => name.endsWith(".weight") && !name.includes(".ffn."));
    expect(names.map((name) => name.replace(".weight", ""))).toEqual([
      "encoder.descent.0.0",
      "encoder.descent.1.0",
      "encoder.descent.1.2",
      "decoder.ascent.0.0",
      "decoder.ascent.0.2.1",
      "decoder.ascent.1.1",
    ]);
    const kernel = new Array<number>(spatial).fill(3);
    expect(autoencoder.specs["encoder.descent.1.0.weight"].shape).toEqual([...kernel, 4, 6]);
    expect(autoencoder.specs["decoder.ascent.0.2.1.weight"].shape).toEqual([...kernel, 6, 4]);
    const z = autoencoder.encode(draw([1, ...grid, FIELDS]));
    expect(z.shape).toEqual([1, ...grid.map((n) => n / autoencoder.stride), LATENT]);
    expect(autoencoder.decode(z).shape).toEqual([1, ...grid, FIELDS]);
  });

  test("gradients are those of finite differences", () => {
    const {layout, weights} = autoencoder;
    const x = draw([2, ...grid, FIELDS], 1);
    const direction = draw([layout.size], 2);
    const loss = (w: tf.Tensor) => autoencoder.loss(layout.bind(w as tf.Tensor1D), [x], {kind: "mse"});
    const along = tf.grad(loss)(weights).mul(direction).sum().dataSync()[0];
    const step = 1e-3;
    const [up, down] = [step, -step].map((by) => loss(weights.add(direction.mul(by))).dataSync()[0]);
    expect(relativeError([(up - down) / (2 * step)], [along])).toBeLessThan(1e-2);
  });
});

test("levels may be coarser by other factors, and kernels wider", () => {
  const config = {hidChannels: [4, 6], hidBlocks: [1, 1], stride: 3, kernelSize: 5};
  expect(latentStride(config)).toBe(3);
  expect(new DCEncoder(2, 3, config).specs["descent.1.0.1.weight"].shape).toEqual([5, 5, 36, 6]);
  const autoencoder = tinyAutoencoder({stride: 3, kernelSize: 1, patchSize: 1});
  expect(autoencoder.encode(draw([1, 6, 9, FIELDS])).shape).toEqual([1, 2, 3, LATENT]);
});

test("a patch moves cells into channels before the first level", () => {
  const config = {hidChannels: [32, 48, 64], hidBlocks: [1, 1, 1], patchSize: 2};
  expect(latentStride(config)).toBe(8);
  expect(new DCEncoder(5, 16, config).specs["descent.0.0.weight"].shape).toEqual([3, 3, 20, 32]);
});

test("refuses architectures that cannot be built", () => {
  expect(() => new DCEncoder(5, 16, {hidChannels: [8, 16], hidBlocks: [1]})).toThrow("the same levels");
});

test("the variance of its norms is an option, and the choice matters", () => {
  tf.tidy(() => {
    const x = draw([1, 8, 8, FIELDS], 1);
    const [code, usual, given] = [{}, {normVariance: "population"}, {normVariance: "unbiased"}].map((option) => {
      const model = tinyAutoencoder(option as {normVariance?: Variance});
      const z = model.encode(x).dataSync();
      model.dispose();
      return z;
    });
    expect(given).toEqual(code);
    expect(relativeError(usual, code)).toBeGreaterThan(1e-4);
  });
});
