import {SelfAttention} from "../../lib/nn/attention";
import {Layout} from "../../lib/nn/module";
import {tf} from "@lola-ts/engine";
import {relativeError} from "../reference/reference";
import {normal} from "../../packages/engine/test/gradients";

const attention = new SelfAttention(8, {heads: 2});
const p = (() => {
  const layout = new Layout(attention.specs);
  return layout.bind(tf.tensor1d(layout.initialise(0)));
})();

test("without angles, permuted tokens give permuted results", () => {
  const x = normal([2, 5, 8], 1);
  const permute = (y: tf.Tensor) => tf.gather(y, tf.tensor1d([3, 1, 4, 0, 2], "int32"), 1);
  const ours = attention.forward(p, permute(x)).dataSync();
  expect(relativeError(ours, permute(attention.forward(p, x)).dataSync())).toBeLessThan(1e-5);
});

test("with angles linear in position, only differences of positions matter", () => {
  const x = normal([1, 5, 8], 1);
  const frequencies = normal([1, 4], 2);
  const angles = (shift: number) => tf.matMul(tf.range(shift, shift + 5).reshape([5, 1]), frequencies);
  const [here, there, stretched] = [angles(0), angles(7), angles(0).mul(2)].map((theta) =>
    attention.forward(p, x, theta).dataSync(),
  );
  expect(relativeError(there, here)).toBeLessThan(1e-5);
  expect(relativeError(stretched, here)).toBeGreaterThan(1e-4);
});

test("normalised queries and keys do not depend on the scale of their projection", () => {
  const layout = new Layout(attention.specs);
  const flat = layout.initialise(0);
  const scaled = flat.slice();
  const {offset} = layout.entries.find(({name}) => name === "qkv_proj.weight")!;
  for (let i = offset; i < offset + 2 * 8 * 8; i++) scaled[i] *= 100; // the rows of q and k
  const x = normal([1, 5, 8], 1).mul(10);
  const [a, b] = [flat, scaled].map((w) => attention.forward(layout.bind(tf.tensor1d(w)), x).dataSync());
  expect(relativeError(a, b)).toBeLessThan(1e-4);
});

describe("values of another block", () => {
  const x = normal([2, 5, 8], 1);
  const run = (first: tf.Tensor, gate: number) =>
    attention.forward(p, x, undefined, {residual: {first, gate: tf.fill([1, 1, 8], gate)}});
  const bias = p.get("y_proj.bias");
  const output = (y: tf.Tensor) => y.sub(bias).dataSync();

  test("have no effect at a gate of 0, and replace a block's values at a large gate", () => {
    const plain = attention.forward(p, x);
    expect(relativeError(run(normal([2, 5, 8], 2), 0).dataSync(), plain.dataSync())).toBeLessThan(1e-6);
    const constant = tf.ones([2, 5, 1]).mul(normal([1, 1, 8], 3)); // the average of equal values is that value
    const weight = p.get<tf.Tensor2D>("y_proj.weight");
    const expected = tf.matMul(constant.reshape([10, 8]) as tf.Tensor2D, weight, false, true).reshape([2, 5, 8]);
    expect(relativeError(output(run(constant, 1e4)), expected.dataSync())).toBeLessThan(1e-3);
  });

  test("are mixed by a sum that preserves the variance of independent summands", () => {
    const own = attention.values(p, x);
    const factor = (1 + 0.5) / Math.sqrt(1 + 0.5 ** 2);
    const expected = attention.forward(p, x).sub(bias).mul(factor).dataSync();
    expect(relativeError(output(run(own, 0.5)), expected)).toBeLessThan(1e-5);
  });
});

describe("groups of tokens", () => {
  const x = normal([2, 6, 8], 1); // three states of two places each
  const part = (y: tf.Tensor, indices: number[]) => tf.gather(y, tf.tensor1d(indices, "int32"), 1);
  const members = {state: [[0, 1], [2, 3], [4, 5]], place: [[0, 2, 4], [1, 3, 5]]}; // prettier-ignore

  test.each(["state", "place"] as const)("within a %s, tokens attend as if there were no others", (within) => {
    const all = attention.forward(p, x, undefined, {groups: {states: 3, within}});
    for (const group of members[within]) {
      const alone = attention.forward(p, part(x, group)).dataSync();
      expect(relativeError(part(all, group).dataSync(), alone)).toBeLessThan(1e-5);
    }
    expect(relativeError(all.dataSync(), attention.forward(p, x).dataSync())).toBeGreaterThan(1e-3);
  });
});
