import {attend, rotaryEmbedding} from "../../src/ops/attention-ops";
import {tf} from "../../src/backend";
import {bothWays} from "../../../../test/both-ways";
import {compareWithTape, normal} from "../gradients";

describe("attend", () => {
  const plain = (qk: tf.Tensor, v: tf.Tensor) => {
    const [q, k] = tf.unstack(qk, 2).map((x) => x.transpose([0, 2, 1, 3]));
    const values = v.transpose([0, 2, 1, 3]);
    return tf.matMul(tf.softmax(tf.matMul(q, k, false, true)), values).transpose([0, 2, 1, 3]);
  };
  const sizes: [string, number, number, number, number, number][] = [
    ["one token", 2, 1, 3, 4, 4],
    ["a few tokens, values of another size", 2, 5, 3, 4, 3],
    ["a vector of tokens and of numbers", 1, 16, 2, 16, 16],
    ["more than vectors hold", 2, 77, 2, 20, 33],
    ["several blocks of queries", 1, 801, 1, 4, 3],
    ["several chunks", 6, 1000, 1, 4, 3],
  ];

  test.each(sizes)("equals softmax(q k^T) v with its gradients: %s", (_, batch, length, heads, size, depth) => {
    const inputs = [normal([batch, length, 2, heads, size], 1), normal([batch, length, heads, depth], 2)];
    for (const error of bothWays(() => compareWithTape(attend, plain, inputs))) expect(error).toBeLessThan(2e-5);
  });

  test("large scores neither overflow nor move the largest weight", () => {
    const qk = tf.tensor([30, 0, 30, -90], [1, 2, 2, 1, 1]).mul(tf.tensor([1, 3], [1, 1, 2, 1, 1])); // q 30, 30; k 0, -270
    const v = tf.tensor([1, 2], [1, 2, 1, 1]);
    for (const y of bothWays(() => attend(qk, v).dataSync())) expect([...y]).toEqual([1, 1]);
  });

  test.each([NaN, Infinity])("a score of %p reaches the rows that see it", (value) => {
    const qk = normal([1, 40, 2, 1, 4], 3);
    const at = tf.oneHot(tf.tensor1d([3 * 8], "int32"), 40 * 8).reshape(qk.shape); // a query
    const inputs = [qk.where(at.equal(0), tf.fill(qk.shape, value)), normal([1, 40, 1, 4], 4)];
    const found = bothWays(() => Array.from(attend(inputs[0], inputs[1]).sum([2, 3]).dataSync(), Number.isNaN));
    expect(found[0].flatMap((isNaN, i) => (isNaN ? [i] : []))).toEqual([3]);
    expect(found[0]).toEqual(found[1]);
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
