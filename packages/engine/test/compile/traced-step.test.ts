import {tf} from "../../src/backend";
import {runTracedStep} from "../../src/compile/traced-step";

beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

test("outputs are new tensors, and all others are freed", () => {
  const x = tf.tensor1d([1, 2]);
  const before = tf.memory().numTensors;
  const outputs = runTracedStep((x) => [x, x.mul(2).add(1)], "step", [x]);
  expect(tf.memory().numTensors).toBe(before + 2);
  tf.dispose(outputs);
  expect([...x.dataSync()]).toEqual([1, 2]);
});

test("leaks nothing when the step fails under a gradient", () => {
  const x = tf.tensor1d([1, 2]);
  const before = tf.memory().numTensors;
  const failing = (x: tf.Tensor): tf.Tensor => {
    x.square().exp();
    throw new Error("in the middle");
  };
  expect(() => runTracedStep((x) => [tf.grad(failing)(x)], "step", [x])).toThrow("in the middle");
  expect(tf.memory().numTensors).toBe(before);
});

test("a promise is refused, and its rejection is handled", async () => {
  const later = () => Promise.reject(new Error("later")) as unknown as tf.Tensor[];
  expect(() => runTracedStep(later, "train", [])).toThrow(
    new TypeError("train: the step returns a promise: expected a function that is not async."),
  );
  await new Promise((done) => setTimeout(done, 10)); // an unhandled rejection would fail the test
});

test("anything but tensors is refused", () => {
  expect(() => runTracedStep(() => [], "train", [])).toThrow(
    "train: expected a step that returns a list of one or more tensors, found an empty list.",
  );
});
