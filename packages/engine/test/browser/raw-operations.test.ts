/** The same operations by TensorFlow and by tfjs kernels, which here run on one engine. */
import {attr, rawOp, tf, type Attr} from "../../src/backend";
import {rawOperationNames, runRawOperation} from "../../src/browser/raw-operations";
import {relativeError} from "../../../../test/reference/parse-reference";

const T = attr.type("T", "float32");
const ints = (...values: number[]) => tf.tensor1d(values, "int32");
const draw = (...shape: number[]) => tf.randomNormal(shape, 0, 1, "float32", shape.length);
const index = attr.type("Tidx", "int32");
const convolution = (space: number, padding: string) => [
  T,
  attr.ints("strides", new Array<number>(space + 2).fill(1)),
  attr.ints("dilations", new Array<number>(space + 2).fill(1)),
  attr.string("padding", padding),
  attr.string("data_format", space === 2 ? "NHWC" : "NDHWC"),
];

/** Attributes as the browser's backend hands them on: values by name, types by their names. */
const byName = (attrs: Attr[]) => Object.fromEntries(attrs.map(({name, value}) => [name, value]));

type Case = [operation: string, inputs: () => tf.Tensor[], attrs?: Attr[]];
const cases: Case[] = [
  ["MatMul", () => [draw(3, 4), draw(5, 4)], [T, attr.bool("transpose_a", false), attr.bool("transpose_b", true)]],
  ["BatchMatMulV2", () => [draw(2, 4, 3), draw(2, 4, 5)], [T, attr.bool("adj_x", true), attr.bool("adj_y", false)]],
  ["BiasAdd", () => [draw(2, 3, 4), draw(4)], [T]],
  ["BiasAddGrad", () => [draw(2, 3, 4)], [T]],
  ["Softmax", () => [draw(2, 3, 4)], [T]],
  ["Sigmoid", () => [draw(7)], [T]],
  ["SigmoidGrad", () => [draw(7).sigmoid(), draw(7)], [T]],
  ["SoftplusGrad", () => [draw(7), draw(7)], [T]],
  ["EuclideanNorm", () => [draw(3, 4), ints(1)], [T, index, attr.bool("keep_dims", true)]],
  ["DivNoNan", () => [tf.tensor1d([1, 2, 3]), tf.tensor1d([2, 0, 4])], [T]],
  ["MulNoNan", () => [tf.tensor1d([NaN, 2, 3]), tf.scalar(0)], [T]],
  ["MulNoNan", () => [draw(3), draw(1)], [T]],
  ["L2Loss", () => [draw(3, 4)], [T]],
  ["Select", () => [tf.scalar(true, "bool"), draw(3), draw(3)], [T]],
  ["Select", () => [tf.scalar(false, "bool"), draw(3), draw(3)], [T]],
  ["ZerosLike", () => [draw(3)], [T]],
  ["Identity", () => [draw(3)], [T]],
  ["Reshape", () => [draw(3, 4), ints(2, 6)], [T, attr.type("Tshape", "int32")]],
  ["Transpose", () => [draw(2, 3, 4), ints(2, 0, 1)], [T, attr.type("Tperm", "int32")]],
  [
    "GatherV2",
    () => [draw(2, 5, 3), ints(4, 0, 4), tf.scalar(1, "int32")],
    [attr.type("Tparams", "float32"), attr.type("Tindices", "int32"), attr.type("Taxis", "int32")],
  ],
  ["Conv2D", () => [draw(2, 6, 5, 3), draw(3, 3, 3, 4)], convolution(2, "VALID")],
  ["Conv2D", () => [draw(2, 6, 5, 3), draw(3, 1, 3, 4)], convolution(2, "SAME")],
  ["Conv3D", () => [draw(1, 4, 6, 5, 3), draw(3, 3, 3, 3, 2)], convolution(3, "SAME")],
  ["Conv2DBackpropFilter", () => [draw(2, 6, 5, 3), ints(3, 3, 3, 4), draw(2, 4, 3, 4)], convolution(2, "VALID")],
  ["Conv2DBackpropFilter", () => [draw(2, 6, 5, 3), ints(3, 5, 3, 4), draw(2, 6, 5, 4)], convolution(2, "SAME")],
  [
    "Conv3DBackpropFilterV2",
    () => [draw(1, 5, 6, 4, 2), ints(3, 3, 1, 2, 3), draw(1, 3, 4, 4, 3)],
    convolution(3, "VALID"),
  ],
];

beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

test.each(cases)("%s has TensorFlow's values", (operation, inputs, attrs = []) => {
  const given = inputs();
  const expected = rawOp(operation, given, attrs);
  const [found] = runRawOperation(operation, given, byName(attrs)) as unknown as tf.Tensor[];
  expect(found.shape).toEqual(expected.shape);
  expect(relativeError(found.dataSync(), expected.dataSync())).toBeLessThan(1e-5);
});

test("IdentityN returns all its inputs", () => {
  const given = [draw(2), draw(3)];
  const found = runRawOperation("IdentityN", given, {});
  expect(found.map((x) => [...x.dataSync()])).toEqual(given.map((x) => [...x.dataSync()]));
});

test("every operation of the library's models has its twin, and another is refused by name", () => {
  const tested = new Set([...cases.map(([name]) => name), "IdentityN"]);
  const random = rawOperationNames.filter((name) => name.startsWith("StatelessRandom")); // stateless-random.test.ts
  expect([...rawOperationNames].sort()).toEqual([...tested, ...random].sort());
  expect(() => runRawOperation("Qr", [draw(2, 2)], {})).toThrow("Qr: expected an operation of models");
});

test("operations are not written on the tape", () => {
  const f = (x: tf.Tensor) => x.add(runRawOperation("Identity", [x], {})[0] as unknown as tf.Tensor).sum();
  expect([
    ...tf
      .grad(f)(tf.ones([2]))
      .dataSync(),
  ]).toEqual([1, 1]);
});
