import {tf} from "../../src/backend";
import {isTaping, onTape, taped, untaped} from "../../src/autodiff/tape";

test("several gradients share one forward pass on an open tape", () => {
  const x = tf.tensor1d([1, 2]);
  const [a, b] = taped(() => {
    const y = x.square();
    const gradient = (dy: tf.Tensor) => tf.grads(() => y)([x], dy)[0];
    return [gradient(tf.tensor1d([1, 0])), gradient(tf.tensor1d([0, 1]))];
  });
  expect([...a.dataSync(), ...b.dataSync()]).toEqual([2, 0, 0, 4]);
});

test("is open only inside taped, and closed inside untaped", () => {
  expect(isTaping()).toBe(false);
  taped(() => {
    expect(isTaping()).toBe(true);
    expect(untaped(() => [tf.scalar(Number(isTaping()))])[0].dataSync()[0]).toBe(0);
    taped(() => []);
    expect(isTaping()).toBe(true);
    return [];
  });
  expect(isTaping()).toBe(false);
});

test("a tensor computed without the tape counts as a copy of one on it", () => {
  const x = tf.scalar(3);
  const gradient = (f: (y: tf.Tensor) => tf.Tensor) => tf.grad(f)(x).dataSync()[0];
  expect(
    gradient((y) =>
      onTape(
        untaped(() => y.add(0)),
        y,
      ).square(),
    ),
  ).toBe(6);
  expect(() => gradient((y) => untaped(() => y.add(0)).square())).toThrow("Cannot compute gradient");
  expect(onTape(x, x)).toBe(x);
});

test("leaves nothing behind, also after an error", () => {
  const x = tf.scalar(3);
  const before = tf.memory().numTensors;
  const fail = () => {
    throw new Error("stop");
  };
  for (let i = 0; i < 3; i++) {
    taped(() => x.square().exp()).dispose();
    expect(() => taped(() => taped(() => tf.grad((y) => y.square().mul(fail()))(x.exp())))).toThrow("stop");
    expect(() => untaped(() => x.square().mul(fail()))).toThrow("stop");
    expect(isTaping()).toBe(false);
  }
  expect(tf.memory().numTensors).toBe(before);
});
