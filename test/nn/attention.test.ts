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
