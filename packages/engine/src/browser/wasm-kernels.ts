/**
 * Kernels for WebAssembly in place of tfjs's own where those take most of a forecast's time: cutting copies the whole tensor for
 * each part, transposing and gathering compute the place of every value, and products of batches run in a plain loop. Numbers stay
 * the same, up to the order of sums in products.
 */
import * as tf from "@tensorflow/tfjs-core";
import type {BackendWasm} from "@tensorflow/tfjs-backend-wasm";
import {stridesOf} from "@lola-ts/core";
import {joined, type Axis} from "./axes";

/** Call of the compiled product of a [1, n, k] and b [1, k, m]: ids of tensors and bytes of their shapes. */
type CompiledProduct = (
  ...all: [a: number, shape: Uint8Array, rank: number, b: number, shape: Uint8Array, rank: number, 0, 0, out: number]
) => void;

/** The used part of tfjs's backend that its types do not declare. */
interface Backend extends BackendWasm {
  wasm: BackendWasm["wasm"] & {cwrap(name: string, result: null, types: readonly string[]): CompiledProduct};
}

interface Call<Inputs extends string, Attributes> {
  readonly inputs: Readonly<Record<Inputs, tf.TensorInfo>>;
  readonly backend: Backend;
  readonly attrs: Attributes;
}

type Kernel = (call: unknown) => tf.TensorInfo | tf.TensorInfo[] | undefined;

/** Values in a row from which on copying memory is faster than a loop. */
const RUN = 16;

type Values = Uint32Array | Uint8Array;

/** View the memory of a tensor; only until the next one is made, which may move all memory. */
function memoryOf(backend: Backend, {dataId, shape, dtype}: tf.TensorInfo): Values {
  const buffer = backend.wasm.HEAPU8.buffer as ArrayBuffer;
  const Kind = tf.util.bytesPerElement(dtype) === 4 ? Uint32Array : Uint8Array;
  return new Kind(buffer, backend.getMemoryOffset(dataId), tf.util.sizeFromShape(shape));
}

/** Copy places of a source into a result, in the result's order. */
function gatherPlaces(from: Values, to: Values, axes: readonly Axis[], begin: number): void {
  const {size: rows, stride: down} = axes.at(-2) ?? {size: 1, stride: 0};
  const {size: columns, stride: across} = axes.at(-1) ?? {size: 1, stride: 1};
  const outer = axes.slice(0, -2);
  const place = outer.map(() => 0);
  let start = begin;
  for (let at = 0; at < to.length;) {
    for (let row = 0, source = start; row < rows; row++, source += down, at += columns) {
      if (across === 1 && columns >= RUN) to.set(from.subarray(source, source + columns), at);
      else for (let i = 0, j = source; i < columns; i++, j += across) to[at + i] = from[j];
    }
    for (let axis = outer.length - 1; axis >= 0; axis--) {
      start += outer[axis].stride;
      if (++place[axis] < outer[axis].size) break;
      start -= outer[axis].size * outer[axis].stride;
      place[axis] = 0;
    }
  }
}

/** Copy a block of a tensor into a new one. */
function cut(backend: Backend, x: tf.TensorInfo, begin: readonly number[], size: number[]): tf.TensorInfo {
  const out = backend.makeOutput(size, x.dtype);
  const strides = stridesOf(x.shape);
  const start = begin.reduce((sum, at, axis) => sum + at * strides[axis], 0);
  gatherPlaces(memoryOf(backend, x), memoryOf(backend, out), joined(size, strides), start);
  return out;
}

function slice({inputs: {x}, backend, attrs}: Call<"x", tf.SliceAttrs>): tf.TensorInfo {
  const [begin, size] = tf.slice_util.parseSliceParams(x, attrs.begin, attrs.size);
  return cut(backend, x, begin, size);
}

function splitV({inputs: {x}, backend, attrs}: Call<"x", tf.SplitVAttrs>): tf.TensorInfo[] {
  const [axis] = tf.util.parseAxisParam(attrs.axis, x.shape);
  const begin = x.shape.map(() => 0);
  return tf.backend_util.prepareSplitSize(x as tf.Tensor, attrs.numOrSizeSplits, axis).map((part) => {
    const out = cut(backend, x, begin, Object.assign([...x.shape], {[axis]: part}));
    begin[axis] += part;
    return out;
  });
}

function transpose({inputs: {x}, backend, attrs: {perm}}: Call<"x", tf.TransposeAttrs>): tf.TensorInfo {
  const strides = stridesOf(x.shape);
  const shape = perm.map((axis) => x.shape[axis]);
  const out = backend.makeOutput(shape, x.dtype);
  const axes = joined(
    shape,
    perm.map((axis) => strides[axis]),
  );
  gatherPlaces(memoryOf(backend, x), memoryOf(backend, out), axes, 0);
  return out;
}

/** Gather slices along an axis; undefined where each row has cells of its own. */
function gather({
  inputs: {x, indices},
  backend,
  attrs,
}: Call<"x" | "indices", tf.GatherV2Attrs>): tf.TensorInfo | undefined {
  if (attrs.batchDims !== 0 || x.dtype !== "float32") return undefined;
  const [axis] = tf.util.parseAxisParam(attrs.axis, x.shape);
  const cells = tf.util.sizeFromShape(indices.shape);
  const [outer, size] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)].map((all) => tf.util.sizeFromShape(all));
  const out = backend.makeOutput([...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)], x.dtype);
  const [from, chosen, to] = [x, indices, out].map((all) => memoryOf(backend, all));
  for (let row = 0; row < outer; row++) {
    const start = row * x.shape[axis] * size;
    for (let i = 0; i < cells; i++) {
      const at = start + chosen[i] * size;
      to.set(from.subarray(at, at + size), (row * cells + i) * size);
    }
  }
  return out;
}

let compiledProduct: CompiledProduct;

/** Multiply matrices one by one: the compiled product is fast for a single pair that is not transposed. */
function multiplyEach(backend: Backend, [a, b, out]: readonly tf.TensorInfo[], shared: boolean): void {
  const count = shared ? 1 : a.shape[0];
  const bytes = (shape: readonly number[]) => new Uint8Array(Int32Array.from([1, ...shape]).buffer);
  const [rows, inner] = shared ? [a.shape[0] * a.shape[1], a.shape[2]] : a.shape.slice(1);
  const [left, right] = [bytes([rows, inner]), bytes(b.shape.slice(1))];
  const part = ({dataId, shape}: tf.TensorInfo, i: number, size: number) => {
    const offset = backend.getMemoryOffset(dataId) + 4 * i * size;
    const view = backend.makeOutput(shape.slice(1), "float32", offset).dataId;
    return {view, id: backend.dataIdMap.get(view).id};
  };
  const columns = b.shape[2];
  for (let i = 0; i < count; i++) {
    const parts = [part(a, i, rows * inner), part(b, i, inner * columns), part(out, i, rows * columns)];
    const [{id: aId}, {id: bId}, {id: outId}] = parts;
    compiledProduct(aId, left, 3, bId, right, 3, 0, 0, outId);
    for (const {view, id} of parts) {
      backend.wasm.tfjs.disposeData(id); // the memory belongs to the whole tensors
      backend.dataIdMap.delete(view);
    }
  }
}

/** Multiply batches of matrices that are as many, or by one matrix; undefined for others. */
function batchMatMul({inputs, backend, attrs}: Call<"a" | "b", tf.BatchMatMulAttrs>): tf.TensorInfo | undefined {
  const outer = inputs.a.shape.slice(0, -2);
  const [batch, count] = [outer, inputs.b.shape.slice(0, -2)].map((sizes) => tf.util.sizeFromShape(sizes));
  if (count !== 1 && inputs.b.shape.slice(0, -2).join() !== outer.join()) return undefined;
  if (inputs.b.shape.length > inputs.a.shape.length) return undefined;
  const made: tf.TensorInfo[] = [];
  const straight = (x: tf.TensorInfo, size: number, isTransposed: boolean): tf.TensorInfo => {
    const whole = {...x, shape: [size, ...x.shape.slice(-2)]};
    if (!isTransposed) return whole;
    made.push(transpose({inputs: {x: whole}, backend, attrs: {perm: [0, 2, 1]}}));
    return made.at(-1)!;
  };
  const [a, b] = [straight(inputs.a, batch, attrs.transposeA), straight(inputs.b, count, attrs.transposeB)];
  const [, rows, inner] = a.shape;
  tf.util.assert(inner === b.shape[1], () => `matMul: expected inner sizes alike, found ${inner} and ${b.shape[1]}.`);
  const out = backend.makeOutput([batch, rows, b.shape[2]], "float32");
  multiplyEach(backend, [a, b, out], count === 1);
  for (const {dataId} of made) backend.disposeData(dataId);
  return {...out, shape: [...outer, rows, b.shape[2]]};
}

/** Put these kernels in the place of tfjs's, whose other kernels use the replaced ones too. Call it before the backend starts. */
export function useOwnKernels(): void {
  const kernels = {Slice: slice, SplitV: splitV, Transpose: transpose, BatchMatMul: batchMatMul, GatherV2: gather};
  for (const [kernelName, run] of Object.entries(kernels)) {
    const theirs = tf.getKernel(kernelName, "wasm");
    tf.unregisterKernel(kernelName, "wasm");
    tf.registerKernel({
      ...theirs,
      kernelFunc: (call) => (run as unknown as Kernel)(call) ?? theirs.kernelFunc(call),
      setupFunc: (backend) => {
        theirs.setupFunc?.(backend);
        if (kernelName !== "BatchMatMul") return;
        const [id, shape] = ["number", "array"];
        const types = [id, shape, id, id, shape, id, id, id, id];
        compiledProduct = (backend as Backend).wasm.cwrap("BatchMatMul", null, types);
      },
    });
  }
}
