import {Autoencoder, type AutoencoderConfig} from "../lib/autoencoder";
import type {Parameters} from "../lib/nn/module";
import {tf} from "../lib/tensor/backend";
import {compile} from "../lib/tensor/compile";
import {Random} from "../lib/tensor/random";
import {autoencoderConfig} from "./nn/official";
import {channelsLast, channelsSecond, golden, gradients} from "./reference/layout";
import {hasReference, reference, relativeError} from "./reference/reference";

const small: AutoencoderConfig = {pixChannels: 2, latChannels: 3, hidChannels: [4, 6], hidBlocks: [1, 1], patch: 2};

describe.each(["autoencoder-2d", "autoencoder-3d"].filter(hasReference))("the official %s", (name) => {
  const topic = reference(name);
  const autoencoder = new Autoencoder(autoencoderConfig(topic.config.model));
  const x = channelsLast(topic.tensor("in/x"));

  beforeAll(() => {
    autoencoder.weights = golden(autoencoder.layout, topic.below("weights/"));
  });
  afterAll(() => autoencoder.dispose());

  test("gives the same latents and reconstruction, recorded or not", () => {
    const z = autoencoder.encode(x);
    expect(relativeError(channelsSecond(z), topic.tensor("out/z").data)).toBeLessThan(1e-5);
    const y = autoencoder.decode(z);
    expect(relativeError(channelsSecond(y), topic.tensor("out/y").data)).toBeLessThan(1e-5);

    const p = autoencoder.layout.bind(autoencoder.weights);
    const eager = autoencoder.encoder(p, x);
    expect(relativeError(eager.dataSync(), z.dataSync())).toBeLessThan(1e-6);
    expect(relativeError(autoencoder.decoder(p, eager).dataSync(), y.dataSync())).toBeLessThan(1e-6);
  });

  test("gives the same latents before saturation", () => {
    const open = new Autoencoder({...autoencoder.config, saturation: "none"});
    const h = open.encoder(autoencoder.layout.bind(autoencoder.weights), x);
    expect(relativeError(channelsSecond(h), topic.tensor("out/encoder").data)).toBeLessThan(1e-5);
  });

  test("gives the same loss and gradients of parameters and input", () => {
    const loss = (p: Parameters, states: tf.Tensor) => autoencoder.loss(p, states);
    const bound = autoencoder.layout.bind(autoencoder.weights);
    expect(relativeError(loss(bound, x).dataSync(), topic.tensor("out/loss_vrmse").data)).toBeLessThan(1e-5);

    const found = gradients(autoencoder.layout, autoencoder.weights, (p) => loss(p, x));
    const expected = topic.below("grad/");
    for (const [key, {data}] of expected) {
      const input = () => channelsSecond(tf.grad((states) => loss(bound, states))(x));
      const ours = key === "x" ? input() : found.get(key)!.data;
      expect([key, relativeError(ours, data) < 1e-4]).toEqual([key, true]);
    }
    expect(expected.size).toBeGreaterThan(1);
  });
});

test("a periodic autoencoder moves with its input, one with zero padding does not", () => {
  const error = (periodic: boolean) =>
    tf.tidy(() => {
      const autoencoder = new Autoencoder({...small, periodic}).initialise(3);
      const x = Random.of(1).normal([1, 16, 12, 2]);
      const roll = (y: tf.Tensor, by: number) => tf.concat([y.slice([0, by]), y.slice([0, 0], [-1, by])], 1);
      const moved = autoencoder.encode(roll(x, autoencoder.stride));
      return relativeError(moved.dataSync(), roll(autoencoder.encode(x), 1).dataSync());
    });
  expect(error(true)).toBeLessThan(1e-5);
  expect(error(false)).toBeGreaterThan(1e-3);
});

test("recorded gradients equal eager ones", () => {
  const autoencoder = Autoencoder.create({...small, periodic: true, dropout: 0.2}, 0);
  const {layout, weights} = autoencoder;
  const step = (w: tf.Tensor, x: tf.Tensor, key: tf.Tensor) => {
    const random = new Random(key as tf.Tensor1D);
    const {value, grad} = tf.valueAndGrad((v) => autoencoder.loss(layout.bind(v as tf.Tensor1D), x, {random}))(w);
    return [value, grad];
  };
  const recorded = compile(step, "gradient");
  for (const seed of [1, 2]) {
    const inputs = [weights, Random.of(seed).normal([2, 8, 8, 2]), Random.of(seed).key] as const;
    const eager = step(...inputs);
    recorded(...inputs).forEach((found, i) => {
      expect(relativeError(found.dataSync(), eager[i].dataSync())).toBeLessThan(1e-5);
    });
  }
  recorded.dispose();
});

test("near identity, a fresh autoencoder copies what its latents can hold", () => {
  const square = {...small, latChannels: 8, hidChannels: [8], hidBlocks: [1], saturation: "none"} as const;
  const error = (identityInit: boolean) =>
    tf.tidy(() => {
      const autoencoder = new Autoencoder({...square, identityInit}).initialise(0);
      const p = autoencoder.layout.bind(autoencoder.weights);
      const z = Random.of(1).normal([1, 4, 4, 8]);
      const x = autoencoder.decoder(p, z);
      return autoencoder
        .encoder(p, x)
        .sub(autoencoder.encoder(p, tf.zerosLike(x)))
        .abs()
        .mean()
        .dataSync()[0];
    });
  expect(error(true)).toBeGreaterThan(2 * error(false)); // signals pass instead of fading
});

describe("its size", () => {
  const tour = new Autoencoder({
    pixChannels: 5,
    latChannels: 16,
    hidChannels: [32, 48, 64],
    hidBlocks: [1, 1, 1],
    patch: 2,
  });

  test("is reported with its compression", () => {
    expect(tour.stride).toBe(8);
    expect(tour.compression).toBe(20);
    const rows = tour.summary([32, 32]);
    expect(rows.reduce((total, {parameters}) => total + parameters, 0)).toBe(tour.layout.size);
    expect(rows.find(({layer}) => layer === "encoder.descent.2.2")!.output).toBe("4 x 4 x 16");
    expect(rows.at(-1)!.output).toBe("32 x 32 x 5");
    expect(tour.summary()[0].output).toBe("H/2 x W/2 x 32");
  });

  test("of every layer is what the summary says", () => {
    const shapes: Record<string, string> = {};
    const autoencoder = Autoencoder.create(small, 0);
    const p = autoencoder.layout.bind(autoencoder.weights);
    shapes.z = autoencoder
      .encoder(p, tf.zeros([1, 8, 12, 2]))
      .shape.slice(1)
      .join(" x ");
    shapes.y = autoencoder
      .decoder(p, tf.zeros([1, 2, 3, 3]))
      .shape.slice(1)
      .join(" x ");
    const rows = autoencoder.summary([8, 12]);
    const encoder = rows.filter(({layer}) => layer.startsWith("encoder"));
    expect(shapes).toEqual({z: encoder.at(-1)!.output, y: rows.at(-1)!.output});
  });
});

test("latents are decoded with noise only when a source is given", () => {
  const autoencoder = Autoencoder.create({...small, latentNoise: 0.1}, 0);
  const z = tf.zeros([1, 4, 4, 3]);
  const values = (random?: Random) => autoencoder.decode(z, {random}).dataSync();
  expect(values()).toEqual(values());
  expect(values(Random.of(1))).toEqual(values(Random.of(1)));
  expect(values(Random.of(1))).not.toEqual(values(Random.of(2)));
  expect(relativeError(values(Random.of(1)), values())).toBeGreaterThan(1e-3);
});

test("refuses states of other shapes and unknown saturations", () => {
  const autoencoder = Autoencoder.create(small, 0);
  expect(() => autoencoder.encode(tf.zeros([1, 6, 8, 2]))).toThrow("divisible by 4, found [1, 6, 8, 2]");
  expect(() => autoencoder.encode(tf.zeros([1, 8, 8, 3]))).toThrow("[B, ...grid, 2]");
  expect(() => autoencoder.decode(tf.zeros([1, 2, 2, 2]))).toThrow("latents [B, ...grid, 3]");
  expect(() => new Autoencoder({...small, saturation: "clip" as never})).toThrow('found "clip"');
});

test("encoding, decoding and gradients leave nothing behind, also after an error", () => {
  const autoencoder = Autoencoder.create({...small, dropout: 0.1}, 0);
  const {layout, weights} = autoencoder;
  const x = tf.zeros([1, 8, 8, 2]);
  const once = () => {
    const z = autoencoder.encode(x);
    tf.dispose([z, autoencoder.decode(z)]);
    tf.tidy(() => {
      const random = Random.of(0);
      tf.grad((w) => autoencoder.loss(layout.bind(w as tf.Tensor1D), x, {random}))(weights);
    });
  };
  once();
  const before = tf.memory().numTensors;
  for (let i = 0; i < 10; i++) once();
  expect(() => autoencoder.encode(tf.zeros([1, 8, 8, 3]))).toThrow();
  expect(tf.memory().numTensors).toBe(before + 1); // the refused zeros
});
