/**
 * Measure the calls of the native binding: how long they take, and the arithmetic of convolutions and matrix products.
 * To be imported before anything that compiles.
 */
import {sizeOf} from "@lola-ts/core";
import {nativeBackend, type Attr, type Binding, type TensorInfo} from "../../packages/engine/src/backend";
import type {Running} from "./suite";

/** A convolution or matrix product, with copies of its inputs. */
interface Product {
  readonly name: string;
  readonly attrs: Attr[];
  readonly inputs: number[];
  readonly outputs: number;
  readonly flop: number;
  calls: number;
}

const native = nativeBackend().binding;
const shapes = new Map<number, number[]>();
/** By operation and shapes. */
const products = new Map<string, Product>();
let counting = false;
let inside = 0;

/** Multiplications and additions of an operation: 0 unless it is a convolution or a matrix product. */
function arithmetic(name: string, attrs: Attr[], inputs: number[], [output]: TensorInfo[]): number {
  const input = (i: number) => shapes.get(inputs[i])!;
  const convolution = (kernel: number[], result: number[]) => (2 * sizeOf(result) * sizeOf(kernel)) / kernel.at(-1)!;
  if (/^Conv[23]DBackpropFilter/.test(name)) return convolution(output.shape, input(2));
  if (/^Conv[23]DBackpropInput/.test(name)) return convolution(input(1), input(2));
  if (/^Conv[23]D$/.test(name)) return convolution(input(1), output.shape);
  if (!/^(Batch)?MatMul(V[23])?$/.test(name)) return 0;
  const mirrored = attrs.some((attr) => /^(adj_x|transpose_a)$/.test(attr.name) && attr.value);
  return 2 * sizeOf(output.shape) * input(0).at(mirrored ? -2 : -1)!;
}

/** Remember a convolution or product that was called. */
function remember(name: string, attrs: Attr[], inputs: number[], infos: TensorInfo[]): void {
  const flop = arithmetic(name, attrs, inputs, infos);
  if (flop === 0) return;
  const key = JSON.stringify([name, attrs, inputs.map((id) => shapes.get(id))]);
  const keep = (id: number) => native.executeOp("Identity", [], [id], 1)[0].id;
  const product = products.get(key) ?? {name, attrs, inputs: inputs.map(keep), outputs: infos.length, flop, calls: 0};
  product.calls++;
  products.set(key, product);
}

function timed<R>(call: () => R): R {
  const begin = performance.now();
  try {
    return call();
  } finally {
    inside += performance.now() - begin;
  }
}

nativeBackend().binding = Object.create(native, {
  executeOp: {
    value(name: string, attrs: Attr[], inputs: number[], outputs: number) {
      const infos = timed(() => native.executeOp(name, attrs, inputs, outputs));
      infos.forEach(({id, shape}) => shapes.set(id, shape));
      if (counting) remember(name, attrs, inputs, infos);
      return infos;
    },
  },
  createTensor: {
    value(shape: number[], dtype: number, values: ArrayLike<number>) {
      const id = timed(() => native.createTensor(shape, dtype, values));
      shapes.set(id, [...shape]);
      return id;
    },
  },
  deleteTensor: {
    value(id: number) {
      shapes.delete(id);
      timed(() => native.deleteTensor(id));
    },
  },
  tensorDataSync: {value: (id: number) => timed(() => native.tensorDataSync(id))},
}) as Binding;

/** Milliseconds spent inside of native calls so far. */
export function nativeTime(): number {
  return inside;
}

/**
 * Run something once and remember the convolutions and matrix products that it calls. It runs operation by operation: those
 * of a recorded step are out of sight.
 *
 * @returns their arithmetic in GFLOP.
 */
export async function countOf(start: () => Running | Promise<Running>): Promise<number> {
  const mode = process.env.LOLA_COMPILE;
  process.env.LOLA_COMPILE = "eager";
  const running = await start();
  counting = true;
  await running.run();
  counting = false;
  await running.close?.();
  if (mode === undefined) delete process.env.LOLA_COMPILE;
  else process.env.LOLA_COMPILE = mode;
  return [...products.values()].reduce((sum, {flop, calls}) => sum + flop * calls, 0) / 1e9;
}

/** Milliseconds that the products found by {@link countOf} take one at a time, with nothing else to do. */
export function timeAlone(tries = 3): number {
  let sum = 0;
  for (const {name, attrs, inputs, outputs, calls} of products.values()) {
    const times = Array.from({length: tries}, () => {
      const begin = performance.now();
      const infos = native.executeOp(name, attrs, inputs, outputs);
      const time = performance.now() - begin;
      infos.forEach(({id}) => native.deleteTensor(id));
      return time;
    });
    sum += calls * Math.min(...times);
  }
  return sum;
}
