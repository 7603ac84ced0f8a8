/** Observations of the shown channel at a few cells. */
import {sizeOf} from "@lola-ts/core";
import {tf} from "@lola-ts/engine";
import type {SystemFacts} from "./facts";

/** A cell of the image, [x, y]. */
export type Cell = readonly [number, number];

/** One column per cell, 1 at its value in a flattened state: a product picks the values, and has a gradient of any order. */
export function pickOf(cells: readonly Cell[], {shape, shown}: SystemFacts): tf.Tensor2D {
  const [, ...state] = shape;
  const channels = state.at(-1)!;
  const depth = state.length === 4 ? state[2] : 1;
  const rows = sizeOf(state);
  const data = new Float32Array(rows * cells.length);
  cells.forEach(([x, y], column) => {
    const place = ((x * state[1] + y) * depth + (depth >> 1)) * channels + shown.channel;
    data[place * cells.length + column] = 1;
  });
  return tf.tensor2d(data, [rows, cells.length]);
}

/** Observe states [B, n, X, Y(, Z), C]: values at the picked cells, [B, n, m]. */
export function observe(x: tf.Tensor, pick: tf.Tensor2D): tf.Tensor {
  const [rows, count] = x.shape;
  return tf.matMul(x.reshape([rows * count, -1]) as tf.Tensor2D, pick).reshape([rows, count, -1]);
}
