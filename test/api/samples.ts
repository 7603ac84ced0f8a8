/** Small values to call with. */
import ndarray, {type NdArray} from "ndarray";
import {Rng} from "@lola-ts/core";
import {tf} from "@lola-ts/engine";

/** Positive numbers. */
export function row(size: number, seed = 0): Float64Array {
  const rng = Rng.from("row", seed);
  return Float64Array.from({length: size}, () => 1 + rng.uniform());
}

/** An array of positive numbers. */
export function field(shape: number[], seed = 0): NdArray<Float32Array> {
  const size = shape.reduce((a, b) => a * b, 1);
  return ndarray(Float32Array.from(row(size, seed)), shape);
}

/** A tensor of positive numbers. */
export const tensor = (shape: number[], seed = 0): tf.Tensor => tf.tensor(field(shape, seed).data, shape);
