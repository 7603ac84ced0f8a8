import {Conv} from "../../lib/nn/conv";
import {Layout} from "../../lib/nn/module";
import {tf} from "../../lib/tensor/backend";
import {Random} from "../../lib/tensor/random";
import {relativeError} from "../reference/reference";

test("a fresh identity layer nearly copies its input, repeated for further outputs", () => {
  const conv = new Conv(3, 5, {init: "identity"});
  const layout = new Layout(conv.specs);
  const flat = layout.initialise(0);
  flat.fill(0, layout.entries[1].offset); // biases keep their default values: without them
  const x = Random.of(1).normal([1, 6, 6, 3]);
  const y = conv.forward(layout.bind(tf.tensor1d(flat)), x);
  const copies = tf.gather(x, tf.tensor1d([0, 1, 2, 0, 1], "int32"), 3);
  expect(relativeError(y.dataSync(), copies.dataSync())).toBeLessThan(0.05);
});

test("is described in the engine's layout and named in the official one", () => {
  const layout = new Layout(new Conv(3, 5, {spatial: 3}).specs);
  expect(layout.entries[0].shape).toEqual([3, 3, 3, 3, 5]);
  expect(layout.toOfficial(layout.initialise(0)).get("weight")!.shape).toEqual([5, 3, 3, 3, 3]);
});
