/**
 * The tensor engine in a browser: tfjs kernels in WebAssembly or on the graphics processor. A bundler puts this module in the
 * place of `backend.ts`, whose names it has; `engine.ts` chooses and checks the kernels.
 */
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops";
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import {runRawOperation} from "./raw-operations";
import {accelerate, arrived} from "./webgpu/accelerator";

export {arrived, tf};

/** Nothing of the native binding exists: a step runs operation by operation. */
const binding = {} as Readonly<Record<string, never>>;

export function nativeBackend() {
  return {binding, accelerate};
}

export function isUsingGpu(): boolean {
  return tf.getBackend() !== "wasm" && tf.getBackend() !== "cpu";
}

/** Attribute of an operation: here its value counts, not its number in TensorFlow. */
const attribute = (name: string, value: unknown) => ({name, type: 0, value});
type Attr = ReturnType<typeof attribute>;

/** Constructors of operation attributes. */
export const attr = {
  type: (name: string, dtype: string) => attribute(name, dtype),
  int: (name: string, value: number) => attribute(name, value),
  ints: (name: string, value: number[]) => attribute(name, value),
  float: (name: string, value: number) => attribute(name, value),
  bool: (name: string, value: boolean) => attribute(name, value),
  string: (name: string, value: string) => attribute(name, value),
};

/** Run a TensorFlow operation by name. @throws Error naming the operation if a browser has none such. */
export function rawOps(name: string, inputs: tf.Tensor[], attrs: Attr[], _outputs: number): tf.Tensor[] {
  return runRawOperation(name, inputs, Object.fromEntries(attrs.map(({name, value}) => [name, value])));
}

/**
 * Run a TensorFlow operation by name and return its only (or first) output.
 *
 * @throws Error naming the operation if a browser has none such.
 */
export function rawOp(name: string, inputs: tf.Tensor[], attrs: Attr[] = []): tf.Tensor {
  return rawOps(name, inputs, attrs, 1)[0];
}
