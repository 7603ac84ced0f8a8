import {attr, isUsingGpu, rawOp, rawOps, tf} from "../../lib/tensor/backend";

test("reaches operations that tfjs has no function for, with several outputs", () => {
  const a = tf.tensor2d([
    [2, 1],
    [1, 3],
  ]);
  const [values, vectors] = rawOps(
    "SelfAdjointEigV2",
    [a],
    [attr.bool("compute_v", true), attr.type("T", "float32")],
    2,
  );
  const back = vectors.matMul(tf.diag(values as tf.Tensor1D)).matMul(vectors, false, true);
  expect(Math.max(...a.sub(back).abs().dataSync())).toBeLessThan(1e-5);
});

test("an operation that refuses its inputs says so", () => {
  expect(() => rawOp("MatMul", [tf.ones([2, 3]), tf.ones([2, 3])], [attr.type("T", "float32")])).toThrow(
    /[Ii]ncompatible/,
  );
});

test("tells whether the engine uses a GPU", () => {
  expect(typeof isUsingGpu()).toBe("boolean");
});
