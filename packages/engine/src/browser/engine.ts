/**
 * The choice of kernels in a browser: WebAssembly by default, the graphics processor on request. Whatever is chosen proves
 * itself on numbers before it is used.
 */
import * as tf from "@tensorflow/tfjs-core";
import {setThreadsCount, setWasmPaths} from "@tensorflow/tfjs-backend-wasm";
import type {EngineName} from "./engine-names";
import {useOwnKernels} from "./wasm-kernels";

/** The chosen backend, and why not another. */
export interface StartedEngine {
  readonly name: EngineName;
  /** Largest relative error of the self-check. */
  readonly error: number;
  /** A sentence for each choice that was given up. */
  readonly refused: readonly string[];
}

/** Largest relative error that a self-check passes. */
const TOLERANCE = 1e-4;

/** Compute a pseudo-random number in [-1, 1] of an index. */
const noise = (i: number) => ((2 * (((Math.sin(12.9898 * (i + 1)) * 43758.5453) % 1) + 1)) % 2) - 1;

const values = (count: number, from: number) => Float32Array.from({length: count}, (_, i) => noise(from + i));

/**
 * Compute a product, a convolution and a softmax with the kernels and in plain arithmetic.
 *
 * @returns max |a - b| / max |b| over all three.
 */
export function selfCheck(): number {
  const [n, m] = [24, 40];
  const [a, b] = [values(n * m, 0), values(m * n, 5000)];
  const product = Float64Array.from({length: n * n}, (_, at) => {
    const [row, column] = [Math.floor(at / n), at % n];
    return Array.from({length: m}, (_, k) => a[row * m + k] * b[k * n + column]).reduce((x, y) => x + y);
  });
  const [side, channels] = [6, 3];
  const [x, w] = [values(side * side * channels, 9000), values(9 * channels * 2, 9500)];
  const inner = side - 2;
  const convolved = Float64Array.from({length: inner * inner * 2}, (_, at) => {
    const [i, j, out] = [Math.floor(at / (2 * inner)), Math.floor(at / 2) % inner, at % 2];
    let sum = 0;
    for (let cell = 0; cell < 9; cell++) {
      const place = (i + Math.floor(cell / 3)) * side + j + (cell % 3);
      for (let c = 0; c < channels; c++) sum += x[place * channels + c] * w[(cell * channels + c) * 2 + out];
    }
    return sum;
  });
  const weights = Array.from(a.subarray(0, m), Math.exp);
  const total = weights.reduce((x, y) => x + y);
  return tf.tidy(() =>
    Math.max(
      distance(tf.matMul(tf.tensor2d(a, [n, m]), tf.tensor2d(b, [m, n])), product),
      distance(
        tf.conv2d(tf.tensor4d(x, [1, side, side, channels]), tf.tensor4d(w, [3, 3, channels, 2]), 1, "valid"),
        convolved,
      ),
      distance(
        tf.softmax(tf.tensor1d(a.subarray(0, m))),
        weights.map((value) => value / total),
      ),
    ),
  );
}

function distance(found: tf.Tensor, expected: ArrayLike<number>): number {
  const [ours, theirs] = [found.dataSync(), Array.from(expected)];
  const difference = theirs.reduce((max, value, i) => Math.max(max, Math.abs(ours[i] - value)), 0);
  return difference / theirs.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
}

/**
 * Start the first kernels of a list that work here and compute rightly.
 *
 * @param wanted names in the order of preference.
 * @param wasm address of WebAssembly's files by name; a data or blob address will do.
 * @throws Error naming each that failed and why, if all did.
 */
export async function startEngine(
  wanted: readonly EngineName[],
  wasm?: Record<
    "tfjs-backend-wasm.wasm" | "tfjs-backend-wasm-simd.wasm" | "tfjs-backend-wasm-threaded-simd.wasm",
    string
  >,
): Promise<StartedEngine> {
  if (wasm) setWasmPaths(wasm);
  useOwnKernels();
  setThreadsCount(1); // more of them need headers that a static host does not send
  const refused: string[] = [];
  for (const name of wanted) {
    try {
      if (!(await tf.setBackend(name))) throw new Error("it is not available in this browser");
      await tf.ready();
      const error = selfCheck();
      if (error < TOLERANCE) return {name, error, refused};
      throw new Error(`its numbers are wrong: expected an error below ${TOLERANCE}, found ${error}`);
    } catch (error) {
      refused.push(`${name}: ${(error as Error).message}.`);
    }
  }
  throw new Error(`No engine computes in this browser. ${refused.join(" ")}`);
}

/** @throws Error if the graphics processor was lost: what it held then reads as zeros. */
export function checkEngine(): void {
  const {gpgpu} = tf.backend() as {gpgpu?: {gl: WebGLRenderingContext}};
  if (gpgpu?.gl.isContextLost())
    throw new Error("the graphics processor was lost. Choose WebAssembly as the engine at the end of the page.");
}
