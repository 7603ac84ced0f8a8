import {tf} from "../../src/backend";
import {freeSavedTensorsOnError} from "../../src/compile/traced-step";

const x = tf.tensor1d([1, 2, 3]);
const failing = () =>
  tf.tidy(() =>
    tf.grad((y) => {
      y.square().exp();
      throw new Error("in the middle");
    })(x),
  );

test("frees the tensors that a failing gradient saved, also around another one", () => {
  const before = tf.memory().numTensors;
  expect(() => freeSavedTensorsOnError(failing)).toThrow("in the middle");
  expect(tf.memory().numTensors).toBe(before);
  const nested = () => {
    expect(() => freeSavedTensorsOnError(failing)).toThrow("in the middle");
    return failing();
  };
  expect(() => freeSavedTensorsOnError(nested)).toThrow("in the middle");
  expect(tf.memory().numTensors).toBe(before);
});

test("does not change results, and keep works as before", () => {
  const gradient = tf.grad((y) => y.square())(x);
  expect(freeSavedTensorsOnError(() => tf.grad((y) => y.square())(x)).dataSync()).toEqual(gradient.dataSync());
  const tensor = tf.tidy(() => tf.keep(x.mul(2)));
  expect(tensor.isDisposed).toBe(false);
  expect(Object.hasOwn(tf.engine(), "keep")).toBe(false);
});
