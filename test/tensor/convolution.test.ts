import {tf} from "../../lib/tensor/backend";
import {convolution} from "../../lib/tensor/convolution";
import {relativeError} from "../reference/reference";
import {compareWithTape, normal} from "./gradients";

/** Pads by concatenating slices, which the tape can differentiate. */
function padded(x: tf.Tensor, periodic: boolean, halves: number[]): tf.Tensor {
  return halves.reduce((y, half, i) => {
    if (half === 0) return y;
    const n = y.shape[i + 1];
    const piece = (from: number) => {
      const begin = y.shape.map((_, axis) => (axis === i + 1 ? from : 0));
      return y.slice(
        begin,
        y.shape.map((size, axis) => (axis === i + 1 ? half : size)),
      );
    };
    const [before, after] = periodic ? [piece(n - half), piece(0)] : [tf.zerosLike(piece(0)), tf.zerosLike(piece(0))];
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

test("a periodic convolution moves with its input", () => {
  const [x, w, b] = [normal([1, 4, 6, 2], 1), normal([3, 3, 2, 2], 2), normal([2], 3)];
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
