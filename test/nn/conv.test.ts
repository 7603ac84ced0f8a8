import {Conv, everyNth, nearest} from "../../lib/nn/conv";
import {Layout} from "../../lib/nn/module";
import {tf, Random} from "@lola-ts/engine";
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

test("a convolution with a stride is the whole convolution at every n-th cell", () => {
  const x = Random.of(1).normal([2, 6, 9, 3]) as tf.Tensor4D;
  const kernel = Random.of(2).normal([3, 3, 3, 5]) as tf.Tensor4D;
  const padded = x.pad([[0, 0], [1, 1], [1, 1], [0, 0]]); // prettier-ignore
  const strided = tf.conv2d(padded as tf.Tensor4D, kernel, [3, 3], "valid");
  const selected = everyNth(tf.conv2d(x, kernel, 1, "same"), [3, 3]);
  expect(selected.shape).toEqual(strided.shape);
  expect(relativeError(selected.dataSync(), strided.dataSync())).toBeLessThan(1e-5);
});

test("cells are repeated over patches, also in 3D", () => {
  const x = Random.of(1).normal([2, 3, 4, 5]) as tf.Tensor4D;
  const expected = tf.image.resizeNearestNeighbor(x, [6, 8]);
  expect(Array.from(nearest(x, [2, 2]).dataSync())).toEqual(Array.from(expected.dataSync()));
  const solid = Random.of(1).normal([1, 2, 3, 2, 2]);
  expect(Array.from(everyNth(nearest(solid, [2, 1, 3]), [2, 1, 3]).dataSync())).toEqual([...solid.dataSync()]);
});
