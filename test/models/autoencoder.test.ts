import {Autoencoder, type AutoencoderConfig} from "../../lib/models/autoencoder";
import {tf, compile, Random} from "@lola-ts/engine";
import {relativeError} from "../reference/reference";
import {draw, FIELDS, LATENT, roll, tinyAutoencoder} from "../tiny";

const small: AutoencoderConfig = {pixChannels: 2, latChannels: 3, hidChannels: [4, 6], hidBlocks: [1, 1], patchSize: 2};

describe.each([2, 3])("in %i dimensions", (spatial) => {
  const grid = [16, 12, 8].slice(0, spatial);
  const axes = grid.map((_, axis) => ({axis: axis + 1}));

  /** How far encoding (decoding) a rolled state (latent) is from rolling what is encoded (decoded). */
  const errors = (periodic: boolean, axis: number) =>
    tf.tidy(() => {
      const autoencoder = tinyAutoencoder({spatial, periodic});
      const {stride} = autoencoder;
      const x = draw([1, ...grid, FIELDS], 1);
      const z = autoencoder.encode(x);
      const encoded = autoencoder.encode(roll(x, axis, stride));
      const decoded = autoencoder.decode(roll(z, axis, 1));
      const result = [
        relativeError(encoded.dataSync(), roll(z, axis, 1).dataSync()),
        relativeError(decoded.dataSync(), roll(autoencoder.decode(z), axis, stride).dataSync()),
      ];
      autoencoder.dispose();
      return result;
    });

  test.each(axes)("a periodic autoencoder moves with its input along axis $axis", ({axis}) => {
    errors(true, axis).forEach((error) => expect(error).toBeLessThan(1e-5));
  });

  test.each(axes)("one with zero padding does not along axis $axis", ({axis}) => {
    errors(false, axis).forEach((error) => expect(error).toBeGreaterThan(1e-3));
  });

  test("convolutions in bfloat16 change loss, gradient and reconstruction little, latents stay float32", () => {
    tf.tidy(() => {
      const [plain, coarse] = (["float32", "bfloat16"] as const).map((precision) =>
        tinyAutoencoder({spatial, precision}),
      );
      const x = draw([2, ...grid, FIELDS], 1);
      const of = (autoencoder: Autoencoder) => {
        const loss = (flat: tf.Tensor) => autoencoder.loss(autoencoder.layout.bind(flat as tf.Tensor1D), [x]);
        const {value, grad} = tf.valueAndGrad(loss)(plain.weights);
        return [value, grad, autoencoder.decode(autoencoder.encode(x))].map((tensor) => tensor.dataSync());
      };
      const expected = of(plain);
      of(coarse).forEach((values, i) => expect(relativeError(values, expected[i])).toBeLessThan(2e-2));
      [plain, coarse].forEach((autoencoder) => autoencoder.dispose());
    });
  });

  test("recorded encoding and decoding equal eager ones", () => {
    tf.tidy(() => {
      const autoencoder = tinyAutoencoder({spatial, latentNoise: 0.1});
      const p = autoencoder.layout.bind(autoencoder.weights);
      for (const seed of [1, 2]) {
        const x = draw([2, ...grid, FIELDS], seed);
        const z = autoencoder.encode(x);
        expect(relativeError(z.dataSync(), autoencoder.encoder(p, x).dataSync())).toBeLessThan(1e-5);
        expect(relativeError(autoencoder.decode(z).dataSync(), autoencoder.decoder(p, z).dataSync())).toBeLessThan(
          1e-5,
        );
      }
      autoencoder.dispose();
    });
  });
});

test("drops values with a source of masks, and none without", () => {
  tf.tidy(() => {
    const autoencoder = tinyAutoencoder({dropout: 0.3});
    const sure = tinyAutoencoder({dropout: 0});
    const x = draw([1, 8, 8, FIELDS], 1);
    const p = autoencoder.layout.bind(autoencoder.weights);
    const values = (random?: Random) => autoencoder.encoder(p, x, random).dataSync();
    expect(values()).toEqual(sure.encoder(p, x, Random.of(1)).dataSync());
    expect(values(Random.of(1))).toEqual(values(Random.of(1)));
    expect(relativeError(values(Random.of(1)), values())).toBeGreaterThan(1e-6);
    expect(relativeError(values(Random.of(2)), values(Random.of(1)))).toBeGreaterThan(1e-6);
    autoencoder.dispose();
    sure.dispose();
  });
});

test("recorded gradients equal eager ones", () => {
  const autoencoder = Autoencoder.create({...small, periodic: true, dropout: 0.2}, 0);
  const {layout, weights} = autoencoder;
  const step = (w: tf.Tensor, x: tf.Tensor, key: tf.Tensor) => {
    const random = new Random(key as tf.Tensor1D);
    const {value, grad} = tf.valueAndGrad((v) => autoencoder.loss(layout.bind(v as tf.Tensor1D), [x], {random}))(w);
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
      const autoencoder = Autoencoder.create({...square, identityInit}, 0);
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
    patchSize: 2,
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

test("the noise of decoded latents is the source's normal draw times the configured deviation", () => {
  tf.tidy(() => {
    const z = draw([1, 2, 3, LATENT], 1);
    const random = Random.of(4);
    for (const latentNoise of [0, 0.01, 0.5]) {
      const autoencoder = tinyAutoencoder({latentNoise});
      const noisy = z.add(random.normal(z.shape).mul(latentNoise));
      const expected = autoencoder.decode(noisy).dataSync();
      expect(relativeError(autoencoder.decode(z, {random}).dataSync(), expected)).toBeLessThan(1e-5);
      autoencoder.dispose();
    }
    const samples = [...random.normal([100, 100]).mul(0.01).dataSync()];
    const deviation = Math.sqrt(samples.reduce((sum, value) => sum + value ** 2, 0) / samples.length);
    expect(Math.abs(deviation / 0.01 - 1)).toBeLessThan(5 / Math.sqrt(2 * samples.length));
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
      tf.grad((w) => autoencoder.loss(layout.bind(w as tf.Tensor1D), [x], {random}))(weights);
    });
  };
  once();
  const before = tf.memory().numTensors;
  for (let i = 0; i < 10; i++) once();
  expect(() => autoencoder.encode(tf.zeros([1, 8, 8, 3]))).toThrow();
  expect(tf.memory().numTensors).toBe(before + 1); // the refused zeros
});
