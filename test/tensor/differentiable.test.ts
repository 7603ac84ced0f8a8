import {tf} from "../../lib/tensor/backend";
import {differentiable} from "../../lib/tensor/differentiable";

/** A product whose backward function is told apart from the true gradient by a factor of 10. */
const marked = differentiable({
  forward: (a, b) => [a.mul(b), a, b],
  backward: (dy, a, b) => [dy.mul(b).mul(10), dy.mul(a).mul(10)],
});

test("gradients pass through the given backward function, and on through what stands before it", () => {
  const [a, b] = [tf.scalar(3), tf.scalar(4)];
  expect(marked(a, b).dataSync()[0]).toBe(12);
  const [da, db] = tf.grads((a, b) => marked(a.square(), b) as tf.Scalar)([a, b]);
  expect(da.dataSync()[0]).toBe(10 * 4 * 2 * 3);
  expect(db.dataSync()[0]).toBe(10 * 9);
});

test("leaves nothing behind", () => {
  const [a, b] = [tf.scalar(3), tf.scalar(4)];
  const before = tf.memory().numTensors;
  tf.dispose(tf.grads((a, b) => marked(a, b) as tf.Scalar)([a, b]));
  expect(tf.memory().numTensors).toBe(before);
});
