import {attr, rawOp, tf} from "../../src/backend";
import {philox, randomIntegers, randomNormal, randomUniform} from "../../src/browser/stateless-random";

const keys = [
  [0, 0],
  [1, 2],
  [-7, 3],
  [2 ** 31 - 1, -(2 ** 31)],
];

/** Draw with TensorFlow's own generator. */
function official(operation: string, key: number[], count: number, dtype: "float32" | "int32"): number[] {
  return tf.tidy(() => {
    const attrs = [attr.type("dtype", dtype), attr.type("T", "int32"), attr.type("Tseed", "int32")];
    const inputs = [tf.tensor1d([count], "int32"), tf.tensor1d(key, "int32")];
    return Array.from(rawOp(operation, inputs, attrs).dataSync());
  });
}

test("Philox 4x32-10 gives the published words", () => {
  const ones = 0xffffffff;
  expect(philox([0, 0, 0, 0], [0, 0])).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
  expect(philox([ones, ones, ones, ones], [ones, ones])).toEqual([0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]);
});

test.each(keys)("key %d, %d: integers and uniform numbers are TensorFlow's", (...key) => {
  expect([...randomIntegers(key, 11)]).toEqual(official("StatelessRandomUniformFullInt", key, 11, "int32"));
  expect([...randomUniform(key, 11)]).toEqual(official("StatelessRandomUniform", key, 11, "float32"));
});

test.each(keys)("key %d, %d: normal numbers are TensorFlow's to rounding", (...key) => {
  const expected = official("StatelessRandomNormal", key, 1001, "float32");
  const found = randomNormal(key, 1001);
  expect(found).toHaveLength(1001);
  expect(Math.max(...expected.map((value, i) => Math.abs(value - found[i])))).toBeLessThan(1e-5);
});
