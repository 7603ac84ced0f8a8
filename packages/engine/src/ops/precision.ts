/**
 * Number formats of products: float32, or bfloat16 with sums in float32.
 *
 * bfloat16 keeps float32's range and 8 of its 24 significant bits. Processors with units for it (AMX, AVX512_BF16) multiply
 * it several times as fast. tfjs does not know the type, so it takes such a tensor for one of float32: its values cannot be
 * read, and only {@link Arithmetic.run} of the same format may use it. It is freed and recorded like any other tensor.
 */
import {attr, nativeBackend, rawOp, type Attr, type tf} from "../backend";

/**
 * Number format of products; everything else is float32. "bfloat16" means float32 on a machine where TensorFlow cannot sum
 * products of bfloat16 in float32, see {@link sumsBfloat16}.
 */
export type Precision = "float32" | "bfloat16";

export const precisions: readonly Precision[] = ["float32", "bfloat16"];

export interface Arithmetic {
  /** Make a type attribute of operations, e.g. "T". */
  readonly type: (name: string) => Attr;
  /** Run an operation whose output has this format. */
  readonly run: (name: string, inputs: tf.Tensor[], attrs: Attr[]) => tf.Tensor;
  /** Convert a float32 tensor to this format. */
  readonly from: (x: tf.Tensor) => tf.Tensor;
  /** Convert a tensor of this format to float32. */
  readonly toFloat32: (x: tf.Tensor) => tf.Tensor;
}

const float32: Arithmetic = {
  type: (name) => attr.type(name, "float32"),
  run: rawOp,
  from: (x) => x,
  toFloat32: (x) => x,
};

const BFLOAT16 = 14; // TensorFlow's number of the type

const bfloat16: Arithmetic = {
  type: (name) => ({...attr.type(name, "float32"), value: BFLOAT16}),
  run: (name, inputs, attrs) => {
    const backend = nativeBackend();
    const [info] = backend.binding.executeOp(name, attrs, backend.getInputTensorIds(inputs), 1);
    return backend.createOutputTensor({...info, dtype: backend.binding.TF_FLOAT});
  },
  from: (x) => bfloat16.run("Cast", [x], [attr.type("SrcT", "float32"), bfloat16.type("DstT")]),
  toFloat32: (x) => rawOp("Cast", [x], [bfloat16.type("SrcT"), attr.type("DstT", "float32")]),
};

/** Return the operations of a number format. */
export function arithmetic(precision: Precision): Arithmetic {
  return precision === "bfloat16" && sumsBfloat16() ? bfloat16 : float32;
}

const {binding} = nativeBackend(); // the probe is never part of a recording
let probed: boolean | undefined;

/**
 * Tell whether TensorFlow sums products of bfloat16 in float32 here. It does where oneDNN or a GPU computes them; its
 * fallback for older processors sums in bfloat16, which loses what is added to a larger sum, and is slow.
 */
export function sumsBfloat16(): boolean {
  return (probed ??= probe());
}

/**
 * Compute the gradient of a kernel of 3 x 3 cells where all values are 1.5: 5184 is a number of bfloat16, most partial sums
 * are not.
 */
function probe(): boolean {
  const inner = 48;
  const outer = 50;
  const ids: number[] = [];
  const keep = (id: number) => (ids.push(id), id);
  const run = (name: string, attrs: Attr[], inputs: number[]) => keep(binding.executeOp(name, attrs, inputs, 1)[0].id);
  const field = (side: number) => {
    const values = new Float32Array(side ** 2).fill(1.5);
    const id = keep(binding.createTensor([1, side, side, 1], binding.TF_FLOAT, values));
    return run("Cast", [attr.type("SrcT", "float32"), bfloat16.type("DstT")], [id]);
  };
  try {
    const shape = keep(binding.createTensor([4], binding.TF_INT32, Int32Array.of(3, 3, 1, 1)));
    const attrs = [bfloat16.type("T"), attr.ints("strides", [1, 1, 1, 1]), attr.string("padding", "VALID")];
    const sums = run("Conv2DBackpropFilter", attrs, [field(outer), shape, field(inner)]);
    const read = run("Cast", [bfloat16.type("SrcT"), attr.type("DstT", "float32")], [sums]);
    return [...binding.tensorDataSync(read)].every((sum) => sum === 2.25 * inner ** 2);
  } catch {
    return false; // TensorFlow has no such operation on this machine
  } finally {
    ids.forEach((id) => binding.deleteTensor(id));
  }
}
