import {tf} from "../../src/backend";
import {
  affine,
  blockMeans,
  depthToSpace,
  dropout,
  layerNorm,
  rmsNorm,
  saturate,
  saturationNames,
  silu,
  spaceToDepth,
  type Saturation,
} from "../../src/ops/ops";
import {sumsBfloat16} from "../../src/ops/precision";
import {Random} from "../../src/random";
import {relativeError} from "../../../../test/reference/reference";
import {compareWithTape, normal} from "../gradients";

describe("value and gradient equal those of plain operations", () => {
  test.each([
    {rows: 3, inputs: 5, outputs: 4, bias: true},
    {rows: 3, inputs: 5, outputs: 4, bias: false},
    {rows: 9, inputs: 1, outputs: 31, bias: true},
    {rows: 8, inputs: 17, outputs: 33, bias: false},
    {rows: 160, inputs: 64, outputs: 96, bias: true},
    {rows: 700, inputs: 200, outputs: 33, bias: true},
    {rows: 300, inputs: 64, outputs: 96, bias: true},
    {rows: 256, inputs: 32, outputs: 160, bias: false},
  ])("affine of 2 x $rows rows, $inputs to $outputs, with bias: $bias", ({rows, inputs: size, outputs, bias}) => {
    const inputs = [normal([2, rows, size], 1), normal([outputs, size], 2), ...(bias ? [normal([outputs], 3)] : [])];
    const plain = (x: tf.Tensor, w: tf.Tensor, b?: tf.Tensor) => {
      const y = tf.matMul(x.reshape([2 * rows, size]), w as tf.Tensor2D, false, true).reshape([2, rows, outputs]);
      return b ? y.add(b) : y;
    };
    expect(compareWithTape((x, w, b?: tf.Tensor) => affine(x, w, b), plain, inputs)).toBeLessThan(1e-5);
  });

  test.each([false, true])("layerNorm, unbiased: %s", (unbiased) => {
    const plain = (x: tf.Tensor) => {
      const centred = x.sub(x.mean(-1, true));
      const n = x.shape[x.rank - 1] - (unbiased ? 1 : 0);
      return centred.div(centred.square().sum(-1, true).div(n).add(1e-2).sqrt());
    };
    const inputs = [normal([3, 4, 6], 1)];
    expect(compareWithTape((x) => layerNorm(x, {unbiased, eps: 1e-2}), plain, inputs)).toBeLessThan(1e-5);
  });

  test("rmsNorm", () => {
    const plain = (x: tf.Tensor) => x.div(x.square().mean(-1, true).add(1e-2).sqrt());
    expect(compareWithTape((x) => rmsNorm(x, {eps: 1e-2}), plain, [normal([3, 6], 1)])).toBeLessThan(1e-5);
  });

  test("silu, also far from zero", () => {
    expect(compareWithTape(silu, (x) => x.mul(x.sigmoid()), [normal([50], 1).mul(20)])).toBeLessThan(1e-5);
    expect(Array.from(silu(tf.tensor1d([-1e3, 0, 1e3])).dataSync())).toEqual([-0, 0, 1e3]);
  });
});

test("affine in bfloat16 rounds factors, and leaves values and gradients near those of float32", () => {
  const inputs = [normal([2, 30, 50], 1), normal([40, 50], 2), normal([40], 3)];
  const both = (["float32", "bfloat16"] as const).map((precision) => {
    const map = (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor) => affine(x, w, b, precision);
    const {value, grads} = tf.valueAndGrads((x, w, b) => map(x, w, b).sin().sum())(inputs);
    return [map(inputs[0], inputs[1], inputs[2]), value, ...grads].map((tensor) => tensor.dataSync());
  });
  const errors = both[1].map((values, i) => relativeError(values, both[0][i]));
  expect(Math.max(errors[0], ...errors.slice(2, 4))).toBeLessThan(0.1); // sin makes much of small differences
  expect(errors[0]).toBeLessThan(5e-3);
  expect(errors[0] > 1e-4).toBe(sumsBfloat16());
});

test.each([20, 600])("affine of %i rows rounds as float32 does, whatever the size of the numbers", (rows) => {
  const [size, outputs] = [96, 64];
  const x = normal([rows, size], 1).mul(normal([rows, size], 2).mul(5).exp());
  const [w, b] = [normal([outputs, size], 3), normal([outputs], 4)];
  const [xs, ws, bs] = [x, w, b].map((tensor) => tensor.dataSync());
  const worst = Array.from(affine(x, w, b).dataSync()).reduce((most, y, i) => {
    const [row, column] = [Math.floor(i / outputs), i % outputs];
    const terms = Array.from({length: size}, (_, k) => xs[row * size + k] * ws[column * size + k]).concat(bs[column]);
    const [exact, magnitude] = [terms, terms.map(Math.abs)].map((values) => values.reduce((sum, value) => sum + value));
    return Math.max(most, Math.abs(y - exact) / magnitude);
  }, 0);
  expect(worst / 2 ** -24).toBeLessThan(16);
});

test("affine refuses another number of features", () => {
  expect(() => affine(tf.zeros([2, 3]), tf.zeros([4, 5]))).toThrow("expected an input [..., 5], found [2, 3]");
});

describe("patches", () => {
  test("go to channels in the order (C, h, w), and back", () => {
    const x = tf.range(0, 16).reshape([1, 2, 4, 2]);
    const y = spaceToDepth(x, [2, 2]);
    expect(y.shape).toEqual([1, 1, 2, 8]);
    expect(Array.from(y.dataSync().slice(0, 8))).toEqual([0, 2, 8, 10, 1, 3, 9, 11]);
    expect(Array.from(depthToSpace(y, [2, 2]).dataSync())).toEqual(Array.from(x.dataSync()));
  });

  test.each([
    {grid: [3, 4, 6], patch: [1, 2, 3]},
    {grid: [2, 4, 2, 4], patch: [1, 2, 2, 2]},
  ])("of $patch on $grid are undone", ({grid, patch}) => {
    const x = normal([2, ...grid, 3], 1);
    expect(Array.from(depthToSpace(spaceToDepth(x, patch), patch).dataSync())).toEqual(Array.from(x.dataSync()));
  });

  test("must divide the grid and the channels", () => {
    expect(() => spaceToDepth(tf.zeros([1, 3, 4, 1]), [2, 2])).toThrow("patches of 2 x 2 divide, found 3 x 4");
    expect(() => depthToSpace(tf.zeros([1, 3, 4, 6]), [2, 2])).toThrow("a multiple of 4 channels");
  });
});

describe("saturations", () => {
  test("equal the functions of their names, and rmsnorm normalises channels", () => {
    const x = [-7, 0.5, 3];
    const value = (name: Saturation) => saturate(tf.tensor2d(x, [1, 3]), name).dataSync();
    const size = Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / 3 + 1e-5);
    const expected: Record<Saturation, (v: number) => number> = {
      softclip: (v) => v / (1 + Math.abs(v) / 5),
      softclip2: (v) => v / Math.sqrt(1 + (v / 5) ** 2),
      tanh: (v) => 5 * Math.tanh(v / 5),
      arcsinh: (v) => Math.asinh(v),
      rmsnorm: (v) => v / size,
    };
    for (const name of saturationNames) {
      const found = value(name);
      x.forEach((v, i) => expect(found[i]).toBeCloseTo(expected[name](v), 5));
    }
  });

  test.each(["softclip", "softclip2", "tanh"] as const)("%s bounds by 5", (name) => {
    const y = saturate(tf.tensor1d([-1e6, 0, 1e6]), name).dataSync();
    expect(y[0]).toBeCloseTo(-5, 3);
    expect(y[1]).toBe(0);
    expect(y[2]).toBeCloseTo(5, 3);
  });
});

test("dropout keeps the mean, and does nothing without randomness", () => {
  const x = tf.ones([10000]);
  const dropped = Array.from(dropout(x, 0.2, Random.of(1)).dataSync());
  expect(new Set(dropped)).toEqual(new Set([0, 1.25]));
  expect(Math.abs(dropped.reduce((a, b) => a + b) / 10000 - 1)).toBeLessThan(0.02); // 4 deviations
  expect(dropout(x, 0.2)).toBe(x);
});

describe("dropout", () => {
  const n = 20000;
  const dropped = (rate: number, random: Random) =>
    [...dropout(tf.ones([n]), rate, random).dataSync()].map((value) => Number(value > 0));
  const share = (values: number[]) => values.reduce((a, b) => a + b) / values.length;

  test.each([0.05, 0.2, 0.5, 0.9])("drops a share of %f", (rate) => {
    const deviation = Math.sqrt((rate * (1 - rate)) / n);
    expect(Math.abs(share(dropped(rate, Random.of(1))) - (1 - rate))).toBeLessThan(5 * deviation);
  });

  test("of neighbours and of other sources is independent", () => {
    const a = dropped(0.5, Random.of(1).fold(0));
    const b = dropped(0.5, Random.of(1).fold(1));
    const shifted = [...a.slice(1), a[0]];
    for (const other of [b, shifted]) {
      const both = share(a.map((value, i) => value * other[i]));
      expect(Math.abs(both - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / n));
    }
  });

  test("passes the gradient where it keeps a value, scaled alike", () => {
    const random = Random.of(3);
    const x = normal([1000], 1);
    const gradient = tf
      .grad((y) => dropout(y, 0.2, random).sum())(x)
      .dataSync();
    expect([...gradient]).toEqual([...dropout(tf.ones([1000]), 0.2, random).dataSync()]);
  });
});

test("values and gradients leave no tensor behind, also after an error", () => {
  const x = normal([2, 4, 4, 6], 1);
  const once = () => {
    tf.dispose([silu(x), layerNorm(x), rmsNorm(x)]);
    tf.dispose(tf.grad((y) => silu(layerNorm(rmsNorm(y))).sum())(x));
  };
  once();
  const before = tf.memory().numTensors;
  for (let i = 0; i < 10; i++) once();
  expect(() => tf.tidy(() => affine(silu(x), x))).toThrow("affine");
  expect(tf.memory().numTensors).toBe(before);
});

test("block means average over blocks of the last axes of the grid", () => {
  const x = tf.range(0, 16).reshape([1, 2, 4, 2]);
  expect([...blockMeans(x, [2, 2]).dataSync()]).toEqual([5, 6, 9, 10]);
  expect(blockMeans(normal([2, 3, 4, 6, 5], 1), [2, 3]).shape).toEqual([2, 3, 2, 2, 5]);
  const whole = normal([2, 3, 4, 6, 8, 5], 1);
  const means = blockMeans(whole, [4, 3, 2]);
  const corner = whole.slice([1, 2, 0, 3, 6, 4], [1, 1, 4, 3, 2, 1]).mean().dataSync()[0];
  expect(means.slice([1, 2, 0, 1, 3, 4], [1, 1, 1, 1, 1, 1]).dataSync()[0]).toBeCloseTo(corner, 5);
  expect(() => blockMeans(x, [2, 3])).toThrow("axes that blocks of 2 x 3 divide, found [1, 2, 4, 2]");
  expect(() => blockMeans(x, [1, 1, 2])).toThrow("blocks of 1 x 1 x 2 divide");
});
