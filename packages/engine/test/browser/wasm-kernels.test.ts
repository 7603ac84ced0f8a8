/** Our kernels in WebAssembly beside tfjs's plain ones. */
import path from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import {setWasmPaths} from "@tensorflow/tfjs-backend-wasm";
import {useOwnKernels} from "../../src/browser/wasm-kernels";
import {relativeError} from "../../../../test/reference/parse-reference";

beforeAll(async () => {
  tf.env().set("IS_TEST", true); // the plain engine does not advise another engine
  useOwnKernels();
  const main = require.resolve("@tensorflow/tfjs-backend-wasm");
  setWasmPaths(`${path.dirname(main)}${path.sep}`);
  expect(await tf.setBackend("wasm")).toBe(true);
});
afterAll(() => tf.removeBackend("wasm"));

interface Values {
  readonly shape: number[];
  readonly values: number[];
}

type Dtype = "float32" | "int32" | "bool";
const random = (shape: number[], dtype: Dtype = "float32") => {
  const values = Array.from({length: tf.util.sizeFromShape(shape)}, (_, i) => 100 * Math.sin(7 * i * i + shape.length));
  return tf.tensor(dtype === "bool" ? values.map((value) => value > 0) : values.map(Math.round), shape, dtype);
};

/** Compute on an engine; nothing stays there. */
async function on(engine: string, compute: () => tf.Tensor[]): Promise<Values[]> {
  await tf.setBackend(engine);
  const before = tf.memory().numTensors;
  const found = tf.tidy(() => compute().map((x) => ({shape: x.shape, values: Array.from(x.dataSync())})));
  expect(tf.memory().numTensors).toBe(before);
  return found as Values[];
}

const same = async (compute: () => tf.Tensor[]) => expect(await on("wasm", compute)).toEqual(await on("cpu", compute));

test.each<[number[], number[], Dtype]>([
  [[5, 7], [1, 0], "float32"],
  [[3, 4, 20], [1, 0, 2], "float32"],
  [[2, 3, 4, 5], [3, 0, 2, 1], "int32"],
  [[2, 1, 3, 4, 5], [2, 0, 3, 1, 4], "float32"],
  [[2, 3, 2, 3, 2, 3], [5, 3, 1, 0, 2, 4], "float32"],
  [[4, 3, 2], [2, 1, 0], "bool"],
  [[1, 1, 6], [2, 0, 1], "float32"],
  [[3, 0, 2], [2, 1, 0], "float32"],
  [[6], [0], "float32"],
])("%j is transposed by %j", (shape, order, dtype) => same(() => [tf.transpose(random(shape, dtype), order)]));

test.each<[number[], number[], number[], Dtype]>([
  [[9], [2], [4], "float32"],
  [[5, 40], [1, 3], [3, 30], "float32"],
  [[4, 5, 6], [1, 0, 2], [2, -1, 3], "int32"],
  [[2, 3, 4, 2], [0, 1, 0, 1], [2, 1, 4, 1], "bool"],
  [[2, 3, 2, 3, 2], [1, 1, 0, 1, 1], [1, 2, 2, 2, 1], "float32"],
  [[3, 4], [0, 0], [3, 4], "float32"],
  [[3, 4], [1, 1], [0, 2], "float32"],
])("of %j a block from %j of %j is cut", (shape, begin, size, dtype) =>
  same(() => [tf.slice(random(shape, dtype), begin, size)]),
);

test.each<[number[], number[] | number, number]>([
  [[12], [5, 0, 7], 0],
  [[4, 6], 3, 1],
  [[3, 8, 5], [1, 7], 1],
])("%j is split into %j along %i", (shape, parts, axis) => same(() => tf.split(random(shape), parts, axis)));

test.each<[number[], number[], boolean, boolean]>([
  [[3, 4], [4, 5], false, false],
  [[4, 3], [5, 4], true, true],
  [[6, 8, 16], [6, 9, 16], false, true],
  [[6, 16, 8], [6, 16, 9], true, false],
  [[2, 3, 4, 5], [2, 3, 5, 6], false, false],
  [[6, 3, 4], [1, 4, 5], false, false],
  [[1, 3, 4], [6, 4, 5], false, false],
  [[3, 4], [2, 4, 5], false, false],
])("products of %j and %j, transposed %j and %j, are right", async (a, b, transposeA, transposeB) => {
  const compute = () => [tf.matMul(random(a), random(b), transposeA, transposeB)];
  const [[found], [expected]] = [await on("wasm", compute), await on("cpu", compute)];
  expect(found.shape).toEqual(expected.shape);
  expect(relativeError(found.values, expected.values)).toBeLessThan(1e-6);
});

test("matrices that do not fit are refused", async () => {
  await tf.setBackend("wasm");
  expect(() => tf.matMul(random([2, 3]), random([4, 5]))).toThrow(/inner (sizes|shapes|dimensions)/i);
});
