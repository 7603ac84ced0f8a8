import {attend, rotaryEmbedding} from "../../src/ops/attention-ops";
import {tf} from "../../src/backend";
import {compareWithTape, normal} from "../gradients";

describe("attend", () => {
  const plain = (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor) => tf.matMul(tf.softmax(tf.matMul(q, k, false, true)), v);

  test.each([
    {name: "one chunk", q: [6, 5, 4], k: [6, 7, 4], v: [6, 7, 3]},
    {name: "several chunks, computed twice", q: [6, 1000, 4], k: [6, 500, 4], v: [6, 500, 3]},
  ])("equals softmax(q k^T) v with its gradients: $name", ({q, k, v}) => {
    const inputs = [q, k, v].map((shape, i) => normal(shape, i));
    expect(compareWithTape(attend, plain, inputs)).toBeLessThan(2e-5);
  });
});

describe("rotaryEmbedding", () => {
  test("turns each pair by its angle, by hand", () => {
    const x = tf.tensor2d([1, 0, 0, 2], [1, 4]); // the pairs (1, 0) and (0, 2)
    const y = rotaryEmbedding(x, tf.tensor2d([Math.PI / 2, Math.PI / 3], [1, 2])).dataSync();
    [0, 1, -2 * Math.sin(Math.PI / 3), 2 * Math.cos(Math.PI / 3)].forEach((v, i) => expect(y[i]).toBeCloseTo(v, 6));
  });

  test.each([
    {name: "own angles", theta: [2, 3, 5, 2]},
    {name: "shared by the batch", theta: [3, 5, 2]},
    {name: "shared by an inner axis", theta: [2, 1, 5, 2]},
  ])("has the tape's gradients: $name", ({theta}) => {
    const plain = (x: tf.Tensor, angles: tf.Tensor) => {
      const [a, b] = tf.unstack(x.reshape([2, 3, 5, 2, 2]), -1);
      const cos = angles.cos().mul(1.5);
      const sin = angles.sin().mul(1.5);
      return tf.stack([a.mul(cos).sub(b.mul(sin)), a.mul(sin).add(b.mul(cos))], -1).reshape(x.shape);
    };
    const scaled = (x: tf.Tensor, angles: tf.Tensor) => rotaryEmbedding(x, angles, 1.5);
    expect(compareWithTape(scaled, plain, [normal([2, 3, 5, 4], 1), normal(theta, 2)])).toBeLessThan(1e-5);
  });

  test("refuses angles of another shape", () => {
    expect(() => rotaryEmbedding(tf.zeros([2, 3, 4]), tf.zeros([3, 4]))).toThrow("expected angles [3, 2]");
    expect(() => rotaryEmbedding(tf.zeros([2, 3, 4]), tf.zeros([3, 1]))).toThrow("expected angles [3, 2]");
  });
});
