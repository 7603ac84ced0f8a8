import {tf} from "../../lib/tensor/backend";
import type {Layout, NamedArray, Parameters} from "../../lib/nn/module";
import type {ReferenceTensor} from "./reference";

/** A golden tensor with channels second, [B, C, ...grid], as an engine tensor with channels last. */
export function channelsLast({shape, data}: ReferenceTensor<Float32Array>): tf.Tensor {
  const axes = shape.map((_, axis) => axis);
  return tf.tidy(() => tf.tensor(data, shape).transpose([0, ...axes.slice(2), 1]));
}

/** Values of a channels-last tensor in the golden order [B, C, ...grid]. */
export function channelsSecond(x: tf.Tensor): Float32Array {
  const axes = x.shape.map((_, axis) => axis);
  return tf.tidy(() => x.transpose([0, axes.length - 1, ...axes.slice(1, -1)]).dataSync()) as Float32Array;
}

/** A flat vector with golden weights, whatever buffers they carry along. */
export function golden(layout: Layout, weights: ReadonlyMap<string, NamedArray>): tf.Tensor1D {
  return tf.tensor1d(layout.fromOfficial(weights));
}

/** Gradients of a scalar function of the flat vector, by official name and in official layout. */
export function gradients(
  layout: Layout,
  flat: tf.Tensor1D,
  f: (p: Parameters) => tf.Scalar,
): ReadonlyMap<string, NamedArray> {
  const vector = tf.tidy(() =>
    tf
      .grad((v) => f(layout.bind(v as tf.Tensor1D)))(flat)
      .dataSync(),
  ) as Float32Array;
  return layout.toOfficial(vector);
}
