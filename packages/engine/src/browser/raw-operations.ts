/**
 * TensorFlow's raw operations that models, samplers, guidance and a training with AdamW use, made of tfjs kernels: an engine in
 * a browser has no others. SOAP and PSGD need more (QR, eigenvalues, triangular systems), so they do not train there.
 */
import * as tf from "@tensorflow/tfjs-core";
import {randomIntegers, randomNormal, randomUniform} from "./stateless-random";

export type Attributes = Readonly<Record<string, unknown>>;

type Operation = (inputs: readonly tf.Tensor[], attributes: Attributes) => tf.Tensor | tf.Tensor[];

/** WebAssembly multiplies by a transposed matrix in a slow loop, and fast by one that was transposed before. */
function product(a: tf.Tensor, b: tf.Tensor, transposeA: boolean, transposeB: boolean): tf.Tensor {
  const [left, right] = [transposeA ? tf.transpose(a) : a, transposeB ? tf.transpose(b) : b];
  return tf.matMul(left, right);
}

function convolve(x: tf.Tensor, w: tf.Tensor, {padding}: Attributes): tf.Tensor {
  const pad = padding === "VALID" ? "valid" : "same";
  return x.rank === 4
    ? tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, pad)
    : tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, 1, pad);
}

/** Compute the gradient of a kernel [...kernel, in, out]: at each of its cells a product of moved inputs and gradients. */
function kernelGradient(x: tf.Tensor, shape: readonly number[], dy: tf.Tensor, {padding}: Attributes): tf.Tensor {
  const kernel = shape.slice(0, -2);
  const [inputs, outputs] = shape.slice(-2);
  const around = kernel.map((size): [number, number] => [(size - 1) / 2, (size - 1) / 2]);
  const padded = padding === "VALID" ? x : tf.pad(x, [[0, 0], ...around, [0, 0]]);
  const rows = tf.reshape(dy, [-1, outputs]);
  const size = [...dy.shape.slice(0, -1), inputs];
  const cells = kernel.reduce((product, side) => product * side, 1);
  const gradients = Array.from({length: cells}, (_, cell) => {
    const begin = new Array<number>(x.rank).fill(0);
    kernel.reduceRight((rest, side, axis) => ((begin[1 + axis] = rest % side), Math.floor(rest / side)), cell);
    return product(tf.reshape(tf.slice(padded, begin, size), [-1, inputs]), rows, true, false);
  });
  return tf.reshape(tf.stack(gradients), [...shape]);
}

/** Draw values of a shape by a key, as a kernel of whichever engine runs: it is recorded as others are. */
function draw(
  kernelName: string,
  make: (key: ArrayLike<number>, count: number) => Float32Array | Int32Array,
): Operation {
  return ([shape, key]) => {
    const backendName = tf.getBackend();
    if (!tf.getKernel(kernelName, backendName)) {
      const kernelFunc: tf.KernelFunc = ({inputs, attrs, backend}) => {
        const engine = backend as tf.KernelBackend;
        const sizes = attrs!.shape as number[];
        const values = make(engine.readSync(inputs.key!.dataId) as Int32Array, tf.util.sizeFromShape(sizes));
        const dtype = values instanceof Int32Array ? "int32" : "float32";
        return {dataId: engine.write(values, sizes, dtype), shape: sizes, dtype};
      };
      tf.registerKernel({kernelName, backendName, kernelFunc});
    }
    return tf.engine().runKernel<tf.Tensor>(kernelName, {key}, {shape: numbers(shape)});
  };
}

const numbers = (x: tf.Tensor) => Array.from(x.dataSync());

const quotient = (a: tf.Tensor, b: tf.Tensor) =>
  tf.where(tf.equal(b, 0), tf.zerosLike(tf.add(a, b)), tf.div(a, tf.where(tf.equal(b, 0), tf.onesLike(b), b)));

const OPERATIONS: Readonly<Record<string, Operation>> = {
  MatMul: ([a, b], {transpose_a, transpose_b}) => product(a, b, transpose_a === true, transpose_b === true),
  BatchMatMulV2: ([a, b], {adj_x, adj_y}) => tf.matMul(a, b, adj_x === true, adj_y === true),
  BiasAdd: ([x, b]) => tf.add(x, b),
  BiasAddGrad: ([dy]) => tf.sum(tf.reshape(dy, [-1, dy.shape[dy.rank - 1]]), 0),
  Softmax: ([x]) => tf.softmax(x),
  Sigmoid: ([x]) => tf.sigmoid(x),
  SigmoidGrad: ([y, dy]) => tf.mul(tf.mul(y, tf.sub(1, y)), dy),
  SoftplusGrad: ([dy, x]) => tf.mul(dy, tf.sigmoid(x)),
  EuclideanNorm: ([x, axes], {keep_dims}) => tf.sqrt(tf.sum(tf.square(x), numbers(axes), keep_dims === true)),
  DivNoNan: ([a, b]) => quotient(a, b),
  MulNoNan: ([a, b]) => tf.where(tf.equal(b, 0), tf.zerosLike(a), tf.mul(a, b)),
  L2Loss: ([x]) => tf.div(tf.sum(tf.square(x)), 2),
  Select: ([condition, yes, no]) => tf.where(condition, yes, no),
  ZerosLike: ([x]) => tf.zerosLike(x),
  Identity: ([x]) => tf.clone(x),
  IdentityN: (inputs) => inputs.map((x) => tf.clone(x)),
  Reshape: ([x, shape]) => tf.reshape(x, numbers(shape)),
  Transpose: ([x, order]) => tf.transpose(x, numbers(order)),
  GatherV2: ([x, cells, axis]) => tf.gather(x, cells, axis.dataSync()[0]),
  Conv2D: ([x, w], attributes) => convolve(x, w, attributes),
  Conv3D: ([x, w], attributes) => convolve(x, w, attributes),
  Conv2DBackpropFilter: ([x, shape, dy], attributes) => kernelGradient(x, numbers(shape), dy, attributes),
  Conv3DBackpropFilterV2: ([x, shape, dy], attributes) => kernelGradient(x, numbers(shape), dy, attributes),
  StatelessRandomNormal: draw("StatelessRandomNormal", randomNormal),
  StatelessRandomUniform: draw("StatelessRandomUniform", randomUniform),
  StatelessRandomUniformFullInt: draw("StatelessRandomUniformFullInt", randomIntegers),
};

export const rawOperationNames: readonly string[] = Object.keys(OPERATIONS);

/** Run a TensorFlow operation by name, without writing it on a tape. */
export function runRawOperation(name: string, inputs: readonly tf.Tensor[], attributes: Attributes): tf.Tensor[] {
  if (!Object.hasOwn(OPERATIONS, name)) {
    throw new Error(
      `${name}: expected an operation of models, samplers, guidance or AdamW in a browser, found another; files and other optimisers need Node.js.`,
    );
  }
  const {state} = tf.engine();
  state.kernelDepth++;
  try {
    return tf.tidy(() => [OPERATIONS[name](inputs, attributes)].flat());
  } finally {
    state.kernelDepth--;
  }
}
