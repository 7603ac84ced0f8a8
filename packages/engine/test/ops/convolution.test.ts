import {tf} from "../../src/backend";
import {compile} from "../../src/compile/compile";
import {convolution, type ConvolutionOptions} from "../../src/ops/convolution";
import {jvp} from "../../src/autodiff/jacobian";
import {sumsBfloat16} from "../../src/ops/precision";
import {relativeError} from "../../../../test/reference/reference";
import {compareWithTape, normal} from "../gradients";

/** Pads by concatenating slices, which the tape can differentiate. */
function padded(x: tf.Tensor, periodic: boolean, halves: number[]): tf.Tensor {
  return halves.reduce((y, half, i) => {
    if (half === 0) return y;
    const n = y.shape[i + 1];
    const border = (from: number) => {
      const begin = y.shape.map((_, axis) => (axis === i + 1 ? from : 0));
      return y.slice(
        begin,
        y.shape.map((size, axis) => (axis === i + 1 ? half : size)),
      );
    };
    const [before, after] = periodic
      ? [border(n - half), border(0)]
      : [tf.zerosLike(border(0)), tf.zerosLike(border(0))];
    return tf.concat([before, y, after], i + 1);
  }, x);
}

describe("value and gradients equal those of padding and convolving", () => {
  test.each([
    {periodic: false, kernel: [3, 3]},
    {periodic: true, kernel: [3, 3]},
    {periodic: true, kernel: [5, 1]},
  ])("2D, $periodic, $kernel", ({periodic, kernel}) => {
    const inputs = [normal([2, 5, 4, 3], 1), normal([...kernel, 3, 2], 2), normal([2], 3)];
    const halves = kernel.map((size) => (size - 1) / 2);
    const plain = (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor) =>
      tf.conv2d(padded(x, periodic, halves) as tf.Tensor4D, w as tf.Tensor4D, 1, "valid").add(b);
    const ours = (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor) => convolution(x, w, b, {periodic});
    expect(compareWithTape(ours, plain, inputs)).toBeLessThan(1e-5);
  });

  test.each([false, true])("3D, periodic: %s", (periodic) => {
    const inputs = [normal([1, 3, 4, 5, 2], 1), normal([3, 3, 3, 2, 3], 2), normal([3], 3)];
    const plain = (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor) =>
      tf.conv3d(padded(x, periodic, [1, 1, 1]) as tf.Tensor5D, w as tf.Tensor5D, 1, "valid").add(b);
    const ours = (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor) => convolution(x, w, b, {periodic});
    expect(compareWithTape(ours, plain, inputs)).toBeLessThan(1e-5);
  });
});

test("products are in float32 by default", () => {
  const x = normal([2, 9, 8, 5], 1) as tf.Tensor4D;
  const w = normal([3, 3, 5, 4], 2) as tf.Tensor4D;
  const b = normal([4], 3);
  const expected = tf.conv2d(x, w, 1, "same").add(b).dataSync();
  for (const options of [{}, {precision: "float32"}] as const) {
    expect(convolution(x, w, b, options).dataSync()).toEqual(expected);
  }
});

describe.each([
  {grid: [9, 8], periodic: false},
  {grid: [9, 8], periodic: true},
  {grid: [5, 4, 6], periodic: false},
  {grid: [5, 4, 6], periodic: true},
])("in bfloat16, grid $grid, periodic: $periodic", ({grid, periodic}) => {
  const shapes = [[2, ...grid, 5], [...grid.map(() => 3), 5, 16], [16]];
  const inputs = shapes.map((shape, i) => normal(shape, i + 1));
  const weights = normal([2, ...grid, 16], 9);

  /** Value, gradients, and derivatives along a direction, of each input. */
  const step =
    (options: ConvolutionOptions) =>
    (...args: tf.Tensor[]) => {
      const f = (...moved: tf.Tensor[]) => convolution(moved[0], moved[1], moved[2], options);
      const tangents = args.map((arg, i) =>
        jvp((moved) => f(...args.map((input, j) => (j === i ? moved : input))))(arg, normal(arg.shape, 20 + i)),
      );
      const loss = (...moved: tf.Tensor[]) =>
        f(...moved)
          .mul(weights)
          .sum();
      return [f(...args), ...tf.grads(loss)(args), ...tangents];
    };
  const evaluate = (f: (...args: tf.Tensor[]) => tf.Tensor[]) =>
    tf.tidy(() => f(...inputs).map((tensor) => tensor.dataSync() as Float32Array));
  const bfloat16 = step({periodic, precision: "bfloat16"});

  test("value and derivatives are those of float32 to three digits", () => {
    const expected = evaluate(step({periodic}));
    const errors = evaluate(bfloat16).map((values, i) => relativeError(values, expected[i]));
    errors.forEach((error) => expect(error).toBeLessThan(1e-2));
    expect(errors[0] > 1e-4).toBe(sumsBfloat16()); // it is not float32 in disguise
  });

  test("recorded and eager results are equal, and nothing is left behind", () => {
    const eager = evaluate(bfloat16);
    const before = tf.memory().numTensors;
    evaluate(bfloat16);
    expect(tf.memory().numTensors).toBe(before);
    const recorded = compile(bfloat16, "bfloat16");
    evaluate(recorded).forEach((values, i) => expect(relativeError(values, eager[i])).toBeLessThan(1e-6));
    recorded.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

test("a periodic convolution moves with its input", () => {
  const x = normal([1, 4, 6, 2], 1);
  const w = normal([3, 3, 2, 2], 2);
  const b = normal([2], 3);
  const roll = (y: tf.Tensor) => tf.concat([y.slice([0, 0, 2]), y.slice([0, 0, 0], [-1, -1, 2])], 2);
  const moved = convolution(roll(x), w, b, {periodic: true}).dataSync();
  expect(relativeError(moved, roll(convolution(x, w, b, {periodic: true})).dataSync())).toBeLessThan(1e-6);
});

test("refuses other channels, ranks and even kernels", () => {
  const w = tf.zeros([3, 3, 2, 1]);
  expect(() => convolution(tf.zeros([1, 4, 4, 3]), w, tf.zeros([1]))).toThrow("[B, ...grid, 2] of rank 4");
  expect(() => convolution(tf.zeros([1, 4, 4, 4, 2]), w, tf.zeros([1]))).toThrow("found [1, 4, 4, 4, 2]");
  expect(() => convolution(tf.zeros([1, 4, 4, 2]), tf.zeros([2, 3, 2, 1]), tf.zeros([1]))).toThrow("odd sizes");
});
