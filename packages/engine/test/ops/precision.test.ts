import {attr, tf} from "../../src/backend";
import {compile} from "../../src/compile/compile";
import {arithmetic, sumsBfloat16} from "../../src/ops/precision";

const values = tf.tensor1d([1 + 2 ** -9, 1 + 2 ** -7, 3.14159, -(2 ** 100)]);

/** The nearest numbers of eight significant bits, where the engine can compute with them. */
const rounded = sumsBfloat16() ? [1, 1 + 2 ** -7, 3.140625, -(2 ** 100)] : [...values.dataSync()];

const roundTrip = (x: tf.Tensor) => {
  const {from, run, toFloat32, type} = arithmetic("bfloat16");
  return toFloat32(run("Identity", [from(x)], [type("T")]));
};

test("float32 leaves tensors alone", () => {
  const {from, toFloat32} = arithmetic("float32");
  expect(from(values)).toBe(values);
  expect(toFloat32(values)).toBe(values);
});

test("bfloat16 keeps eight significant bits and the range", () => {
  roundTrip(values)
    .dataSync()
    .forEach((value, i) => expect(Math.abs(value / rounded[i] - 1)).toBeLessThan(1e-6));
});

test("conversions are recorded, also of a tensor from outside, and freed", () => {
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    const {from, run, toFloat32, type} = arithmetic("bfloat16");
    const outside = from(values);
    const recorded = compile((x) => [roundTrip(x), toFloat32(run("Mul", [outside, from(x)], [type("T")]))]);
    const [once, square] = recorded(values);
    expect(once.dataSync()).toEqual(roundTrip(values).dataSync());
    expect(square.dataSync()[0]).toBeCloseTo(rounded[0] ** 2, 6);
    recorded.dispose();
  });
  expect(tf.memory().numTensors).toBe(before);
});

test("a sum of products in bfloat16 has the precision of float32 where the format is used", () => {
  const {from, run, toFloat32, type} = arithmetic("bfloat16");
  const ones = from(tf.ones([1, 700, 1, 1]));
  const attrs = [type("T"), attr.ints("strides", [1, 1, 1, 1]), attr.string("padding", "VALID")];
  const sum = run("Conv2DBackpropFilter", [ones, tf.tensor1d([1, 1, 1, 1], "int32"), ones], attrs);
  expect(toFloat32(sum).dataSync()[0]).toBe(700); // sums in bfloat16 would stop at 256
});
