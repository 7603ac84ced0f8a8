import {nativeBackend, tf} from "../../src/backend";
import {after, freeCaptured, isRecording, record} from "../../src/compile/tracer";

beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

const handles = () => nativeBackend().binding.getNumOfTensors();

test("inputs come first, then captured tensors; outputs are in the order of the step", () => {
  const captured = tf.tensor1d([1]).add(0);
  const x = tf.tensor1d([2]).add(0);
  const step = (x: tf.Tensor) => [x.add(captured), captured, x];
  const recording = record(step, "step", [x]);
  expect(recording.inputs).toEqual(["Placeholder_0:0", "Placeholder_1:0"]);
  expect(recording.captured).toHaveLength(1);
  expect(recording.outputs).toEqual(["Add_2:0", "Identity_3:0", "Identity_4:0"]); // a session cannot fetch its feeds
  freeCaptured(recording);
});

test("captured tensors are freed with the recording, or at once when the step fails", () => {
  const captured = tf.tensor1d([1]).add(0);
  const x = tf.tensor1d([2]).add(0);
  const before = handles();
  const recording = record((x) => [x.add(captured)], "step", [x]);
  expect(handles()).toBe(before + 1);
  freeCaptured(recording);
  expect(handles()).toBe(before);
  const failing = (x: tf.Tensor): tf.Tensor[] => {
    x.add(captured);
    throw new Error("in the middle");
  };
  expect(() => record(failing, "step", [x])).toThrow("in the middle");
  expect(handles()).toBe(before);
  expect(isRecording()).toBe(false);
});

test("outside of a recording nothing is delayed", () => {
  const x = tf.scalar(1);
  const signal = tf.scalar(2);
  expect(after([x], signal)).toEqual([x]);
  expect(after([x], signal)[0]).toBe(x);
});
