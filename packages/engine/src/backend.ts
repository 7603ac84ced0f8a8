/**
 * The tensor engine: TensorFlow through tfjs-node-gpu. This is the only file that imports it.
 *
 * Beside the usual `tf` functions, {@link rawOp} reaches every operation of the TensorFlow library, including those
 * that tfjs has no function for (FFTs, QR, stateless random numbers).
 */
import {createRequire} from "node:module";
import {defaultRun} from "@lola-ts/core";
// Before the engine is loaded, by an import of a form that stays where it is written
for (const [name, value] of Object.entries(defaultRun().engine)) process.env[name] ??= value;
createRequire(__filename)("@tensorflow/tfjs-node-gpu/lib/napi-v8/notices.node");
import tf = require("@tensorflow/tfjs-node-gpu");

export {tf};

/** Output of an operation in the binding: a handle and its description. */
export interface TensorInfo {
  id: number;
  dtype: number;
  shape: number[];
}

/** Attribute of an operation in the binding's form. */
export interface Attr {
  name: string;
  type: number;
  value: unknown;
}

/** The native binding; only the project's build of it (packages/engine/native) has the last four functions. */
export interface Binding {
  readonly [constant: `TF_${string}`]: number;
  executeOp(name: string, attrs: Attr[], inputs: number[], outputs: number): TensorInfo[];
  createTensor(shape: number[], dtype: number, values: ArrayLike<number>): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array;
  getNumOfTensors(): number;
  defineFunction(graph: Uint8Array, name: string, inputs: string[], outputs: string[]): void;
  removeFunction(name: string): void;
  joinRanks(serverDef: string, address: string, port: number): void;
  sumOverRanks(id: number, ranks: number, seconds: number): Promise<TensorInfo>;
}

/** The part of tfjs's backend that runs operations by name. */
export interface NativeBackend {
  binding: Binding;
  executeMultipleOutputs(name: string, attrs: Attr[], inputs: tf.Tensor[], outputs: number): tf.Tensor[];
  getInputTensorIds(tensors: tf.Tensor[]): number[];
  createOutputTensor(info: TensorInfo): tf.Tensor;
  /** In a browser: run a step on the graphics processor where that is right. */
  accelerate?<Step extends (...inputs: tf.Tensor[]) => tf.Tensor[]>(step: Step): Step & {dispose(): void};
}

/** Return the running backend. */
export function nativeBackend(): NativeBackend {
  return tf.backend() as unknown as NativeBackend;
}

const {binding} = nativeBackend();

const TYPES = {
  float32: binding.TF_FLOAT,
  int32: binding.TF_INT32,
  bool: binding.TF_BOOL,
  complex64: binding.TF_COMPLEX64,
} as const;

/** Wait until the numbers of a recorded step's result are there: in a browser, a graphics processor's come later. */
export async function arrived(_result: tf.Tensor): Promise<void> {}

/** Tell whether the engine uses a GPU. */
export function isUsingGpu(): boolean {
  return (tf.backend() as unknown as {isUsingGpuDevice: boolean}).isUsingGpuDevice;
}

/** Constructors of operation attributes. */
export const attr = {
  type: (name: string, dtype: keyof typeof TYPES): Attr => ({name, type: binding.TF_ATTR_TYPE, value: TYPES[dtype]}),
  int: (name: string, value: number): Attr => ({name, type: binding.TF_ATTR_INT, value}),
  ints: (name: string, value: number[]): Attr => ({name, type: binding.TF_ATTR_INT, value}),
  float: (name: string, value: number): Attr => ({name, type: binding.TF_ATTR_FLOAT, value}),
  bool: (name: string, value: boolean): Attr => ({name, type: binding.TF_ATTR_BOOL, value}),
  string: (name: string, value: string): Attr => ({name, type: binding.TF_ATTR_STRING, value}),
};

/**
 * Run a TensorFlow operation by name.
 *
 * @param outputs number of output tensors.
 * @throws Error with TensorFlow's message when the operation refuses its inputs.
 */
export function rawOps(name: string, inputs: tf.Tensor[], attrs: Attr[], outputs: number): tf.Tensor[] {
  return nativeBackend().executeMultipleOutputs(name, attrs, inputs, outputs);
}

/**
 * Run a TensorFlow operation by name and return its only (or first) output.
 *
 * @throws Error with TensorFlow's message when the operation refuses its inputs.
 * @example rawOp("Softplus", [x], [attr.type("T", "float32")])
 */
export function rawOp(name: string, inputs: tf.Tensor[], attrs: Attr[] = []): tf.Tensor {
  return rawOps(name, inputs, attrs, 1)[0];
}
