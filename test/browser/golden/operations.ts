/** Operations on the graphics processor beside WebAssembly: each that has a program, in the forms in which models use it. */
import * as tf from "@tensorflow/tfjs-core";
import {Random} from "@lola-ts/engine";
import {FORMULAS, PROGRAMS} from "../../../packages/engine/src/browser/webgpu/shaders";
import {compute} from "./accelerator";

type Case = [name: string, shapes: number[][], step: (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[]];

const unary = (name: string, step: (x: tf.Tensor) => tf.Tensor): Case => [name, [[3, 5, 7]], step];
const binary = (name: string, step: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Case[] => [
  [
    name,
    [
      [3, 5],
      [3, 5],
    ],
    step,
  ],
  [
    `${name} of one row`,
    [
      [4, 1, 3],
      [5, 1],
    ],
    step,
  ],
  [`${name} of a number`, [[4, 3], []], step],
];

const cases: Case[] = [
  unary("Neg", tf.neg),
  unary("Abs", tf.abs),
  unary("Exp", tf.exp),
  unary("Sqrt", (x) => x.square().sqrt()),
  unary("Rsqrt", (x) => x.square().add(0.1).rsqrt()),
  unary("Sigmoid", (x) => x.mul(30).sigmoid()),
  unary("Tanh", (x) => x.mul(100).tanh()),
  unary("Asinh", tf.asinh),
  unary("Sin", (x) => x.mul(500).sin()),
  unary("Cos", (x) => x.mul(500).cos()),
  unary("Identity", (x) => x.clone().add(1)),
  unary("ZerosLike", (x) => tf.zerosLike(x).add(x)),
  unary("OnesLike", (x) => tf.onesLike(x).add(x)),
  ...binary("Add", tf.add),
  ...binary("Sub", tf.sub),
  ...binary("Multiply", tf.mul),
  ...binary("RealDiv", (a, b) => a.div(b.abs().add(0.5))),
  ...binary("Maximum", tf.maximum),
  ...binary("Greater", (a, b) => a.greater(b).cast("float32")),
  ...binary("Equal", (a, b) => a.greater(0).equal(b.greater(0)).cast("float32")),
  ["Pow", [[20]], (x) => tf.stack([x.pow(2), x.pow(3), x.abs().pow(0.5), x.pow(-1)])],
  ["Select", [[4, 3], [4, 3]], (a, b) => tf.where(a.greater(0), a, b)],
  ["AddN", [[4], [4], [4]], (...all) => tf.addN(all)],
  ["Cast", [[9]], (x) => x.mul(5).cast("int32").cast("float32")],
  ["Transpose", [[2, 3, 4, 5]], (x) => x.transpose([2, 0, 3, 1])],
  ["Transpose of a sum", [[3, 4], [4, 3]], (a, b) => a.transpose().add(b).transpose()],
  ["Slice", [[4, 5, 6]], (x) => x.slice([1, 2, 0], [2, 2, 6]).mul(x.slice([0, 0, 3], [2, 2, 1]))],
  ["SplitV", [[4, 6]], (x) => [...tf.split(x, 3, 1), ...tf.split(x, [1, 3], 0)]],
  ["Unpack", [[4, 6, 2]], (x) => [...tf.unstack(x, 1), ...tf.unstack(x)]],
  ["Concat", [[2, 3], [2, 1], [2, 4]], (...all) => tf.concat(all, 1).mul(2)],
  ["Pack", [[2, 3], [2, 3]], (...all) => tf.stack([...all, all[0].neg()], 1)],
  ["PadV2", [[2, 3, 4]], (x) => tf.pad(x.mul(2), [[0, 0], [1, 2], [3, 0]], 0.5)],
  ["GatherV2", [[2, 5, 3]], (x) => tf.gather(x.neg(), tf.tensor1d([4, 0, 4, 2], "int32"), 1)],
  ["Tile", [[2, 1, 3]], (x) => tf.tile(x.neg(), [2, 3, 2])],
  ["Sum", [[3, 4, 5]], (x) => [x.sum(-1), x.sum([0, 2], true), x.square().sum(1), x.sum()]],
  ["Mean", [[3, 4, 5]], (x) => [x.mean(-1, true), x.mean([0, 1]), x.mean()]],
  ["Softmax", [[3, 4, 50]], (x) => tf.softmax(x.mul(20))],
  ["BatchMatMul", [[2, 5, 7], [2, 7, 6]], (a, b) => tf.matMul(a, b)],
  ["BatchMatMul, transposed", [[2, 7, 5], [2, 6, 7]], (a, b) => tf.matMul(a, b, true, true)],
  ["BatchMatMul of one matrix", [[3, 2, 5, 7], [7, 9]], (a, b) => tf.matMul(a.mul(2), b)],
  ["Conv2D", [[2, 6, 5, 3], [3, 3, 3, 6]], (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "valid")],
  ["Conv2D at the border", [[2, 6, 5, 3], [3, 5, 3, 2]], (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "same")],
  ["Conv2D in strides", [[1, 7, 8, 3], [3, 3, 3, 5]], (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, "same")],
  ["more threads than a line holds", [[4_300_000]], (x) => x.neg()],
  [
    "memory that is shared in turn",
    [[64, 64]],
    (x) => {
      const bits = x.greater(0).cast("float32"); // sums of them are exact
      const next = (y: tf.Tensor) => tf.matMul(y, bits).greater(16).cast("float32").add(y.mul(0.5));
      return Array.from({length: 9}).reduce<tf.Tensor>(next, bits);
    },
  ],
  ["an output that is an input, and one that is a constant", [[4]], (x) => [x, tf.ones([3]), x.reshape([2, 2])]],
]; // prettier-ignore

const random = (shape: number[], seed: number) =>
  tf.tensor(
    Float32Array.from({length: tf.util.sizeFromShape(shape)}, (_, i) => Math.sin(12.9898 * (i + 1) + 78.233 * seed)),
    shape,
  );

const step = (made: tf.Tensor | tf.Tensor[]) => [made].flat().map((x) => x.clone()); // as compiled steps do

/** Compare two ways, relative to the largest number. */
function distance(found: readonly Float32Array[], expected: readonly tf.Tensor[]): number {
  const each = expected.map((x, n) => {
    const values = x.dataSync<"float32">();
    const most = Math.max(1e-30, ...values.slice(0, 1e4).map(Math.abs));
    if (values.length !== found[n].length) return Infinity;
    return values.reduce((max, value, i) => Math.max(max, Math.abs(value - found[n][i])), 0) / most;
  });
  return Math.max(...each);
}

/** Run all cases: the distance from WebAssembly by name, and names of programs that no case used. */
export async function runOperations() {
  const used = new Set<string>();
  const distances: Record<string, number> = {};
  for (const [name, shapes, body] of cases) {
    const inputs = shapes.map(random);
    const run = (...all: tf.Tensor[]) => tf.tidy(() => step(body(...all)));
    const {results, recording} = await compute(run, inputs);
    recording.operations.forEach(({kernel}) => used.add(kernel));
    distances[name] = distance(
      results.map(({values}) => values),
      run(...inputs),
    );
  }
  const key = Random.of(3, 4).key;
  const draw = (key: tf.Tensor, x: tf.Tensor) =>
    tf.tidy(() => [new Random(key as tf.Tensor1D).fold(1).normal([5, 3]).mul(x)]);
  const {results, program} = await compute(draw, [Random.of(1, 2).key, tf.scalar(2)]);
  distances["noise of a key"] = distance(
    results.map(({values}) => values),
    draw(Random.of(1, 2).key, tf.scalar(2)),
  );
  distances["noise of another key"] = distance(await program.run([key, tf.scalar(3)]), draw(key, tf.scalar(3)));
  const refused = async (body: (x: tf.Tensor) => tf.Tensor) => {
    try {
      await compute((x) => tf.tidy(() => step(body(x))), [random([4], 0)]);
      return "not refused";
    } catch (error) {
      return (error as Error).message;
    }
  };
  return {
    distances,
    unused: [...Object.keys(FORMULAS), ...Object.keys(PROGRAMS)].filter((name) => !used.has(name)),
    reading: await refused((x) => x.mul(x.neg().dataSync()[0])),
    unknown: await refused((x) => tf.cumsum(x)),
  };
}
